import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { look, open, refusals, skip } from './browser.mjs'
import { city, run } from './city.mjs'

const month = new Date(Date.now() + 8 * 3600_000).toISOString().slice(0, 7)

// A stay far above its standard goes from the hospital's application with its files through a panel, of which one member steps back, to
// the outcome that payment reads.
test('special review from the application to payment', { skip }, async (t) => {
  const c = await city(t, { serve: false })
  // The stays of the hospital's figures were settled this month: so the test does not hang on how long the demo puts its deadline off.
  const figures = join(c.dir, 'reports', 'casemix', '2025', 'h-H99010100001.json')
  const h = JSON.parse(await readFile(figures, 'utf8'))
  for (const x of h.insured) for (const s of x.stays) s.month = month
  const stay = h.insured.find((x) => x.insutype === '310').stays.findLast((s) => s.way === '高倍率') // the first ones were put forward when the city was made
  await writeFile(figures, JSON.stringify(h))
  const said = await run('user', 'add', 'zhuanjia4', '--data', c.dir, '--role', '合议专家', '--name', '钱专家')
  c.users.zhuanjia4 = { password: said.match(/[A-Z2-7]{20,}/)[0] }
  await run('review', 'panel', 'term', 'zhuanjia4', '--data', c.dir, '--as', 'zhongshen1', '--from', '2020-01-01', '--until', '2090-12-31')
  await c.serve()
  t.after(() => c.stop())
  const browser = await open(t)
  const file = (name, content) => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(content) })
  const before = (await c.call('jingban', 'GET', '/api/casemix/specials/stats')).json // the city comes with a few
  let id
  await t.test('the hospital applies with some files and completes it', async () => {
    const page = await c.as(browser, 'yiban1', { expect: refusals })
    await page.goto('/casemix/special')
    await page.getByText('可申报的高倍率').waitFor()
    await look(page, 'special-apply')
    await page.getByLabel('病例').click()
    await page.getByLabel('病例').fill(stay.mdtrt_id)
    await page.getByTitle(new RegExp(stay.mdtrt_id)).first().click()
    await page.getByLabel('理由').click()
    await page.getByTitle('复杂危重').click()
    const choose = (kind) => page.locator('.ant-upload', { has: page.getByRole('button', { name: `选择${kind}` }) }).locator('input[type=file]').first()
    await choose('申请表').setInputFiles(file('申请表.pdf', '%PDF-1.4 apply'))
    await choose('费用清单').setInputFiles(file('费用清单.pdf', 'MZ this is a program'))
    await page.getByRole('button', { name: /^申\s*报$/ }).click()
    await page.getByText(/费用清单\.pdf：.*不能接收/).waitFor()
    await page.getByText(stay.mdtrt_id, { exact: true }).first().click()
    await page.getByText(/缺材料：病案首页、费用清单、出院记录/).first().waitFor()
    await look(page, 'special-incomplete')
    const drawer = page.locator('.ant-drawer')
    for (const kind of ['病案首页', '费用清单', '出院记录'])
      await drawer.locator('.ant-upload', { has: page.getByRole('button', { name: `选择${kind}` }) }).locator('input[type=file]').first().setInputFiles(file(`${kind}.pdf`, `%PDF-1.4 ${kind}`))
    await drawer.getByRole('button', { name: '上传 3 个' }).click()
    await drawer.getByText(/缺材料：/).first().waitFor({ state: 'detached' }) // until the last file has arrived: names stand there before
    await drawer.getByText('待评审').first().waitFor()
    await drawer.getByText('出院记录.pdf').first().waitFor()
    await look(page, 'special-complete')
    id = (await c.call('yiban1', 'GET', '/api/casemix/specials')).json.items.find((x) => x.mdtrt_id === stay.mdtrt_id).special_id
    assert.equal((await c.call('yiban2', 'GET', `/api/casemix/specials/${id}`)).status, 404)
    await page.done()
  })
  const state = async () => (await c.call('jingban', 'GET', `/api/casemix/specials/${id}`)).json
  const openOn = async (login) => {
    const page = await c.as(browser, login, { expect: refusals })
    await page.goto(`/casemix/special?open=${id}`)
    await page.locator('.ant-drawer').getByText(stay.mdtrt_id).waitFor()
    return page
  }
  const vote = async (login, word, cut) => {
    const page = await openOn(login)
    const drawer = page.locator('.ant-drawer')
    const [saved] = await Promise.all([page.waitForEvent('download'), drawer.getByRole('link', { name: '申请表.pdf' }).click()])
    assert.equal(await readFile(await saved.path(), 'utf8'), '%PDF-1.4 apply')
    await drawer.getByText(word, { exact: true }).first().click()
    if (cut) await drawer.getByLabel('核减的不合理费用（元）').fill(String(cut))
    await drawer.getByRole('button', { name: /^投\s*票$/ }).click()
    await drawer.getByText('我的意见').waitFor({ state: 'detached' })
    await page.done()
  }
  await t.test('a panel is drawn, one steps back, the majority decides', async () => {
    const page = await openOn('jingban')
    await page.getByRole('button', { name: '随机抽 3 位专家' }).click()
    await page.locator('.ant-drawer').getByText('未投').first().waitFor()
    const first = (await state()).seats.map((x) => x.expert)
    await vote(first[0], '回避')
    for (const [who, word, cut] of [[first[1], '准予', 10_000], [first[2], '不准予', 0]])
      assert.equal((await c.call(who, 'POST', `/api/casemix/specials/${id}/vote`, { vote: word, cut })).status, 200)
    await page.reload()
    await page.getByRole('button', { name: '补抽专家' }).click()
    await page.locator('.ant-drawer').getByText('未投').first().waitFor()
    await look(page, 'special-panel')
    const fourth = (await state()).seats.find((x) => !x.vote).expert
    assert.ok(!first.includes(fourth))
    await vote(fourth, '准予', 300)
    await page.done()
    const boss = await openOn('zhongshen1')
    await boss.getByRole('button', { name: '按多数意见定' }).click()
    await boss.locator('.ant-drawer').getByText(/准予，按项目付，核减 100\.00 元/).waitFor()
    await look(boss, 'special-decided')
    await boss.done()
    const s = await state()
    assert.deepEqual([s.state, s.cut, s.times], ['准予', 10_000, 0])
    const stats = (await c.call('jingban', 'GET', '/api/casemix/specials/stats')).json
    assert.deepEqual([stats.asked, stats.judged, stats.granted, stats.cut], [before.asked + 1, before.judged + 1, before.granted + 1, before.cut + 10_000])
  })
  await t.test('payment pays what was granted', async () => {
    const out = join(c.dir, 'paid')
    await run('payment', 'run', '--data', c.dir, '--out', out)
    const rows = (await readFile(join(out, 'payments.csv'), 'utf8')).split('\n')
    const line = rows.find((r) => r.includes(stay.mdtrt_id))
    assert.match(line, /特例单议/)
    await run('payment', 'special', 'export', '--data', c.dir, '--out', join(c.dir, 'special_case.csv'))
    assert.match(await readFile(join(c.dir, 'special_case.csv'), 'utf8'), new RegExp(`${stay.mdtrt_id},H99010100001,.*出院记录;.*100\\.00,准予`))
  })
})
