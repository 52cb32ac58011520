import assert from 'node:assert/strict'
import { test } from 'node:test'
import { look, open, refusals, skip } from './browser.mjs'
import { city } from './city.mjs'

// What stands beside the loop: papers that were sent on paper, packages that were sent wrongly, ties, what an appeal teaches, who people are.
test('receipts, recall, ties, exemptions, names', { skip }, async (t) => {
  const c = await city(t)
  const browser = await open(t)
  const person = (role) => Object.values(c.users).find((u) => u.role === role).login
  const final = person('终审')

  await t.test('a package is signed for on paper, then taken back whole', async () => {
    const page = await c.as(browser, person('经办'), { expect: refusals })
    await page.goto('/packages')
    const before = (await c.call(final, 'GET', '/api/review/packages?limit=200')).json.items.filter((p) => p.state === '已发')
    assert.ok(before.length, 'the city has a package on its way')
    const row = page.getByRole('row').filter({ has: page.getByRole('button', { name: '登记回证' }) }).first()
    assert.equal(await page.getByRole('button', { name: '撤回' }).count(), 0, 'who sends does not recall')
    await row.getByRole('button', { name: '登记回证' }).click()
    await look(page, 'receipt')
    await page.getByLabel('回证编号').fill('EMS 1234567890')
    await page.getByRole('button', { name: /^登\s*记$/ }).click()
    await page.getByText('已登记送达').waitFor()
    const after = (await c.call(final, 'GET', '/api/review/packages?limit=200')).json.items
    const p = before.map((b) => after.find((x) => x.package_id === b.package_id)).find((x) => x.state === '已送达')
    assert.ok(p, 'the package is delivered')

    const boss = await c.as(browser, final, { expect: refusals })
    await boss.goto('/packages')
    const mine = boss.locator(`tr[data-row-key="${p.package_id}"]`)
    await mine.getByRole('button', { name: /撤\s*回/ }).click()
    assert.ok(await boss.getByRole('button', { name: '整包撤回' }).isDisabled(), 'a reason is asked for')
    await boss.getByLabel('撤回理由').fill('机构不对，误发')
    await look(boss, 'recall')
    await boss.getByRole('button', { name: '整包撤回' }).click()
    await boss.getByText('已撤回，已通知机构').waitFor()
    const gone = (await c.call(final, 'GET', `/api/review/packages/${p.package_id}`)).json
    assert.equal(gone.state, '已撤回')
    const left = (await c.call(final, 'GET', `/api/review/findings?package_id=${p.package_id}`)).json.items
    assert.ok(left.length && left.every((f) => f.state === '关闭' && f.charged_fen === 0), 'all of it is closed and charges nothing')
  })

  await t.test('a tie is recorded and keeps the reviewer from every finding of the institution', async () => {
    const page = await c.as(browser, final, { expect: refusals })
    await page.goto('/panels')
    await page.getByRole('button', { name: '登记回避关系' }).click()
    const tied = c.users.chushen2
    await page.getByRole('dialog').getByLabel('谁', { exact: true }).fill(tied.name)
    await page.locator('.ant-select-item-option').filter({ hasText: tied.name }).click()
    const open = (await c.call('chushen2', 'GET', '/api/review/findings?state=初审&limit=200')).json.items
    const f = open.find((x) => Object.values(c.users).some((u) => u.role === '医疗机构医保办' && u.scope === x.fixmedins_code)) ?? open[0]
    const inst = f.fixmedins_code
    await page.getByRole('dialog').getByLabel('机构', { exact: true }).fill(inst)
    await page.locator('.ant-select-item-option').filter({ hasText: inst }).click()
    await page.getByText('亲属', { exact: true }).click()
    await look(page, 'tie')
    await page.getByRole('button', { name: /^登\s*记$/ }).click()
    await page.getByText('这家机构的疑点在各步骤都由别人办理').waitFor()
    const reviewer = await c.as(browser, 'chushen2', { expect: refusals })
    await reviewer.goto(`/findings/${f.finding_id}`)
    await reviewer.getByText(/有“亲属”关系，应当回避/).waitFor()
    assert.equal(await reviewer.getByRole('radio', { name: /保留/ }).count(), 0, 'he is offered what he must not do')
    await look(reviewer, 'recusal')
    const whole = (await c.call('chushen2', 'GET', `/api/review/findings/${f.finding_id}`)).json
    const refused = await c.call('chushen2', 'POST', `/api/review/findings/${f.finding_id}/keep`, { opinion: '属实' }, { 'if-match': `"${whole.version}"` })
    assert.equal(refused.status, 403)
    assert.match(refused.text, /应当回避/)
    const other = (await c.call('chushen1', 'GET', `/api/review/findings/${f.finding_id}`)).json
    assert.ok(other.recusal === '' && other.can.some((x) => ['keep', 'dismiss_agree'].includes(x.event) || x.event === 'dismiss'), 'his colleague decides')
    await reviewer.goto('/panels') // where he reads his own ties and records them
    await reviewer.getByText('登记以后这家机构的疑点由别人办').waitFor()
    await look(reviewer, 'own-ties')
    await reviewer.done()
  })

  await t.test('an upheld appeal becomes an exemption that another person has to approve', async () => {
    const items = (await c.call(final, 'GET', '/api/review/findings?state=关闭&limit=200')).json.items
    let id
    for (const f of items) {
      const x = (await c.call(final, 'GET', `/api/review/findings/${f.finding_id}`)).json
      if (['不违规', '规则误报'].includes(x.verdict) && ['撤销', '排除'].includes(x.outcome)) id = f.finding_id
    }
    assert.ok(id, 'the city has a finding that did not stand')
    const page = await c.as(browser, person('两库维护'), { expect: refusals })
    await page.goto(`/findings/${id}`)
    await page.getByRole('button', { name: '起草豁免' }).click()
    await page.getByLabel('豁免理由').fill('罕见病用药，专家认可')
    await look(page, 'teach')
    await page.getByRole('button', { name: /送\s*批/ }).click()
    await page.getByText('豁免已起草').waitFor()
    const all = (await c.call(person('两库批准'), 'GET', '/api/rules/exemptions')).json.items
    assert.ok(all.some((x) => x.reason.includes('罕见病用药') && x.reason.includes(id)), 'it waits for the other person')
    // people are named, not their logins
    const step = page.locator('.ant-timeline-item').first()
    await step.waitFor()
    const text = await page.locator('.ant-timeline').innerText()
    for (const u of Object.values(c.users)) assert.ok(!text.includes(` ${u.login} `), `${u.login} is shown by login`)
  })

  await t.test("an institution's desk leads to what it answers", async () => {
    const page = await c.as(browser, 'yiban1', { expect: refusals })
    await page.goto('/')
    await look(page, 'desk-institution')
    const link = page.getByRole('link').filter({ hasText: '反馈申诉' }).first()
    await link.waitFor()
    assert.match(await link.getAttribute('href'), /^\/answers\?state=/)
  })
})

// A list's filter is kept under a name, shared with the office, begun with, and taken away again.
test('views are saved, shared, begun with and deleted', { skip }, async (t) => {
  const c = await city(t)
  const browser = await open(t)
  const page = await c.as(browser, 'chushen1', { expect: refusals })
  const rows = page.locator('tbody tr.ant-table-row')
  await page.goto('/findings?state=初审')
  await rows.first().waitFor()
  await page.getByRole('button', { name: '存条件' }).click()
  await page.getByLabel('条件名').fill('等初审的')
  await page.getByText('同事也能用').click()
  await page.getByRole('button', { name: /^存\s*下$/ }).click()
  await page.getByText('已存下').waitFor()
  await page.getByRole('button', { name: '设为缺省' }).click()
  await page.getByText('以后从菜单进来就按这个条件').first().waitFor()
  await page.locator('.ant-menu-item', { hasText: /^工作台$/ }).click()
  await page.getByRole('menuitem', { name: '疑点池' }).click()
  await page.waitForURL((u) => u.searchParams.get('state') === '初审')
  await page.getByRole('button', { name: '取消缺省' }).waitFor()
  await look(page, 'filters')
  await page.getByRole('button', { name: '清除条件' }).click()
  await page.waitForURL((u) => u.search === '')
  await page.getByRole('button', { name: '存条件' }).waitFor()
  assert.equal(new URL(page.url()).search, '', 'the default came back when the filter was taken away')
  assert.equal((await c.call('chushen1', 'GET', '/api/review/saved?kind=default')).json.items.length, 1)

  const other = await c.as(browser, 'fushen1', { expect: refusals })
  await other.goto('/findings')
  await other.getByLabel('存下的条件').click()
  await other.locator('.ant-select-item-option', { hasText: /^等初审的（.*共享）$/ }).click()
  await other.waitForURL((u) => u.searchParams.get('state') === '初审')
  assert.equal(await other.getByRole('button', { name: '删去' }).count(), 0, 'somebody else can delete it')
  await other.done()
  assert.equal((await c.call('yiban1', 'GET', '/api/review/saved?kind=filter')).json.items.length, 0, 'an institution sees the bureau’s')

  await page.goto('/findings?state=复审') // what is asked for goes before the default
  await page.getByRole('button', { name: '设为缺省' }).click()
  await page.getByText('以后从菜单进来就按这个条件').first().waitFor()
  assert.deepEqual((await c.call('chushen1', 'GET', '/api/review/saved?kind=default')).json.items.map((x) => decodeURIComponent(x.body)), ['state=复审'])
  await page.getByRole('button', { name: '取消缺省' }).click()
  await page.getByText('以后进来看全部').waitFor()
  await page.getByLabel('存下的条件').click()
  await page.locator('.ant-select-item-option', { hasText: '等初审的' }).click()
  await page.getByRole('button', { name: /^删\s*去$/ }).click()
  await page.getByText('已删去').waitFor()
  assert.equal((await c.call('chushen1', 'GET', '/api/review/saved?kind=filter')).json.items.length, 0)
  await page.done()
})
