import assert from 'node:assert/strict'
import { test } from 'node:test'
import { open, refusals, skip } from './browser.mjs'
import { city } from './city.mjs'

// A coder groups by hand and reads why; the bureau reads its budget and tries a rate; a hospital sees its own case mix only.
test('case groups: bench, budget, a hospital’s own figures, a simulation', { skip }, async (t) => {
  const c = await city(t)
  const browser = await open(t)
  await t.test('the coder’s bench explains', async () => {
    const page = await c.as(browser, 'yiban1')
    await page.goto('/casemix/bench')
    await page.locator('#dx').fill('J18.900')
    await page.keyboard.press('Enter')
    await page.keyboard.type('E11.900')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: /^分\s*组$/ }).click()
    await page.getByText('ES23').first().waitFor()
    assert.match(await page.locator('.ant-table').innerText(), /去掉诊断[\s\S]*E11\.900[\s\S]*ES25/)
    assert.match(await page.locator('.ant-timeline').innerText(), /E11\.900为CC/)
    await page.done()
  })
  await t.test('a hospital sees its own figures only', async () => {
    const page = await c.as(browser, 'yiban1', { expect: refusals })
    await page.goto('/casemix/hospital')
    await page.getByText('费用消耗指数').waitFor()
    assert.equal(await page.getByLabel('机构', { exact: true }).count(), 0)
    const own = await c.call('yiban1', 'GET', '/api/casemix/hospital')
    const all = await c.call('jingban', 'GET', '/api/casemix/budget')
    const others = all.json.places.map((p) => p.fixmedins_code).filter((x) => x !== own.json.place.fixmedins_code)
    assert.ok(others.length > 0)
    for (const o of others) assert.ok(!own.text.includes(o), `told ${o}`)
    assert.equal((await c.call('yiban1', 'GET', `/api/casemix/hospital?fixmedins_code=${others[0]}`)).status, 404)
    await page.done()
  })
  await t.test('budget and simulation', async () => {
    const page = await c.as(browser, 'jingban')
    await page.goto('/casemix/budget')
    await page.getByText('预计全年应付').first().waitFor()
    await page.getByRole('img', { name: /各月按项目统筹/ }).locator('svg').waitFor()
    await page.goto('/casemix/simulate')
    await page.getByLabel('试算名称').fill('费率提高')
    await page.getByLabel('费率').first().fill('9000')
    await page.getByRole('button', { name: /^试\s*算$/ }).click()
    await page.getByText('试算结果：费率提高').waitFor({ timeout: 120_000 })
    await page.getByText('合计（元）').waitFor()
    await page.done()
  })
})
