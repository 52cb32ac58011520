import assert from 'node:assert/strict'
import { test } from 'node:test'
import { open, refusals, skip, visit } from './browser.mjs'
import { city, signIn } from './city.mjs'

test('sign in, look and leave', { skip }, async (t) => {
  const c = await city(t)
  const browser = await open(t)

  await t.test('a wrong password is refused in words', async () => {
    const page = await visit(browser, c.url, { expect: refusals })
    await signIn(page, 'chushen1', 'wrong password')
    await page.getByText('登录名或口令不对').waitFor()
    assert.equal(new URL(page.url()).pathname, '/login')
    await page.done()
  })

  await t.test('the desk, the list, a finding, and out', async () => {
    const page = await c.as(browser, 'chushen1')
    await page.getByText('拟追（去重后）').waitFor()
    await page.getByRole('menuitem', { name: '疑点池' }).click()
    const row = page.locator('tbody tr.ant-table-row').first()
    await row.waitFor()
    await row.click()
    await page.waitForURL('**/findings/*')
    await page.getByText('限制与事实').or(page.getByText('依据', { exact: true })).first().waitFor()
    await page.getByRole('button', { name: '用户菜单' }).click()
    await page.getByText('退出').click()
    await page.getByLabel('登录名').waitFor()
    await page.goto('/findings')
    await page.getByLabel('登录名').waitFor()
    await page.done()
  })

  await t.test('everybody can sign in', async () => {
    assert.ok(Object.keys(c.users).length >= 20, `only ${Object.keys(c.users)} are there`)
    for (const login of ['guanli', 'shenji', 'yiban1', 'zhuanjia1', 'lingdao']) {
      const r = await c.call(login, 'GET', '/api/session')
      assert.equal(r.status, 200, login)
      assert.deepEqual(r.json.roles, [c.users[login].role])
    }
  })
})
