import assert from 'node:assert/strict'
import { test } from 'node:test'
import { look, open, refusals, skip } from './browser.mjs'
import { city } from './city.mjs'

// A deadline is changed by two persons; a year of the calendar is filled by hand and counts at once.
test('settings: values and the calendar', { skip }, async (t) => {
  const c = await city(t)
  const browser = await open(t)
  await t.test('a value is asked for by one and confirmed by another', async () => {
    const page = await c.as(browser, 'zhongshen1', { expect: refusals })
    await page.getByRole('menuitem', { name: '参数与日历' }).click()
    const row = page.locator('tr[data-row-key="申诉期限"]')
    await row.getByRole('button', { name: '申请改' }).click()
    const limit = (await c.call('zhongshen1', 'GET', '/api/settings/limits')).json.items.find((x) => x.name === '申诉期限')
    await page.getByLabel(/^新的值/).fill(String(limit.today + 2))
    await page.getByLabel('理由或文号').fill('试行')
    await page.getByRole('button', { name: /^申\s?请$/ }).click()
    await page.getByText('已申请，等另一人确认').waitFor()
    await row.locator('.ant-table-row-expand-icon').click()
    assert.ok(await page.getByRole('button', { name: /^确\s?认$/ }).isDisabled())
    await look(page, 'settings-limits')
    const p = (await c.call('zhongshen1', 'GET', '/api/settings/limits')).json.items.find((x) => x.name === '申诉期限').values[0]
    const self = await c.call('zhongshen1', 'POST', `/api/settings/limits/${p.param_id}/decide`, { agree: true })
    assert.ok(self.status >= 400, self.text)
    const bad = await c.call('zhongshen1', 'POST', '/api/settings/limits', { name: '申诉期限', admdvs: '', value: limit.max + 1, valid_from: '2099-01-01', reason: 'x' })
    assert.ok(bad.status >= 400 && /应在/.test(bad.text), bad.text)
    await page.done()
    const other = await c.as(browser, 'zhongshen2')
    await other.getByRole('menuitem', { name: '参数与日历' }).click()
    await other.locator('tr[data-row-key="申诉期限"] .ant-table-row-expand-icon').click()
    await other.getByRole('button', { name: /^确\s?认$/ }).click()
    await other.getByText(/已确认，自 .* 起用/).waitFor()
    await other.done()
  })
  await t.test('a year is filled and counts', async () => {
    const page = await c.as(browser, 'zhongshen1')
    await page.getByRole('menuitem', { name: '参数与日历' }).click()
    await page.getByRole('tab', { name: '工作日日历' }).click()
    const now = new Date().getFullYear()
    for (let y = now; y < 2027; y++) await page.getByRole('button', { name: '下一年' }).click()
    await page.getByText('推算').first().waitFor()
    await look(page, 'settings-calendar')
    await page.getByLabel('节日名称').fill('国庆节')
    await page.getByRole('button', { name: '2027-10-08 上班' }).click()
    await page.getByRole('button', { name: '2027-10-09 周末' }).click()
    await page.getByRole('button', { name: '保存 2027 年' }).click()
    await page.getByText('2027 年的安排已保存').waitFor()
    await page.getByText('已公布，本局填的').waitFor()
    await page.getByRole('button', { name: '2027-10-08 放假 国庆节' }).waitFor()
    const y = (await c.call('zhidu', 'GET', '/api/settings/calendar/2027')).json
    assert.ok(y.days.some((d) => d.day === '2027-10-09' && d.work))
    const bad = await c.call('zhongshen1', 'PUT', '/api/settings/calendar/2027', { days: [{ day: '2027-10-08', work: true, name: 'x' }] })
    assert.ok(bad.status >= 400 && /不是周末/.test(bad.text), bad.text)
    assert.equal((await c.call('chushen1', 'PUT', '/api/settings/calendar/2027', { days: [] })).status, 403)
    assert.ok((await c.call('yiban1', 'GET', '/api/settings/limits')).status >= 403)
    await page.done()
  })
})
