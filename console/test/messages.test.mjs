import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { createServer as createPost } from 'node:net'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { look, open, refusals, skip } from './browser.mjs'
import { city } from './city.mjs'

// post is a mail server; letters are what it took, as they came.
async function post(t, letters) {
  const server = createPost((socket) => {
    let body = null
    let rest = ''
    const say = (line) => socket.write(`${line}\r\n`)
    socket.on('error', () => {})
    socket.on('data', (b) => {
      rest += b
      for (let at; (at = rest.indexOf('\r\n')) >= 0; ) {
        const line = rest.slice(0, at)
        rest = rest.slice(at + 2)
        if (body !== null) {
          if (line !== '.') { body += `${line}\n`; continue }
          letters.push(body)
          body = null
          say('250 taken')
        } else if (line === 'DATA') { body = ''; say('354 go on') } else say(line === 'QUIT' ? '221 bye' : '250 ok')
      }
    })
    say('220 mail')
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  t.after(() => server.close())
  return `127.0.0.1:${server.address().port}`
}

// until waits for something to be so.
async function until(what, f) {
  for (let i = 0; i < 120; i++) {
    if (f()) return
    await new Promise((done) => setTimeout(done, 500))
  }
  assert.fail(`${what} did not come`)
}

test('people are told, and reports make themselves', { skip }, async (t) => {
  const c = await city(t)
  await c.stop()
  const calls = []
  const told = []
  const letters = []
  const hook = createServer(async (q, a) => {
    let body = ''
    for await (const b of q) body += b
    const first = !told.some((x) => x.kind === '报表做好')
    calls.push(q.headers['x-mingjian-signature'])
    told.push(JSON.parse(body))
    a.statusCode = first && told.at(-1).kind === '报表做好' ? 503 : 200 // the first call on a report is lost
    a.end()
  })
  await new Promise((done) => hook.listen(0, '127.0.0.1', done))
  t.after(() => hook.close())
  await writeFile(join(c.dir, 'hook.key'), '0123456789abcdef0123456789abcdef\n')
  await writeFile(join(c.dir, 'messages.json'), JSON.stringify({ mail: { server: await post(t, letters), tls: 'none', from: 'jian@ybj.example', domains: ['ybj.example'] }, hooks: [{ name: 'oa', url: `http://127.0.0.1:${hook.address().port}/in`, secret_file: 'hook.key' }] }))
  await c.serve()
  const browser = await open(t)

  await t.test('the bell leads to one’s messages, and who reads them has none unread', async () => {
    let unread = 0
    for (let i = 0; i < 60 && !unread; i++) {
      unread = (await c.call('yiban1', 'GET', '/api/messages/unread')).json.unread
      if (!unread) await new Promise((done) => setTimeout(done, 500))
    }
    assert.ok(unread > 0, 'the hospital was told of nothing')
    const page = await c.as(browser, 'yiban1')
    await page.getByRole('link', { name: /^消息，\d+ 条没看/ }).click()
    await page.getByRole('list', { name: '消息' }).getByRole('listitem').first().waitFor()
    await look(page, 'messages')
    await page.getByRole('tab', { name: '我的订阅' }).click()
    await page.getByLabel('邮箱').fill('yiban@ybj.example')
    await page.getByLabel('疑点送达 邮件').check()
    await look(page, 'choice')
    await page.getByRole('button', { name: /^保\s*存$/ }).click()
    await page.getByText('已保存').waitFor()
    await page.getByRole('tab', { name: '我的消息' }).click()
    await page.getByRole('button', { name: '全部记为看过' }).click()
    await page.getByText('没有没看的消息').waitFor()
    await page.done()
  })

  await t.test('an administrator tests a way and sees what went out', async () => {
    const page = await c.as(browser, 'guanli')
    await page.goto('/ways')
    await page.getByRole('row', { name: /oa/ }).getByRole('button', { name: '发送测试' }).click()
    await page.getByText('对方收下了').waitFor()
    assert.ok(calls.at(-1)?.startsWith('sha256='), 'the call was not signed')
    await look(page, 'ways')
    await page.done()
  })

  await t.test('a report is planned and ended', async () => {
    const page = await c.as(browser, 'lingdao', { expect: refusals })
    await page.goto('/briefs?tab=plans')
    await page.getByRole('button', { name: '新的定期报表' }).click()
    await page.getByLabel('名称').fill('智能监管月报')
    await page.getByRole('button', { name: /^设\s*好$/ }).click()
    await page.getByRole('cell', { name: '智能监管月报' }).waitFor()
    await page.getByText('每月 5 号 7 点').waitFor()
    const mine = (await c.call('lingdao', 'GET', '/api/messages/choice')).json
    const choice = { mail: 'xu@ybj.example', site_off: [], mail_on: ['报表做好'], version: mine.version }
    assert.ok((await c.call('lingdao', 'PUT', '/api/messages/choice', choice)).status < 300)
    await page.getByRole('button', { name: '现在出一份' }).click()
    await page.getByText('做好了，在下面').waitFor()
    const link = page.getByRole('link', { name: /^智能监管月报 .*docx$/ })
    await link.waitFor()
    await look(page, 'plans')
    const href = await link.getAttribute('href')
    assert.equal((await c.call('lingdao', 'GET', href)).status, 200)
    assert.equal((await c.call('yiban1', 'GET', href)).status, 403, 'an institution has the report')
    await page.getByRole('button', { name: '现在出一份' }).click()
    await page.getByText('今天的这一份已经做过').first().waitFor()
    await until('the call on the report', () => told.some((x) => x.kind === '报表做好' && x.title.includes('智能监管月报')))
    await until('the mail on the report', () => letters.some((l) => /^To: .*xu@ybj\.example/m.test(l)))
    const sends = (await c.call('guanli', 'GET', '/api/messages/sends?limit=50')).json.items
    const failed = sends.find((x) => x.way !== '邮件' && x.tries > 0 && x.state === '待发')
    assert.ok(failed && /503/.test(failed.said) && failed.next_at, `a call that failed is tried again: ${JSON.stringify(sends.slice(0, 5))}`)
    await page.getByRole('button', { name: /^停$/ }).click()
    await page.locator('.ant-popconfirm').getByRole('button', { name: /^停$/ }).click()
    await page.getByText('已停', { exact: true }).first().waitFor()
    await page.done()
  })

  await t.test('divisions have names, and a figure of clues opens into as many rows', async () => {
    const page = await c.as(browser, 'lingdao')
    await page.goto('/board')
    await page.getByRole('link', { name: '示例县', exact: true }).waitFor()
    const figures = await c.call('lingdao', 'GET', '/api/board/figures?from=2020-01&to=2030-12')
    const f = figures.json.items.find((x) => x.list === 'rows' && x.value > 0 && x.unit === '条')
    assert.ok(f, 'no figure of rows in the city')
    await page.goto(`/board/rows?indicator=${f.id}&from=2020-01&to=2030-12`)
    await page.getByText(/^(已列|共) \d+ 条/).waitFor()
    while (await page.getByRole('button', { name: /再列/ }).isVisible()) {
      const had = await page.locator('tbody tr.ant-table-row').count()
      await page.getByRole('button', { name: /再列/ }).click()
      await page.waitForFunction((n) => document.querySelectorAll('tbody tr.ant-table-row').length > n, had)
    }
    await page.getByText(new RegExp(`合计 ${f.value.toLocaleString('en-US')} ${f.unit}`)).waitFor()
    await look(page, 'rows')
    await page.goto('/numbers')
    await page.getByText('每种文书每年一串号').waitFor()
    await look(page, 'numbers')
    await page.done()
  })
})
