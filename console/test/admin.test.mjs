import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { open, refusals, skip, visit } from './browser.mjs'
import { city, signIn } from './city.mjs'

const shots = process.env.MINGJIAN_SHOTS // a folder: pictures are kept there
const look = async (page, name) => {
  if (!shots) return
  for (const [w, h] of [[1366, 768], [1920, 1080]]) {
    await page.setViewportSize({ width: w, height: h })
    await page.screenshot({ path: join(shots, `${name}-${w}.png`) })
  }
}

test('data, runs, people and the trail', { skip }, async (t) => {
  const c = await city(t)
  const browser = await open(t)
  const files = await mkdtemp(join(tmpdir(), 'mingjian-files-'))
  t.after(() => rm(files, { recursive: true, force: true }))

  await t.test('a file is uploaded, imported, and what was refused can be fetched', async () => {
    const page = await c.as(browser, 'jingban', { expect: refusals })
    await page.getByRole('menuitem', { name: '数据接入' }).click()
    await page.getByText('与清算总额', { exact: true }).waitFor()
    const good = join(files, 'institution_more.csv')
    await writeFile(good, 'fixmedins_code,fixmedins_name,fixmedins_type,hosp_lv,medins_cate,admdvs,begndate\nH99019999001,新院,1,05,综合医院,990101,2020-01-01\n,没有编码,1,05,综合医院,990101,2020-01-01\n')
    await page.locator('input[type=file]').setInputFiles(good)
    await page.getByText('institution_more.csv').first().waitFor()
    await page.getByText(/1 个文件 2 行：入库 1.*拒收 1/).first().waitFor({ timeout: 60_000 })
    await look(page, 'data')
    await page.getByRole('tabpanel').locator('tbody tr.ant-table-row').first().click()
    await page.waitForURL('**/data/*')
    const down = page.waitForEvent('download')
    await page.getByRole('link', { name: /institution\.csv/ }).click()
    assert.match((await down).suggestedFilename(), /institution\.csv$/)
    await look(page, 'import')
    const wrong = join(files, 'settlement.xlsx')
    await writeFile(wrong, 'this is no workbook')
    await page.goto('/data')
    await page.locator('input[type=file]').setInputFiles(wrong)
    await page.getByText('内容与后缀不符').waitFor()
    await page.done()
  })

  await t.test('an audit is started, watched and read', async () => {
    const page = await c.as(browser, 'jingban')
    await page.getByRole('menuitem', { name: '运行' }).click()
    await page.getByLabel('没有变化的月份也重审').check()
    await page.getByRole('button', { name: '开始审核' }).click()
    await page.getByText(/第 2 次审核：/).first().waitFor({ timeout: 90_000 })
    await look(page, 'runs')
    await page.getByRole('link', { name: '2', exact: true }).click()
    await page.getByRole('tab', { name: '各规则' }).waitFor()
    await look(page, 'run')
    await page.getByRole('tab', { name: /未判/ }).click()
    await page.getByText('缺少规则要用的事实').waitFor()
    await page.done()
  })

  await t.test('an account is made, signs in, and is closed at once', async () => {
    const page = await c.as(browser, 'guanli', { expect: refusals })
    await page.getByRole('menuitem', { name: '用户与权限' }).click()
    await page.getByText('chushen1').waitFor()
    await look(page, 'users')
    await page.getByRole('button', { name: '新增用户' }).click()
    await page.getByRole('textbox', { name: '登录名' }).fill('xinren')
    await page.getByRole('textbox', { name: '姓名', exact: false }).last().fill('新人')
    await page.getByRole('combobox', { name: '角色' }).last().fill('初审')
    await page.keyboard.press('Enter')
    await page.getByRole('textbox', { name: '登录名' }).click() // closes the list of roles, which lies over the button
    await page.locator('.ant-select-dropdown').first().waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: '新增', exact: true }).click()
    const password = await page.locator('.ant-modal code').first().innerText()
    await page.getByRole('button', { name: '我已记下' }).click()
    const other = await visit(browser, c.url, { expect: refusals })
    await signIn(other, 'xinren', password)
    await other.getByRole('button', { name: '用户菜单' }).waitFor()
    const row = page.getByRole('row', { name: /xinren/ })
    await row.getByRole('button', { name: '更多' }).click()
    await page.getByRole('menuitem', { name: '停用' }).click()
    await page.getByRole('button', { name: '确定' }).click()
    await row.getByText('已停用').waitFor()
    await other.goto('/findings')
    await other.getByLabel('登录名').waitFor()
    await other.done()
    await page.goto('/keys')
    await page.getByRole('button', { name: '新增密钥' }).waitFor()
    await look(page, 'keys')
    await page.done()
  })

  await t.test('the auditor finds it on the trail, and the trail is whole', async () => {
    const page = await c.as(browser, 'shenji')
    await page.getByRole('menuitem', { name: '操作日志' }).click()
    await page.getByRole('cell', { name: '停用用户' }).first().waitFor()
    await page.getByLabel('操作人').fill('guanli')
    await page.keyboard.press('Enter')
    await page.waitForURL(/actor=guanli/)
    await page.getByRole('cell', { name: '新增用户' }).first().waitFor()
    await page.getByRole('button', { name: '核对是否完整' }).click()
    await page.locator('.ant-modal-confirm-title', { hasText: '操作日志完整' }).waitFor()
    await look(page, 'trail')
    await page.done()
    for (const path of ['/api/people/users', '/api/data/state', '/api/people/keys']) assert.equal((await c.call('shenji', 'GET', path)).status, 403, path)
  })

  await t.test('terms of experts, and their watermark', async () => {
    const page = await c.as(browser, 'zhongshen1')
    await page.goto('/experts')
    await page.getByText('在聘', { exact: true }).first().waitFor()
    await look(page, 'experts')
    await page.done()
  })
})
