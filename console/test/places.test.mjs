import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mkdir } from 'node:fs/promises'
import { open, skip } from './browser.mjs'
import { city } from './city.mjs'

// Every place of the menu opens for everybody whose menu has it, without an error on the page or in the console.
test('every place opens for whoever has it', { skip }, async (t) => {
  const c = await city(t)
  const browser = await open(t)
  const shots = process.env.MINGJIAN_SHOTS
  if (shots) await mkdir(shots, { recursive: true })
  const one = new Map(Object.values(c.users).map((u) => [u.role, u.login])) // somebody of each role
  assert.ok(one.size >= 12, `only the roles ${[...one.keys()]}`)
  for (const [role, login] of one) {
    await t.test(role, async () => {
      const page = await c.as(browser, login)
      await page.getByRole('menuitem').first().waitFor()
      for (const item of await page.getByRole('menuitem').all()) {
        const place = (await item.innerText()).trim()
        await item.click()
        if (place !== '工作台') await page.locator('.ant-breadcrumb', { hasText: place }).waitFor() // the route has changed, not only the menu
        await page.waitForFunction(() => (document.querySelector('.ant-layout-content')?.innerText ?? '').trim().length > 10 && !document.querySelector('.ant-layout-content .ant-skeleton-active, .ant-layout-content .ant-spin-spinning'))
        await page.waitForLoadState('networkidle')
        if (shots) await page.screenshot({ path: `${shots}/place-${login}-${place}.png` })
        const said = await page.locator('.ant-alert-error, .ant-result-error').allInnerTexts()
        assert.deepEqual(said, [], `${place}: ${said}`)
      }
      await page.done()
    })
  }
})
