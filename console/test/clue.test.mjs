import assert from 'node:assert/strict'
import { Buffer } from 'node:buffer'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { deflateSync, crc32 } from 'node:zlib'
import { open, skip } from './browser.mjs'
import { city } from './city.mjs'

const phone = { width: 390, height: 844 }
const desk = { width: 1366, height: 768 }

// photo is a PNG as large as a phone's photograph: stripes, so that it does not shrink to nothing.
function photo(width, height) {
  const chunk = (kind, data) => {
    const head = Buffer.alloc(8)
    head.writeUInt32BE(data.length, 0)
    head.write(kind, 4)
    const tail = Buffer.alloc(4)
    tail.writeUInt32BE(crc32(Buffer.concat([head.subarray(4), data])) >>> 0, 0)
    return Buffer.concat([head, data, tail])
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const raw = Buffer.alloc((width * 3 + 1) * height)
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) raw.set([x % 251, y % 241, (x * y) % 239], y * (width * 3 + 1) + 1 + x * 3)
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk('IHDR', header), chunk('IDAT', deflateSync(raw)), chunk('IEND', Buffer.alloc(0))])
}

// shot keeps a picture of the whole page when MINGJIAN_SHOTS names a folder.
async function shot(page, name) {
  if (!process.env.MINGJIAN_SHOTS) return
  await mkdir(process.env.MINGJIAN_SHOTS, { recursive: true })
  await page.screenshot({ path: join(process.env.MINGJIAN_SHOTS, `${name}.png`), fullPage: true })
}

const fits = async (page) => {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  assert.ok(over <= 0, `${page.url()} is ${over} px wider than the screen`)
}

// A box sold twice from the list to the money: the pharmacy states itself with photographs from a phone, the inspector records on site, writes
// the verdict, and its finding goes the closed loop.
test('a clue from the list to the closed loop', { skip }, async (t) => {
  const c = await city(t)
  const browser = await open(t)
  const got = await c.call('yaodian2', 'GET', '/api/trace/clues?limit=50')
  const mine = got.json.items.find((x) => x.state === '待自述' && x.finding_id)
  assert.ok(mine, `the pharmacy has nothing to state: ${got.text}`)

  await t.test('the bureau sees where the duplicates went and finds the clue', async () => {
    const page = await c.as(browser, 'zhifa', { size: desk })
    await page.goto(`${c.url}/trace/clues?state=${encodeURIComponent('待自述')}`)
    await page.getByText('其中无购进凭证').waitFor()
    await page.locator('tbody tr.ant-table-row', { hasText: mine.drug_trac_codg }).click()
    await page.getByText('这盒药的一生').waitFor()
    await page.getByText(mine.class).first().waitFor()
    await shot(page, 'clue-1-office')
    await page.done()
  })

  await t.test('the pharmacy states itself from a phone, with photographs', async () => {
    const page = await c.as(browser, 'yaodian2', { size: phone })
    await page.goto(`${c.url}/trace/clues`)
    await page.getByText(mine.drug_trac_codg).waitFor()
    await fits(page)
    await shot(page, 'clue-2-phone-list')
    await page.getByText(mine.drug_trac_codg).click()
    const send = page.getByRole('button', { name: '交自述' })
    await send.waitFor()
    assert.ok(await send.isDisabled(), 'a statement without a word can be sent')
    await page.getByRole('checkbox', { name: /购进发票/ }).check()
    await page.getByRole('checkbox', { name: /药盒追溯码照片/ }).check()
    await page.locator('textarea').fill('这盒药由业务员送货，随货同行单没有找到')
    await page.getByLabel('附件').setInputFiles({ name: 'IMG_0001.png', mimeType: 'image/png', buffer: photo(2400, 1800) })
    await page.locator('.ant-tag', { hasText: 'IMG_0001.png' }).waitFor()
    await fits(page)
    await shot(page, 'clue-3-phone-statement')
    await send.click()
    await page.locator('.ant-tag', { hasText: '待核查' }).waitFor()
    await page.getByText('这一步不由您办理').waitFor()
    await page.getByText('窦药店').nth(1).waitFor() // by name, beside her own at the head
    const life = await page.getByRole('img', { name: /的一生/ }).boundingBox()
    assert.ok(life.x + life.width <= phone.width, `the life of the box ends at ${life.x + life.width} px`)
    await page.getByRole('button', { name: 'IMG_0001.png' }).click()
    const picture = page.getByRole('img', { name: 'IMG_0001.png' })
    await picture.waitFor()
    assert.deepEqual(await picture.evaluate(async (i) => { await i.decode(); return [i.naturalWidth, i.naturalHeight] }), [1600, 1200], 'the photograph was not made smaller')
    await shot(page, 'clue-4-phone-sent')
    await page.done()
  })

  await t.test('nobody steps in for another', async () => {
    const version = (await c.call('zhifa', 'GET', `/api/trace/clues/${mine.clue_id}`)).json.version
    const step = (login, to, more = {}) => c.call(login, 'POST', `/api/trace/clues/${mine.clue_id}/steps`, { to, say: '理由若干', papers: [], ...more }, { 'if-match': `"${version}"` })
    assert.equal((await c.call('yaodian1', 'GET', `/api/trace/clues/${mine.clue_id}`)).status, 404) // another pharmacy
    assert.equal((await c.call('yiban1', 'GET', `/api/trace/clues/${mine.clue_id}`)).status, 404)
    for (const [login, to] of [['yaodian2', '待结论'], ['yaodian2', '已结论'], ['lingdao', '待结论'], ['yaodian1', '待结论']]) {
      const r = await step(login, to, to === '已结论' ? { verdict: '上传错误' } : {})
      assert.ok([403, 404, 409].includes(r.status), `${login} to ${to}: ${r.status} ${r.text}`)
    }
    const early = await step('zhifa', '已结论', { verdict: '回流' }) // nobody was there yet
    assert.ok([409, 422].includes(early.status) && /待核查|待结论/.test(early.text), `${early.status} ${early.text}`)
  })

  await t.test('the inspector records on site from a phone and writes the verdict', async () => {
    const page = await c.as(browser, 'zhifa', { size: phone })
    await page.goto(`${c.url}/trace/clues/${mine.clue_id}`)
    await page.getByText('随货同行单没有找到').waitFor()
    await page.locator('textarea').fill('两名执法人员到店，药盒有二次粘贴痕迹，无随货同行单')
    await page.getByLabel('附件').setInputFiles({ name: '现场.png', mimeType: 'image/png', buffer: photo(800, 600) })
    await page.locator('.ant-tag', { hasText: '现场.png' }).waitFor()
    await fits(page)
    await shot(page, 'clue-5-phone-onsite')
    await page.getByRole('button', { name: '记现场核查' }).click()
    await page.locator('.ant-tag', { hasText: '待结论' }).waitFor()
    await page.getByRole('radio', { name: '回流' }).check()
    await page.locator('textarea').fill('没有购进凭证，药盒来自医院开出的药')
    await page.getByRole('button', { name: '下结论' }).click()
    await page.locator('.ant-tag', { hasText: '已结论' }).waitFor()
    await fits(page)
    await shot(page, 'clue-6-phone-verdict')
    await page.setViewportSize(desk)
    await shot(page, 'clue-7-desk-verdict')
    await page.getByRole('link', { name: /看疑点/ }).click()
    await page.waitForURL(`**/findings/${mine.finding_id}`)
    await page.done()
  })

  await t.test('its finding goes the closed loop, and says what became of the clue', async () => {
    const page = await c.as(browser, 'chushen1', { size: desk })
    await page.goto(`${c.url}/findings/${mine.finding_id}`)
    await page.locator('.ant-card', { hasText: '追溯码线索' }).getByText('回流').first().waitFor()
    await page.getByText(/^限额 1/).waitFor()
    await page.getByText(/^量 \d/).waitFor() // a number against a number
    await page.getByRole('button', { name: '纳入初审' }).click()
    await page.getByRole('button', { name: '保留' }).waitFor()
    await page.getByLabel('意见').fill('追溯码线索已核实为回流，保留')
    await shot(page, 'clue-8-first-review')
    await page.getByRole('button', { name: '保留' }).click()
    await page.getByText('已保留').waitFor()
    const f = (await c.call('chushen1', 'GET', `/api/review/findings/${mine.finding_id}`)).json
    assert.equal(f.state, '待送达')
    await page.done()
  })
})
