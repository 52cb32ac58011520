// The browser the tests drive: Debian's Chromium, or the one that MINGJIAN_CHROMIUM names.
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

const path = [process.env.MINGJIAN_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((p) => p && existsSync(p))

// why says why no test can run; '' when they can.
export const why = path ? '' : 'Chromium is not installed (apt-get install chromium, or set MINGJIAN_CHROMIUM)'

const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking', '--disable-component-update', '--disable-sync']

export const small = { width: 1366, height: 768 }
export const large = { width: 1920, height: 1080 }

// How long a page is waited for, in milliseconds; a busy machine needs more (MINGJIAN_PATIENCE, in seconds).
const patience = Number(process.env.MINGJIAN_PATIENCE ?? 20) * 1000

// skip is for a test's options.
export const skip = why || false

// open starts a browser for a test file; it is closed when the file's tests are over. What a page shows that no test has closed by then is
// printed, the beginning of it: mostly a test failed on it.
export async function open(t) {
  const browser = await chromium.launch({ executablePath: path, args })
  t.after(async () => {
    for (const page of browser.contexts().flatMap((x) => x.pages()))
      console.log(`left open: ${page.url()}\n${(page.wrong ?? []).join('\n')}\n${(await page.locator('body').innerText({ timeout: 5000 }).catch(String)).slice(0, 2000)}`)
    await browser.close()
  })
  return browser
}

// visit opens a page of its own, with its own cookies, that fails the test when the page throws, when the console reports an error the
// test did not expect, or when anything is asked of another host.
export async function visit(browser, base, { size = small, expect = [] } = {}) {
  const context = await browser.newContext({ viewport: size, baseURL: base, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', reducedMotion: 'reduce' }) // what moves may be missed by a click on a busy machine
  context.setDefaultTimeout(patience)
  const wrong = []
  await context.route('**/*', (route) => {
    const url = route.request().url()
    if (url.startsWith(base) || url.startsWith('data:') || url.startsWith('blob:')) return route.continue()
    wrong.push(`asked for ${url}`)
    return route.abort()
  })
  const page = await context.newPage()
  page.on('pageerror', (e) => wrong.push(`threw ${e.message}`))
  page.on('console', (m) => {
    if (m.type() === 'error' && !expect.some((x) => x.test(m.text()))) wrong.push(`reported ${m.text()}`)
  })
  page.wrong = wrong
  page.done = async () => {
    await context.close()
    if (wrong.length) throw new Error(`the page was not well: ${wrong.join('; ')}`)
  }
  return page
}

// Answers of 401, 403, 404, 409 and 422 are shown in Chromium's console; a test that provokes them passes this.
export const refusals = [/status of 4\d\d/]

// look keeps pictures of a page in both sizes when MINGJIAN_SHOTS names a folder.
export async function look(page, name) {
  const shots = process.env.MINGJIAN_SHOTS
  if (!shots) return
  await mkdir(shots, { recursive: true })
  for (const size of [large, small]) {
    await page.setViewportSize(size)
    await page.screenshot({ path: join(shots, `${name}-${size.width}.png`) })
  }
}
