import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { look, open, refusals, skip } from './browser.mjs'
import { city } from './city.mjs'

// rows reads a file of the city.
async function rows(dir, name) {
  const [head, ...lines] = (await readFile(join(dir, name), 'utf8')).replace(/^\ufeff/, '').trimEnd().split('\n')
  const cols = head.trim().split(',')
  return { head, lines: lines.map((l) => ({ l, at: (c) => l.split(',')[cols.indexOf(c)] })) }
}

// own are an institution's files of the last month, as its own system would write them; before it settles they name no settlement.
async function own(dir, inst, before = false) {
  const names = await readdir(dir)
  const last = names.filter((n) => n.startsWith('settlement_')).sort().at(-1).slice(11)
  const visits = new Set()
  const persons = new Set()
  const out = []
  const take = async (name, keep) => {
    const { head, lines } = await rows(dir, name)
    const kept = lines.filter(keep)
    out.push({ name, mimeType: 'text/csv', buffer: Buffer.from([head, ...kept.map((x) => x.l)].join('\n') + '\n') })
  }
  const mine = (x) => {
    if (x.at('fixmedins_code') !== inst) return false
    visits.add(x.at('mdtrt_id'))
    persons.add(x.at('psn_no'))
    return true
  }
  for (const t of before ? ['fee', 'visit'] : ['settlement', 'fee', 'visit']) await take(`${t}_${last}`, mine)
  if (before) {
    const [head, ...lines] = out[0].buffer.toString().trimEnd().split('\n')
    const at = head.split(',').indexOf('setl_id')
    out[0].buffer = Buffer.from([head, ...lines.map((l) => l.split(',').map((v, i) => (i === at ? '' : v)).join(','))].join('\n') + '\n')
  }
  await take(`diagnosis_${last}`, (x) => visits.has(x.at('mdtrt_id')))
  await take('person.csv', (x) => persons.has(x.at('psn_no')))
  return out
}

// An institution checks its own files, looks at what was found, declares a part; the bureau takes it in. Nobody else sees the outcome.
test('self-check: from own files to money given back', { skip }, async (t) => {
  const c = await city(t)
  const browser = await open(t)
  const inst = (await c.call('yiban1', 'GET', '/api/session')).json.fixmedins_code
  assert.ok(inst)
  const page = await c.as(browser, 'yiban1')
  let id = ''
  await t.test('an empty page says what to do, and files that cannot be judged say why', async () => {
    await page.getByRole('menuitem', { name: '自查自纠' }).click()
    await page.getByText('还没有做过自查').waitFor()
    await page.locator('input[type=file]').setInputFiles([{ name: 'person.csv', mimeType: 'text/csv', buffer: Buffer.from('psn_no,gend,brdy\nP1,1,1980-01-01\n') }])
    await page.getByText('失败', { exact: true }).waitFor()
    await page.locator('.ant-table-row-expand-icon').first().click()
    await page.getByText('没有本机构的费用').waitFor()
  })
  await t.test('own files are judged', async () => {
    await page.locator('input[type=file]').setInputFiles(await own(join(c.dir, 'city'), inst))
    await page.getByText('完成', { exact: true }).waitFor({ timeout: 60000 })
    await look(page, 'selfcheck-list')
    await page.getByRole('link', { name: /^\d{4}-/ }).first().click()
    await page.getByText('按科室').waitFor()
    await page.getByText(/每万行费用的疑点：这次自查 [\d.]+ 条；医保局 \d{4}-\d\d 至 \d{4}-\d\d 审出 [\d.]+ 条/).waitFor()
    await page.locator('tr[data-row-key] .ant-checkbox-input:not([disabled])').first().waitFor()
    id = page.url().split('/').at(-1)
    await look(page, 'selfcheck')
  })
  await t.test('a rule opens into its findings', async () => {
    const rule = page.locator('.ant-card', { hasText: '按规则' }).locator('button.plain').first()
    const name = (await rule.innerText()).split(' ')[0]
    await rule.click()
    await page.locator('.ant-card-head-title .ant-tag', { hasText: name }).waitFor()
    await page.waitForFunction((n) => [...document.querySelectorAll('tr[data-row-key] td:nth-child(4)')].filter((x) => /^[A-Z]\d{3} /.test(x.innerText)).every((x) => x.innerText.startsWith(n)), name)
    await page.getByRole('button', { name: '看全部' }).click()
  })
  await t.test('what is given back is declared once', async () => {
    await page.locator('tr[data-row-key] .ant-checkbox-input:not([disabled])').first().check()
    await page.getByRole('button', { name: /^申报退款（1 条/ }).click()
    await page.getByLabel('说明').fill('十二月自查')
    await page.getByRole('button', { name: /^申\s?报$/ }).click()
    await page.getByText('已申报；钱到账后医保局登记').waitFor()
    await page.getByRole('menuitem', { name: '自查自纠' }).click()
    await page.getByText('已申报', { exact: true }).waitFor()
    const r = (await c.call('yiban1', 'GET', '/api/selfcheck/reports')).json.items[0]
    const again = await c.call('yiban1', 'POST', `/api/selfcheck/checks/${id}/report`, { finding_ids: [(await c.call('yiban1', 'GET', `/api/selfcheck/reports/${r.report_id}`)).json.items[0].finding_id] })
    assert.equal(again.status, 422, again.text)
  })
  await t.test('bills are judged before they are settled, and nothing of them is given back', async () => {
    await page.getByRole('menuitem', { name: '自查自纠' }).click()
    await page.locator('input[type=file]').setInputFiles(await own(join(c.dir, 'city'), inst, true))
    await page.waitForFunction(() => [...document.querySelectorAll('.ant-tag')].filter((x) => x.textContent === '完成').length === 2, undefined, { timeout: 60000 })
    await page.getByRole('link', { name: /^\d{4}-/ }).first().click()
    await page.getByText(/次就诊还没有结算，按结算前判/).waitFor()
    await page.locator('tbody .ant-tag', { hasText: '结算前' }).first().waitFor()
    await look(page, 'selfcheck-before')
    assert.equal(await page.locator('tr[data-row-key] .ant-checkbox-input:not([disabled])').count(), 0, 'what is not settled can be given back')
    const early = page.url().split('/').at(-1)
    const f = (await c.call('yiban1', 'GET', `/api/selfcheck/checks/${early}/findings`)).json.items[0]
    assert.ok(f.open && f.setl_id === '')
    const r = await c.call('yiban1', 'POST', `/api/selfcheck/checks/${early}/report`, { finding_ids: [f.finding_id] })
    assert.ok(r.status === 422 && /还没有结算/.test(r.text), r.text)
  })
  await t.test('nobody else sees the outcome', async () => {
    assert.ok(c.users.yiban2 && c.users.guanli)
    for (const login of ['yiban2', 'guanli', 'fushen1', 'yisheng1']) {
      for (const path of [`/api/selfcheck/checks/${id}`, `/api/selfcheck/checks/${id}/findings`]) {
        const r = await c.call(login, 'GET', path)
        assert.ok([403, 404].includes(r.status), `${login} ${path}: ${r.status}`)
      }
    }
    assert.equal((await c.call('yiban2', 'GET', '/api/selfcheck/reports')).json.items.length, 0)
    assert.equal((await c.call('yiban2', 'GET', '/api/selfcheck/checks')).json.items.length, 0)
    for (const bad of ['..', '%2e%2e%2f%2e%2e', 'x/../..']) assert.ok((await c.call('yiban1', 'GET', `/api/selfcheck/checks/${bad}`)).status >= 400)
  })
  await t.test('the bureau takes it in', async () => {
    const office = await c.as(browser, 'caiwu', { expect: refusals })
    await office.getByRole('menuitem', { name: '资金台账' }).click()
    await office.getByRole('tab', { name: '另行退款' }).click()
    await office.getByRole('button', { name: '登记到账' }).click()
    await office.getByLabel('到账日').fill('2025-12-30')
    await office.getByLabel('到账日').press('Tab') // Enter would send the form already
    await office.getByRole('button', { name: /^登\s?记$/ }).click()
    await office.getByText('已登记，下账时抵减').waitFor()
    await office.getByText('2025-12-30 到账').waitFor()
    await look(office, 'selfcheck-office')
    const refunds = (await c.call('caiwu', 'GET', '/api/ledger/refunds')).json.items
    assert.ok(refunds.some((x) => x.source === '自查' && x.fixmedins_code === inst))
    await office.done()
  })
  await page.done()
})
