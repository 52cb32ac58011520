import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mkdir } from 'node:fs/promises'
import { large, open, skip } from './browser.mjs'
import { city } from './city.mjs'

const sizes = { small: { width: 1366, height: 768 }, large, phone: { width: 390, height: 844 } }

test('a leader looks', { skip }, async (t) => {
  const c = await city(t)
  const browser = await open(t)
  const shots = process.env.MINGJIAN_SHOTS
  if (shots) await mkdir(shots, { recursive: true })

  for (const [name, size] of Object.entries(sizes)) {
    await t.test(`lands on the board, ${name}`, async () => {
      const page = await c.as(browser, 'lingdao', { size })
      await page.waitForURL('**/board')
      await page.getByText('超期在谁手里').waitFor()
      await page.locator('[role=img][aria-label^=各月] svg').waitFor()
      if (shots) await page.screenshot({ path: `${shots}/board-${name}.png`, fullPage: true })
      const wide = await page.evaluate(() => document.querySelector('.ant-layout-content').scrollWidth - document.querySelector('.ant-layout-content').clientWidth)
      assert.ok(wide <= 1, `the board is ${wide} px wider than the screen`)
      await page.goto('/wall')
      await page.getByText('拟追最多的规则').waitFor()
      await page.locator('[role=img][aria-label^=各月] svg').waitFor()
      if (shots) await page.screenshot({ path: `${shots}/wall-${name}.png`, fullPage: true })
      await page.done()
    })
  }

  await t.test('a figure opens into as many rows as it says', async () => {
    const page = await c.as(browser, 'lingdao')
    const home = await c.call('lingdao', 'GET', '/api/board/home')
    const late = home.json.figures.find((f) => f.id === 'C02')
    assert.ok(late.value > 0, 'nothing is late in the city')
    await page.getByRole('link', { name: /超期件数.*打开清单/ }).click()
    await page.waitForURL('**/findings?indicator=C02*')
    await page.getByText(/指标 超期件数/).waitFor()
    const rows = page.locator('tbody tr.ant-table-row')
    await rows.first().waitFor()
    while (await page.getByRole('button', { name: /再看/ }).isVisible()) {
      const had = await rows.count()
      await page.getByRole('button', { name: /再看/ }).click()
      await page.waitForFunction((n) => document.querySelectorAll('tbody tr.ant-table-row').length > n, had)
    }
    assert.equal(await rows.count(), late.value)
    await page.done()
  })

  await t.test('the picture has its table, the figure its definition', async () => {
    const page = await c.as(browser, 'lingdao')
    await page.getByText('表', { exact: true }).click()
    await page.getByRole('columnheader', { name: '已追回（元）' }).waitFor()
    await page.getByRole('link', { name: '指标怎么算' }).click()
    await page.getByText('期内实际收到的金额').waitFor()
    if (shots) await page.screenshot({ path: `${shots}/indicators.png` })
    await page.done()
  })

  await t.test('an institution has none of it', async () => {
    for (const path of ['/api/board/home', '/api/board/figures', '/api/board/dictionary', '/api/board/split?indicator=F01']) {
      assert.equal((await c.call('yiban1', 'GET', path)).status, 403, path)
    }
  })
})
