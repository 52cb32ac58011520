import assert from 'node:assert/strict'
import { test } from 'node:test'
import { open, skip } from './browser.mjs'
import { city } from './city.mjs'

// Boxes sold twice, from the list to the verdict; whose ledger is short; who sells what hospitals dispensed.
test('trace codes: clues, a box’s life, a ledger, the network', { skip }, async (t) => {
  const c = await city(t)
  const browser = await open(t)
  const page = await c.as(browser, 'zhifa')
  await t.test('collecting again adds nothing, and the steps add up', async () => {
    await page.goto(`${c.url}/trace/clues`)
    await page.getByRole('button', { name: '整理线索' }).click()
    await page.getByText('没有新的').waitFor()
    const steps = await page.getByRole('group', { name: '净重复的去向' }).innerText()
    const n = Object.fromEntries([...steps.matchAll(/(\S+)\s+(−?[\d,]+)/g)].map(([, word, x]) => [word, Number(x.replace('−', '-').replaceAll(',', ''))]))
    const explained = Object.values(n).filter((x) => x < 0).reduce((a, b) => a + b, 0)
    assert.ok(n['存疑'] > 0 && n['多售'] + explained === n['存疑'], steps)
  })
  await t.test('a clue is closed with a verdict', async () => {
    await page.getByRole('button', { name: /待结论/ }).click()
    await page.locator('tbody tr.ant-table-row', { hasText: '待结论' }).first().click() // not a row of the list before
    await page.getByText('这盒药的一生').waitFor()
    await page.getByRole('radio', { name: '回流' }).check()
    await page.locator('textarea').fill('调拨单与出库记录不符')
    await page.getByRole('button', { name: '下结论' }).click()
    await page.locator('.ant-tag', { hasText: '已结论' }).waitFor()
  })
  await t.test('shortages first, one day after the other', async () => {
    await page.goto(`${c.url}/trace/ledger`)
    const first = page.locator('tbody tr.ant-table-row').first()
    await first.click()
    await page.getByText('卖多于账面').first().waitFor()
    await page.locator('tbody tr.ant-table-row').first().click()
    await page.getByRole('columnheader', { name: '日期' }).waitFor()
  })
  await t.test('institutions are named in the network', async () => {
    await page.goto(`${c.url}/trace/network`)
    await page.getByText(/^销售/).first().waitFor()
    assert.match(await page.locator('tbody').innerText(), /药/)
  })
  await page.done()
})
