import assert from 'node:assert/strict'
import { test } from 'node:test'
import { open, skip } from './browser.mjs'
import { city } from './city.mjs'

const lists = /\/api\/(review\/findings|board\/rows|reminders\/(calls|visits|said|episodes|wrongs|doctors))\?/
const number = (text) => Number(text.replace(/[^\d.-]/g, ''))
const wan = (fen) => (Math.abs(fen) >= 1e10 ? fen / 1e10 : Math.abs(fen) >= 1e6 ? fen / 1e6 : fen / 100).toLocaleString('zh-CN', { minimumFractionDigits: 2, maximumFractionDigits: 2 })

// Every number of the board and of the page on reminders is pressed; the list it opens into, all of its pages, says the same.
test('no figure disagrees with the list it opens into', { skip }, async (t) => {
  const c = await city(t)
  const browser = await open(t)
  const page = await c.as(browser, 'lingdao')
  const side = await c.as(browser, 'lingdao')

  // asked is what the page at an address asks the server for.
  const names = { rule: 'rule_id', inst: 'fixmedins_code', sev: 'sev_deg', stay: 'mdtrt_id', package: 'package_id' }
  function asked(href) {
    const [path, search] = href.split('?')
    const url = new URL(path === '/findings' ? '/api/review/findings' : `/api${path.replace('/reminders/list/', '/reminders/')}`, c.url)
    for (const [k, v] of new URLSearchParams(search)) url.searchParams.set(path === '/findings' ? (names[k] ?? k) : k, v)
    return url
  }

  // listed reads every page of the list at an address. The first time of a kind of list and figure it is opened as a click does: what the page itself asks for
  // is read, and the page shows rows.
  const seen = new Set()
  async function listed(href) {
    const kind = href.split('?')[0] + [...new URLSearchParams(href.split('?')[1]).keys()].sort().join()
    const opens = !seen.has(kind)
    seen.add(kind)
    let url = asked(href)
    if (opens) {
      const answer = side.waitForResponse((r) => lists.test(r.url()))
      await side.goto(href)
      const own = new URL((await answer).url())
      for (const [k, v] of url.searchParams) assert.equal(own.searchParams.get(k) ?? '', v, `${href} asks for ${own.search}`)
      url = own
    }
    const rows = []
    let total
    for (let cursor = ''; ; ) {
      if (cursor) url.searchParams.set('cursor', cursor)
      url.searchParams.set('limit', '200')
      const r = await c.call('lingdao', 'GET', url.pathname + url.search)
      assert.equal(r.status, 200, `${href}: ${r.text}`)
      rows.push(...(r.json.items ?? []))
      total = r.json.total
      if (!(cursor = r.json.next ?? '')) break
    }
    if (opens && rows.length) await side.locator('tbody tr.ant-table-row').first().waitFor()
    return { rows, all: total ?? rows.length, add: (k) => rows.reduce((n, x) => n + (x[k] ?? 0), 0) }
  }

  // held compares a figure with its list.
  async function held(f, href) {
    const l = await listed(href)
    const money = { F04: 'vola_fen', F05: 'charged_fen', R08: 'avoided_fen', R10: 'avoided_fen', R11: 'avoided_fen', R12: 'back_fen' }
    let got = l.all
    if (f.unit === '分') got = l.add(money[f.id] ?? 'moved_fen')
    else if (f.unit === '家') got = new Set(l.rows.map((r) => r.fixmedins_code)).size
    else if (href.includes('/board/rows')) got = l.add('n')
    else if (f.unit === '微秒') return // what the calls of its list took is their own
    else if (f.id === 'R34') got = l.rows.map((r) => r.interruptions).sort((a, b) => a - b)[Math.floor(l.rows.length / 2)] ?? 0
    if (f.id === 'R34' && l.all > l.rows.length) return // the list shows the most interrupted only
    assert.equal(got, f.value, `${f.id} ${f.name}: the page says ${f.value}, the list ${got} (${href})`)
  }

  // blocks presses each figure of a page.
  async function blocks(path, api) {
    const figures = new Map((await c.call('lingdao', 'GET', api)).json.figures.map((f) => [f.id, f]))
    await page.goto(path)
    const links = page.locator('a[aria-label$="打开清单"]')
    await links.first().waitFor()
    const all = await links.evaluateAll((as) => as.map((a) => ({ href: a.getAttribute('href'), label: a.getAttribute('aria-label') })))
    for (const { href, label } of all) {
      const f = figures.get(new URLSearchParams(href.split('?')[1]).get('indicator'))
      const written = f.unit === '分' ? wan(f.value) : f.unit === '‰' ? (f.of ? ((100 * f.value) / f.of).toFixed(1) : '—') : f.unit === '微秒' ? (f.value / 1000).toFixed(1) : f.value.toLocaleString('zh-CN')
      assert.ok(label.startsWith(`${f.name} ${written}`), `${label} is written for ${f.value}`)
      await held(f, href)
    }
    return all.length
  }

  // rows are those of the table in a card: what is written in each cell, and where it leads.
  const rows = (title) =>
    page.locator('.ant-card', { hasText: title }).last().locator('tbody tr.ant-table-row').evaluateAll((trs) =>
      trs.map((tr) => [...tr.querySelectorAll('td')].map((td) => ({ text: td.innerText.trim(), href: td.querySelector('a')?.getAttribute('href') ?? '' }))))

  await t.test('figures of the board', async () => {
    assert.ok((await blocks('/board', '/api/board/home')) >= 10)
  })
  await t.test('figures of the page on reminders', async () => {
    assert.ok((await blocks('/reminders', '/api/reminders')) >= 10)
  })
  await t.test('institutions and divisions of the board', async () => {
    await page.goto('/board')
    await page.getByText('拟追最多的机构').waitFor()
    for (const [title, cells] of [['拟追最多的机构', [0, 1, 2]], ['区划排名', [1, 2, 3]]]) {
      const table = await rows(title)
      assert.ok(table.length > 0, title)
      for (const r of table) {
        const [name, n, fen] = cells.map((k) => r[k])
        if (!name.href) continue // 未列明
        const l = await listed(name.href)
        assert.deepEqual([l.all, l.add('charged_fen')], [number(n.text), Math.round(number(fen.text) * 100)], `${title} ${name.text}`)
      }
    }
  })
  await t.test('the rules that make four fifths, and how often they were wrong', async () => {
    await page.goto('/board')
    await page.getByText('哪些规则占拟追金额的八成').waitFor()
    const { rules } = (await c.call('lingdao', 'GET', '/api/board/home')).json
    await page.getByText(`${rules.cards} 条规则有拟追金额，其中 ${rules.need} 条占八成`).waitFor()
    const upto = rules.items.map((r) => r.upto_fen)
    assert.ok(rules.need >= 1 && upto[rules.need - 1] * 5 >= rules.total.fen * 4 && (upto[rules.need - 2] ?? 0) * 5 < rules.total.fen * 4, 'the rules that are marked do not make four fifths, or fewer would')
    if (rules.items.length > 10) await page.getByRole('button', { name: /^再看后面/ }).click()
    const table = await rows('哪些规则占拟追金额的八成')
    assert.equal(table.length, rules.items.length)
    assert.ok(table.some((r) => r[5].href), 'nothing was decided in the city')
    const some = table.filter((r, i) => i < 3 || r[6].href).slice(0, 6)
    for (const [, rule, n, fen, , decided, overturned] of some) {
      const l = await listed(rule.href)
      assert.deepEqual([l.all, l.add('charged_fen')], [number(n.text), Math.round(number(fen.text) * 100)], rule.text)
      for (const cell of [decided, overturned]) if (cell.href) assert.equal((await listed(cell.href)).all, number(cell.text), `${rule.text} ${cell.href}`)
    }
  })
  await t.test('what is overdue, and with whom', async () => {
    await page.goto('/board')
    await page.getByText('超期在谁手里').waitFor()
    const table = await rows('超期在谁手里')
    assert.ok(table.length > 0, 'nothing is late in the city')
    for (const [who, n] of table) assert.equal((await listed(who.href)).all, number(n.text), who.text)
  })
  await t.test('months of the trend', async () => {
    await page.goto('/board')
    await page.locator('.ant-card', { hasText: '趋势' }).last().getByText('表', { exact: true }).click()
    await page.getByRole('columnheader', { name: '已追回（元）' }).waitFor()
    const months = await rows('趋势')
    assert.ok(months.some(([, n]) => number(n.text) > 0))
    for (const [month, n, fen] of months.filter(([, n], i) => number(n.text) > 0 || i === 0)) {
      const l = await listed(month.href)
      assert.deepEqual([l.all, l.add('charged_fen')], [number(n.text), Math.round(number(fen.text) * 100)], month.text)
    }
  })
  await t.test('outcomes and money of reminders, and their parts', async () => {
    await page.goto('/reminders')
    await page.getByText('提醒之后怎样了').waitFor()
    const figures = new Map((await c.call('lingdao', 'GET', '/api/reminders')).json.figures.map((f) => [f.id, f]))
    for (const title of ['提醒之后怎样了', '事前避免的基金']) {
      for (const [what, n] of await rows(title)) {
        const f = figures.get(new URLSearchParams(what.href.split('?')[1]).get('indicator'))
        assert.equal(number(n.text), f.unit === '分' ? f.value / 100 : f.value, what.text)
        await held(f, what.href)
      }
    }
    for (const by of ['规则', '机构', '科室', '医生', '日期']) {
      await page.getByLabel('按什么分').getByText(by, { exact: true }).click()
      await page.getByRole('columnheader', { name: by, exact: true }).waitFor()
      await page.waitForFunction(() => !document.querySelector('.ant-spin-spinning'))
      const table = await rows('分规则、机构、科室、医生、日期')
      for (const r of table.slice(0, 4)) for (const cell of r.slice(1)) if (cell.href) assert.equal((await listed(cell.href)).all, number(cell.text), `${by} ${r[0].text} ${cell.href}`)
    }
  })
  await page.done()
  await side.done()
})
