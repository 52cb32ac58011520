import assert from 'node:assert/strict'
import { test } from 'node:test'
import { open, skip } from './browser.mjs'
import { city } from './city.mjs'

// A rule's owner changes a card, tries it on history and puts it beside the live one; a second person confirms an exemption; a judge judges.
test('the library: read, change, try, exempt, judge', { skip }, async (t) => {
  const c = await city(t)
  const browser = await open(t)
  const owner = await c.as(browser, 'weihu')
  const shots = process.env.MINGJIAN_SHOTS
  const shot = async (page, name) => shots && (await page.screenshot({ path: `${shots}/library-${name}.png` }))

  await t.test('a card in plain words, with its points', async () => {
    await owner.goto(`${c.url}/library?find=周期`)
    await owner.locator('tbody tr', { hasText: 'B023' }).click()
    await owner.getByText('若干天内超过若干次').waitFor()
    await owner.getByText('知识点 25 个').waitFor()
    await shot(owner, 'card')
  })
  await t.test('what is wrong is said with its line before anything is drafted', async () => {
    await owner.getByRole('button', { name: '起草新版本' }).click()
    const box = owner.getByLabel('规则卡原文')
    const text = await box.inputValue()
    await box.fill(text.replace(/^severity: .*/m, 'severity: 9'))
    await owner.getByRole('button', { name: '检查并跑用例' }).click()
    await owner.getByText(/^第 \d+ 行/).first().waitFor()
    await box.fill(text.replace(/^advice: .*/m, 'advice: 先看两次检查的报告，再看间隔'))
    await owner.getByRole('button', { name: '检查并跑用例' }).click()
    await owner.getByText('全部相符').waitFor({ timeout: 60_000 })
    await owner.getByLabel('理由').fill('核实的办法写明白')
    await owner.getByRole('dialog').getByRole('button', { name: '起 草' }).or(owner.getByRole('dialog').getByRole('button', { name: '起草' })).click()
    await owner.waitForURL(/\/library\/versions\//)
    await owner.getByText('+ advice: 先看两次检查的报告').waitFor()
  })
  await t.test('tried on history and put into the shadow', async () => {
    const act = async (name) => {
      await owner.getByRole('button', { name, exact: true }).first().click()
      await owner.getByRole('dialog').getByRole('button', { name: new RegExp(`^${[...name].join('\\s*')}$`) }).click()
    }
    await act('试算')
    await owner.getByText(/判了 [\d,]+ 行费用/).waitFor({ timeout: 120_000 })
    await shot(owner, 'trial')
    await act('转影子')
    await owner.locator('.ant-tag', { hasText: '影子' }).waitFor()
    assert.equal(await owner.getByRole('button', { name: '批准', exact: true }).count(), 0)
  })
  await t.test('an exemption: one asks, another confirms', async () => {
    await owner.goto(`${c.url}/library/exemptions`)
    await owner.getByRole('button', { name: '申请豁免' }).click()
    await owner.getByLabel('规则').click()
    await owner.keyboard.type('B023')
    await owner.locator('.ant-select-item-option', { hasText: 'B023' }).click()
    await owner.getByLabel('诊断，写作').fill('C00-C97')
    await owner.getByRole('textbox', { name: '期限' }).first().click()
    await owner.keyboard.type('2026-01-01')
    await owner.keyboard.press('Enter')
    await owner.keyboard.type('2026-12-31')
    await owner.keyboard.press('Enter')
    await owner.getByLabel('理由').fill('肿瘤放化疗期间复查')
    await owner.getByRole('dialog').getByRole('button', { name: /^申\s*请$/ }).click()
    await owner.locator('.ant-tag', { hasText: '待批' }).waitFor()
    assert.equal(await owner.getByRole('button', { name: /^确\s*认$/ }).count(), 0)
    const second = await c.as(browser, 'pizhun')
    await second.goto(`${c.url}/library/exemptions`)
    await second.getByRole('button', { name: /^确\s*认$/ }).click()
    await second.locator('.ant-tag', { hasText: '生效' }).waitFor()
    await second.done()
  })
  await t.test('a judge judges a drawn finding', async () => {
    await owner.goto(`${c.url}/library/samples?month=2025-12`)
    await owner.getByRole('button', { name: '抽取样本' }).click()
    await owner.locator('tbody tr.ant-table-row').first().waitFor()
    const judge = await c.as(browser, 'chushen1')
    await judge.goto(`${c.url}/library/samples?month=2025-12`)
    await judge.getByRole('button', { name: /^对$/ }).first().click()
    await judge.getByText(/您还有 \d+ 条没有判/).waitFor()
    await shot(judge, 'samples')
    await judge.done()
  })
  await owner.done()
})
