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
      if (name === 'phone') {
        const cut = await page.evaluate(() => [...document.querySelectorAll('.ant-table-content, .ant-table-body')].filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.innerText.slice(0, 40)))
        assert.deepEqual(cut, [], 'a table of the board scrolls sideways')
        assert.equal(await page.locator('.ant-menu-item-group-title').count(), 0, 'the narrow menu shows titles that are cut')
        await page.locator('.ant-layout-sider-trigger').click()
        await page.locator('.ant-menu-item-group-title', { hasText: '看板与提醒' }).waitFor()
        if (shots) await page.screenshot({ path: `${shots}/menu-phone.png` })
        await page.locator('.ant-menu-item', { hasText: '指标字典' }).click()
        await page.waitForURL('**/indicators')
        assert.equal(await page.locator('.ant-menu-item-group-title').count(), 0, 'the menu stays open over the page')
      }
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

  await t.test('what reminders did, its lists, and a briefing before it is a file', async () => {
    const page = await c.as(browser, 'lingdao')
    await page.goto('/reminders')
    await page.getByText('提醒之后怎样了').waitFor()
    const watch = await c.call('lingdao', 'GET', '/api/reminders')
    const complied = watch.json.figures.find((f) => f.id === 'R05')
    assert.ok(complied.value > 0, 'nobody complied in the city')
    if (shots) await page.screenshot({ path: `${shots}/reminders.png`, fullPage: true })
    await page.getByRole('link', { name: /^遵从数.*打开清单/ }).click()
    await page.waitForURL('**/reminders/list/episodes?indicator=R05*')
    await page.getByText(/^已列 \d+ 条/).waitFor() // the page before has rows too
    assert.equal(await page.locator('tbody tr.ant-table-row').count(), Math.min(50, complied.value))
    await page.goto('/briefs')
    await page.getByRole('heading', { name: /智能监管简报/ }).waitFor()
    await page.locator('[role=img][aria-label=各月金额] svg').waitFor()
    if (shots) await page.screenshot({ path: `${shots}/briefs.png`, fullPage: true })
    await page.done()
  })

  await t.test('the owner answers that a reminder was wrong', async () => {
    const page = await c.as(browser, 'weihu')
    await page.goto('/reminders')
    await page.getByRole('tab', { name: /提醒有误/ }).click()
    await page.getByRole('button', { name: '答复', exact: true }).first().click()
    await page.getByText('规则无误：说明为什么').click()
    await page.getByLabel('怎么答复，怎么改').fill('已核对，规则与规定一致')
    await page.locator('.ant-drawer').getByRole('button', { name: /答\s*复/ }).click()
    await page.getByText('已答复，医院看得到').waitFor()
    await page.done()
  })
})
