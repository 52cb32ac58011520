import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { look, open, skip } from './browser.mjs'
import { city } from './city.mjs'

test('people are told, and reports make themselves', { skip }, async (t) => {
  const c = await city(t)
  await c.stop()
  const calls = []
  const hook = createServer((q, a) => { calls.push(q.headers['x-mingjian-signature']); a.end() })
  await new Promise((done) => hook.listen(0, '127.0.0.1', done))
  t.after(() => hook.close())
  await writeFile(join(c.dir, 'hook.key'), '0123456789abcdef0123456789abcdef\n')
  await writeFile(join(c.dir, 'messages.json'), JSON.stringify({ mail: { server: '127.0.0.1:1', tls: 'none', from: 'jian@ybj.example', domains: ['ybj.example'] }, hooks: [{ name: 'oa', url: `http://127.0.0.1:${hook.address().port}/in`, secret_file: 'hook.key' }] }))
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
    const page = await c.as(browser, 'lingdao')
    await page.goto('/briefs?tab=plans')
    await page.getByRole('button', { name: '新的定期报表' }).click()
    await page.getByLabel('名称').fill('智能监管月报')
    await page.getByRole('button', { name: /^设\s*好$/ }).click()
    await page.getByRole('cell', { name: '智能监管月报' }).waitFor()
    await page.getByText('每月 5 号 7 点').waitFor()
    await look(page, 'plans')
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
