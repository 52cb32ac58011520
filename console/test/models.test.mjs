import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { open, refusals, skip } from './browser.mjs'
import { city, run } from './city.mjs'

const large = { width: 1440, height: 900 }
const phone = { width: 390, height: 844 }

// fits looks at a page in both sizes: on neither is it wider than the screen. Pictures are kept when MINGJIAN_SHOTS names a folder.
async function fits(page, name) {
  const shots = process.env.MINGJIAN_SHOTS
  for (const size of [phone, large]) {
    await page.setViewportSize(size)
    await page.waitForFunction((w) => document.documentElement.scrollWidth <= w, size.width, { timeout: 5000 }).catch(async () => assert.fail(`${name} is ${await page.evaluate(() => document.documentElement.scrollWidth)} wide on ${size.width}`))
    if (!shots) continue
    await mkdir(shots, { recursive: true })
    await page.waitForFunction(() => !document.querySelector('.ant-skeleton-active'))
    await page.screenshot({ path: join(shots, `${name}-${size.width}.png`), animations: 'disabled' })
  }
}

// An analyst runs the models, looks at pictures, sends a batch; a query becomes a model by a second person.
test('big-data models: library, run, pictures, batch, query, own model, portraits, usage', { skip }, async (t) => {
  const c = await city(t)
  const browser = await open(t)
  // A run of an earlier time, so that a group has a past.
  await run('models', 'run', '--data', c.dir, '--models', 'I009,X006', '--to', '2025-12-10')

  await t.test('the library runs all models and says how far it is', async () => {
    const page = await c.as(browser, 'fenxi', { size: large })
    await page.goto('/models')
    await page.getByText('模型库（46 个）').waitFor()
    await fits(page, 'models-library')
    await page.getByRole('button', { name: '全部运行' }).click()
    await page.getByText(/正在(运行|生成)/).waitFor()
    await page.getByText(/正在(运行|生成)/).waitFor({ state: 'detached', timeout: 300_000 })
    const row = page.getByRole('row', { name: /I009 组团空刷/ })
    await row.locator('.ant-table-row-expand-icon').click()
    await page.getByText('现场核实').first().waitFor()
    await page.getByRole('img', { name: /阈值曲线/ }).waitFor() // how the default was chosen
    await fits(page, 'models-about')
    await page.done()
  })

  let group = ''
  await t.test('a result has pictures, a past and a workbook', async () => {
    const page = await c.as(browser, 'fenxi', { size: large })
    await page.goto('/models')
    await page.getByRole('row', { name: /I009 组团空刷/ }).getByRole('link').click()
    await page.getByRole('tab', { name: '关系网' }).waitFor()
    await page.getByRole('img', { name: /人的关系网/ }).locator('svg, canvas').first().waitFor()
    await fits(page, 'models-result')
    for (const [tab, label] of [['去向', /来处/], ['时间线', /时间线/], ['日历', /日历热图/]]) {
      await page.getByRole('tab', { name: tab, exact: true }).click()
      await page.getByRole('img', { name: label }).locator('svg, canvas').first().waitFor()
    }
    await page.getByRole('tab', { name: '历次运行（2）' }).waitFor() // the run of the command line and this one know the same group
    await page.getByRole('img', { name: /2 次运行的人数/ }).waitFor()
    await fits(page, 'models-past')
    await page.getByRole('tab', { name: /成员去过的机构/ }).click()
    await page.getByRole('columnheader', { name: '去过的机构', exact: true }).first().waitFor()
    await fits(page, 'models-where')
    const sheet = await c.call('fenxi', 'GET', `${await page.getByRole('link', { name: '导出' }).getAttribute('href')}`)
    assert.equal(sheet.status, 200)
    assert.ok(sheet.text.startsWith('PK'))
    group = new URL(page.url()).pathname
    await page.done()
  })

  await t.test('peers’ pictures: a consumables share beside the others', async () => {
    const page = await c.as(browser, 'fenxi', { size: large })
    await page.goto(group.replace('I009', 'D007'))
    await page.getByRole('img', { name: /同行中位数/ }).waitFor()
    await fits(page, 'models-peers')
    await page.done()
  })

  let finding = ''
  await t.test('the result goes to the loop as a batch', async () => {
    const page = await c.as(browser, 'fenxi', { size: large })
    await page.goto(group)
    await page.getByRole('button', { name: '送闭环' }).click()
    await page.locator('.ant-popconfirm').getByRole('button', { name: '送闭环' }).click()
    await page.getByText(/批次：I009/).waitFor()
    await page.getByText('机审 ').first().waitFor()
    await fits(page, 'models-batch')
    await page.getByRole('link', { name: '全部批次' }).click()
    await page.getByText(/模型批次：1 类、1 批/).waitFor()
    await fits(page, 'models-batches')
    const list = await c.call('fenxi', 'GET', '/api/models/batches')
    const batch = await c.call('fenxi', 'GET', `/api/models/batches/${list.json.items[0].batch_id}`)
    finding = batch.json.items[0].finding_id
    await page.goto(`/findings/${finding}`)
    await page.getByText(/模型案例：I009/).waitFor()
    await page.getByText('费用日').first().waitFor() // the lines of the bill behind the first visit
    await fits(page, 'models-finding')
    await page.done()
  })

  await t.test('a finding holds the rows of one institution with their lines; another institution sees nothing of it', async () => {
    const one = await c.call('fenxi', 'GET', `/api/models/findings/${finding}`)
    const inst = one.json.rows[0].fixmedins_code
    assert.ok(one.json.rows[0].bills.lines.length > 0, 'no lines behind a visit')
    assert.ok(one.json.names.items[one.json.rows[0].bills.lines[0].hilist_code], 'lines without names')
    assert.equal((await c.call('yiban1', 'GET', `/api/models/findings/${finding}`)).status, 404) // another institution, and nothing was sent
    for (const r of one.json.rows) assert.equal(r.fixmedins_code, inst)
  })

  await t.test('a query: table, chart, names; what must not be is refused in words', async () => {
    const page = await c.as(browser, 'fenxi', { size: large, expect: refusals })
    await page.goto('/models/query')
    await page.getByRole('button', { name: /^查\s*询$/ }).click()
    await page.getByRole('tab', { name: '图' }).waitFor()
    await fits(page, 'models-query')
    await page.getByRole('tab', { name: '图' }).click()
    await page.getByRole('img', { name: /查询结果的图/ }).waitFor()
    await fits(page, 'models-query-chart')
    await page.getByLabel('查询语句').fill("SELECT '--' AS a FROM read_csv('/etc/passwd')")
    await page.getByRole('button', { name: /^查\s*询$/ }).click()
    await page.getByText('不能用 read_csv：只能查可用的视图').waitFor()
    const trail = await c.call('shenji', 'GET', '/api/trail?limit=50')
    assert.match(trail.text, /分析查询未答复/)
    await page.done()
  })

  await t.test('make this a model: fixture, trial, a second person', async () => {
    const page = await c.as(browser, 'fenxi', { size: large, expect: refusals })
    await page.goto('/models/query')
    await page.getByLabel('查询语句').fill('SELECT s.person AS case_key, s.person AS person, MIN(s.inst) AS inst, s.day AS day, SUM(s.fee) AS money FROM setl s WHERE s.day BETWEEN :first AND :last GROUP BY s.person, s.day HAVING COUNT(DISTINCT s.inst) >= :least')
    await page.getByRole('button', { name: '做成模型' }).click()
    await page.getByText('新的模型草稿').waitFor()
    for (const [label, text] of [['名称', '同日多店'], ['用途', '一人一天在多家结算'], ['方法', '一天不同机构数达到几家'], ['涉及金额口径', '当天费用合计'], ['依据', '条例第三十八条'], ['现场核实', '调监控']]) await page.getByLabel(label, { exact: true }).fill(text)
    await page.getByLabel('正当原因', { exact: true }).fill('转诊')
    await page.getByLabel('对象', { exact: true }).press('ArrowDown')
    await page.locator('.ant-select-item-option').getByText('参保人').click()
    await page.getByLabel('样例的视图').fill('setl')
    await page.getByLabel('样例的行').fill('setl,person,inst,day,fee\n1,1,1,100,5\n2,1,2,100,5\n3,1,3,100,5\n4,2,1,100,5\n5,2,2,101,5')
    await page.getByRole('button', { name: /^保\s*存$/ }).click()
    await page.getByRole('button', { name: '用样例检查' }).click()
    await page.getByText('样例已通过').waitFor({ timeout: 120_000 })
    await page.getByRole('button', { name: '历史试算' }).click()
    await page.getByText(/历史试算：/).waitFor({ timeout: 120_000 })
    await fits(page, 'models-draft')
    await page.getByRole('button', { name: '提交批准' }).click()
    await page.getByText('待批准').waitFor()
    assert.equal(await page.getByRole('button', { name: /^批\s*准$/ }).count(), 0) // not by who wrote it
    const at = new URL(page.url()).pathname
    await page.done()
    const second = await c.as(browser, 'pizhun', { size: large })
    await second.goto(at)
    await second.getByRole('button', { name: /^批\s*准$/ }).click()
    await second.getByText('已批准').waitFor()
    await second.goto('/models')
    await second.getByText('模型库（47 个）').waitFor()
    await second.done()
  })

  await t.test('portraits and usage name what they list', async () => {
    const page = await c.as(browser, 'fenxi', { size: large })
    await page.goto('/models/portraits')
    const first = page.locator('tbody tr.ant-table-row').first()
    await first.waitFor()
    assert.match(await first.locator('td').first().innerText(), /[\u4e00-\u9fa5]{2}/)
    await fits(page, 'models-portraits')
    await first.getByRole('link').first().click()
    await page.getByText('与同行比').waitFor()
    await page.getByRole('img', { name: '风险分由哪些部分相加' }).waitFor()
    await fits(page, 'models-portrait')
    await page.goto('/models/portraits?kind=person')
    await page.locator('tbody tr.ant-table-row a').first().click()
    await page.getByText('看参保人的画像要写理由').waitFor()
    await page.getByLabel('理由').fill('核实批次')
    await page.getByRole('button', { name: /^查\s*看$/ }).click()
    await page.getByText('与同行比').waitFor()
    await page.goto('/models/usage')
    const drug = page.locator('tbody tr.ant-table-row').first()
    await drug.waitFor()
    assert.match(await drug.locator('td').first().innerText(), /[\u4e00-\u9fa5]{2}/)
    await fits(page, 'models-usage')
    await drug.getByRole('link').click()
    await page.getByText(/谁在用/).waitFor()
    await page.getByRole('img', { name: '每月金额和数量' }).waitFor()
    await fits(page, 'models-usage-one')
    await page.done()
  })

  await t.test('a topic is a view over cards', async () => {
    const page = await c.as(browser, 'fenxi', { size: large })
    await page.goto('/models')
    await page.getByRole('link', { name: '男女项目混用' }).click()
    await page.getByText('主题 男女项目混用').waitFor()
    await page.getByRole('img', { name: /疑点数，按状态/ }).waitFor()
    await fits(page, 'models-topic')
    await page.getByRole('link', { name: /^A002/ }).click()
    await page.waitForURL(/findings\?rule=A002/)
    await page.done()
  })
})
