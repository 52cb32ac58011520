import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { look, open, refusals, skip } from './browser.mjs'
import { city } from './city.mjs'

const drug = 'XZZ0355A001001011355' // 苯磺顺阿曲库铵注射液, billed in the city
const days = (text, column) => `药品通用名,国标代码,药品说明,限定类型,限定值域\n苯磺顺阿曲库铵注射液,${drug},${text},限定支付疗程,${column}\n`
const levels = '项目名称,项目编码,项目说明,限定类型,限定值域\n艾灸,990300000000001,限三级综合医院或二级专科医院。,限定机构级别,二级\n'
const items = '序号,项目名称,限制数量,数量单位,项目编码\n1,脑利钠肽前体测定,2,次,9.9E+14\n2,艾灸,2,次,990300000000001\n合计,,,,\n'

// National sheets come in by two persons, and what they leave open is ruled on by two; the ruling outlives the next import.
test('national sheets: brought, approved, ruled on', { skip }, async (t) => {
  const c = await city(t)
  const browser = await open(t)
  const dir = await mkdtemp(join(tmpdir(), 'mingjian-sheets-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  const owner = await c.as(browser, 'weihu', { expect: refusals })
  const second = await c.as(browser, 'pizhun')
  const bring = async (files) => {
    await owner.goto(`${c.url}/library/sources?tab=sheets`)
    const paths = []
    for (const [name, text] of Object.entries(files)) {
      paths.push(join(dir, name))
      await writeFile(paths.at(-1), text)
    }
    await owner.locator('input[type=file]').setInputFiles(paths)
    await owner.getByText('等另一个有“批准两库”权限的人批准').waitFor({ timeout: 120_000 })
  }
  const approve = async () => {
    await second.goto(`${c.url}/library/sources?tab=sheets`)
    await second.locator('tbody tr', { has: second.locator('.ant-tag', { hasText: '待批' }) }).first().click()
    await second.getByRole('button', { name: '批准，导入' }).click()
    await second.getByText(/已导入，知识库版本 \d+/).waitFor({ timeout: 120_000 })
  }
  await t.test('checked first, with what it would do', async () => {
    await bring({ '支付疗程.csv': days('限手术麻醉，支付不超过14天。', '15天'), '频次.csv': items })
    await owner.getByText('4 行：').or(owner.getByText('2 张表')).first().waitFor()
    await owner.getByText('编码“9.9E+14”不是完整的代码').waitFor()
    assert.equal(await owner.getByRole('button', { name: '批准，导入' }).count(), 0)
    await look(owner, 'sheets-checked')
    const x = (await c.call('weihu', 'GET', '/api/library/imports')).json.items[0]
    const self = await c.call('weihu', 'POST', `/api/library/imports/${x.import_id}/approve`, undefined, { 'if-match': `"${x.version}"` })
    assert.equal(self.status, 403, self.text)
    assert.equal((await c.call('weihu', 'GET', '/api/library/rows')).json.items.length, 0)
  })
  await t.test('another approves, and they are taken in', async () => {
    await approve()
    await look(second, 'sheets-taken')
  })
  await t.test('rows that wait, the most money first; one is ruled on by two', async () => {
    await owner.goto(`${c.url}/library/sources`)
    await owner.locator('tbody tr', { hasText: '苯磺顺阿曲库铵' }).waitFor()
    const rows = (await c.call('weihu', 'GET', '/api/library/rows')).json.items
    assert.deepEqual(rows.map((x) => [x.name, x.needs, x.state]), [['苯磺顺阿曲库铵注射液', '', '未裁决'], ['脑利钠肽前体测定', 'code', '未裁决']])
    assert.ok(rows[0].fen > 0)
    await look(owner, 'rows')
    await owner.locator('tbody tr', { hasText: '苯磺顺阿曲库铵' }).click()
    assert.equal(await owner.getByLabel('支付不超过').inputValue(), '14') // the text's reading is proposed
    await owner.getByRole('button', { name: '交另一人确认' }).click()
    await owner.getByText('写明理由').waitFor()
    await owner.getByLabel('理由').fill('以原文为准')
    await look(owner, 'ruling')
    await owner.getByRole('button', { name: '交另一人确认' }).click()
    await owner.getByText('已交另一人确认').waitFor()
    await second.goto(`${c.url}/library/sources`)
    await second.locator('tbody tr', { hasText: '苯磺顺阿曲库铵' }).click()
    await second.getByRole('button', { name: '确认，生效' }).click()
    await second.getByText('裁决已生效').waitFor()
    const points = (await c.call('weihu', 'GET', `/api/library/points?rule_id=A015&find=${drug}`)).json.items
    assert.ok(points.some((p) => p.limit_value === '14' && p.basis.includes('本局裁决：以原文为准')), JSON.stringify(points))
  })
  await t.test('a row without a code is given one', async () => {
    await owner.goto(`${c.url}/library/sources`)
    await owner.locator('tbody tr', { hasText: '脑利钠肽前体测定' }).click()
    await owner.getByLabel('国家编码').fill('9.9E+14')
    await owner.getByLabel('理由').fill('国家目录里的编码')
    await owner.getByRole('button', { name: '交另一人确认' }).click()
    await owner.getByText('编码 "9.9E+14" 不是完整的代码').waitFor()
    await owner.getByLabel('国家编码').fill('990400470000000')
    await owner.getByRole('button', { name: '交另一人确认' }).click()
    await owner.getByText('已交另一人确认').waitFor()
  })
  await t.test('the same sheet changes nothing, and a changed text asks again', async () => {
    await bring({ '支付疗程.csv': days('限手术麻醉，支付不超过7天。', '15天'), '级别.csv': levels })
    await approve()
    await owner.goto(`${c.url}/library/sources`)
    await owner.locator('tbody tr', { hasText: '原文变了' }).click()
    await owner.getByText('从前的裁决是').waitFor()
    await look(owner, 'ruling-again')
    assert.equal((await c.call('weihu', 'GET', `/api/library/points?rule_id=A015&find=${drug}`)).json.items.filter((p) => p.basis.includes('本局裁决')).length, 0)
  })
  await t.test('a service that only some kinds of institutions may do', async () => {
    await owner.goto(`${c.url}/library/sources`)
    await owner.locator('tbody tr', { hasText: '按机构类别写了不同级别' }).click()
    await owner.getByLabel('不限级别').check()
    await owner.getByLabel('理由').fill('市卫健委批件')
    await owner.getByRole('button', { name: '交另一人确认' }).click()
    await owner.getByText('选级别，或写明机构类别').waitFor()
    await owner.getByLabel('二级及以上').check()
    await owner.getByLabel('机构类别', { exact: true }).click()
    await owner.keyboard.type('专科医院')
    await owner.keyboard.press('Enter')
    await owner.getByLabel('机构类别', { exact: true }).fill('康复医院、')
    await look(owner, 'ruling-level')
    await owner.getByRole('button', { name: '交另一人确认' }).click()
    await owner.getByText('已交另一人确认').waitFor()
    const x = (await c.call('weihu', 'GET', '/api/library/rows')).json.items.find((r) => r.rule_id === 'A010')
    assert.equal(x.decided, '二级及以上机构，专科医院、康复医院')
    await second.goto(`${c.url}/library/sources`)
    await second.locator('tbody tr', { hasText: '按机构类别写了不同级别' }).click()
    await second.getByRole('button', { name: '确认，生效' }).click()
    await second.getByText('裁决已生效').waitFor()
    const points = (await c.call('weihu', 'GET', '/api/library/points?rule_id=A010&find=990300000000001')).json.items
    assert.ok(points.some((p) => p.limit_value === '2' && p.allow === '专科医院|康复医院'), JSON.stringify(points))
  })
  await owner.done()
  await second.done()
})
