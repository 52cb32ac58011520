import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mkdir } from 'node:fs/promises'
import { look, open, skip } from './browser.mjs'
import { city } from './city.mjs'

// Every place of the menu opens for who has it, without an error on the page or in the console: each for one role of the office and one of
// the institutions, and what a role has first or last in its menu besides.
test('every place opens for whoever has it', { skip }, async (t) => {
  const c = await city(t)
  const browser = await open(t)
  const shots = process.env.MINGJIAN_SHOTS
  if (shots) await mkdir(shots, { recursive: true })
  const one = new Map(Object.values(c.users).map((u) => [u.role, u.login])) // somebody of each role
  assert.ok(one.size >= 12, `only the roles ${[...one.keys()]}`)
  const seen = new Set()
  for (const [role, login] of one) {
    await t.test(role, async () => {
      const page = await c.as(browser, login)
      await page.getByRole('menuitem').first().waitFor()
      const items = await page.getByRole('menuitem').all()
      for (const [i, item] of items.entries()) {
        const place = (await item.innerText()).trim()
        const kind = `${place} ${c.users[login].scope === '全部'}`
        if (seen.has(kind) && i > 0 && i < items.length - 1) continue
        seen.add(kind)
        await item.click()
        if (place !== '工作台') await page.locator('.ant-breadcrumb', { hasText: place }).waitFor() // the route has changed, not only the menu
        await page.waitForFunction(() => (document.querySelector('.ant-layout-content')?.innerText ?? '').trim().length > 10 && !document.querySelector('.ant-layout-content .ant-skeleton-active, .ant-layout-content .ant-spin-spinning')).catch((e) => {
          throw new Error(`${place} at ${page.url()}: ${e.message}`)
        })
        await page.waitForLoadState('networkidle')
        if (shots) await page.screenshot({ path: `${shots}/place-${login}-${place}.png` })
        const said = await page.locator('.ant-alert-error, .ant-result-error').allInnerTexts()
        assert.deepEqual(said, [], `${place}: ${said}`)
      }
      await page.done()
    })
  }
})

// The leader's desk sends him on to the figures, also when he asks for it again before they have come.
test('the leader reaches the figures however impatient', { skip }, async (t) => {
  const c = await city(t)
  const first = await c.as(await open(t), 'lingdao')
  await first.waitForURL('**/board')
  const page = await first.context().newPage() // signed in already
  let asked = () => {}
  const clicked = new Promise((done) => (asked = done))
  await page.route(/assets\/Board-.*\.js$/, async (r) => {
    await clicked
    await r.continue()
  })
  const loading = page.waitForRequest(/assets\/Board-.*\.js$/)
  await page.goto(`${c.url}/`)
  await loading
  await page.getByRole('menuitem').first().click()
  asked()
  await page.waitForURL('**/board')
  await page.locator('.ant-breadcrumb', { hasText: '首页看板' }).waitFor()
  await first.done()
})

// The tour leads through the places somebody has, and only those.
test('the tour leads from place to place', { skip }, async (t) => {
  const c = await city(t)
  const browser = await open(t)
  // Who has no board begins at the desk; a leader's desk is the board.
  for (const [login, first, has, hasNot] of [['yiban1', '/', '/selfcheck', '/trail'], ['lingdao', '/board', '/reminders', '/selfcheck']]) {
    await t.test(login, async () => {
      const page = await c.as(browser, login)
      await page.waitForURL(`${c.url}${first}`)
      await page.getByRole('button', { name: '导览' }).click()
      const where = page.locator('.ant-drawer-footer .quiet')
      await where.filter({ hasText: /^1 \/ / }).waitFor()
      const all = Number((await where.innerText()).split(' / ')[1])
      const seen = new Set([page.url()])
      for (let n = 2; n <= all; n++) {
        await page.getByRole('button', { name: '下一处' }).click()
        await where.filter({ hasText: `${n} / ${all}` }).waitFor()
        seen.add(page.url())
        if (n === 3) await look(page, `tour-${login}`)
      }
      assert.ok(await page.getByRole('button', { name: '下一处' }).isDisabled())
      assert.ok(seen.size === all && all >= 5 && [...seen].some((u) => u.endsWith(has)) && ![...seen].some((u) => u.endsWith(hasNot)), [...seen].join(' '))
      await page.done()
    })
  }
})
