// A city to test with: made once for all test files (see run.mjs), copied for each of them, served by a program of its own.
import { spawn } from 'node:child_process'
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createInterface } from 'node:readline'
import { visit } from './browser.mjs'

const program = process.env.MINGJIAN ?? join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'bin', 'mingjian')

// run runs the program to its end and returns what it printed.
export function run(...args) {
  return new Promise((done, fail) => {
    const p = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let out = ''
    let said = ''
    p.stdout.on('data', (b) => (out += b))
    p.stderr.on('data', (b) => (said += b))
    p.on('error', fail)
    p.on('close', (code) => (code === 0 ? done(out) : fail(new Error(`mingjian ${args.join(' ')} ended with ${code}: ${said}${out}`))))
  })
}

// make makes the city in a folder and returns its users: {login, password, name, role, scope}.
export async function make(dir) {
  const out = await run('demo', '--data', dir, '--persons', '3000', '--months', '2', '--no-serve')
  return people(out)
}

// people reads the table of users that `mingjian demo` prints once.
export function people(out) {
  const rows = [...out.matchAll(/^\s*([a-z]+\d?)\s+([a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4})\s+(\S+)\s+(\S+)\s+(\S+)\s*$/gm)]
  return Object.fromEntries(rows.map(([, login, password, name, role, scope]) => [login, { login, password, name, role, scope }]))
}

// City is a served copy of the city.
export class City {
  constructor(dir, users) {
    this.dir = dir
    this.users = users
  }

  // serve starts the program on a free port and waits until it says its address.
  async serve(...flags) {
    this.child = spawn(program, ['serve', '--data', this.dir, '--listen', '127.0.0.1:0', '--log-level', 'warn', ...flags], { stdio: ['ignore', 'pipe', 'pipe'] })
    this.log = ''
    this.child.stderr.on('data', (b) => (this.log += b))
    this.ended = new Promise((done) => this.child.on('close', done))
    process.on('exit', () => this.child.kill('SIGKILL')) // a test that is stopped leaves no server
    const lines = createInterface({ input: this.child.stdout })
    this.url = await new Promise((found, fail) => {
      lines.on('line', (l) => {
        const m = l.match(/https?:\/\/[\d.]+:\d+/)
        if (m) found(m[0])
      })
      this.ended.then(() => fail(new Error(`the server did not start: ${this.log}`)))
    })
    return this
  }

  // stop asks the server to end; kill does not ask.
  async stop() {
    this.child.kill('SIGTERM')
    await this.ended
  }

  async kill() {
    this.child.kill('SIGKILL')
    await this.ended
  }

  // as opens a page on which a user has signed in through the form.
  async as(browser, login, options) {
    const page = await visit(browser, this.url, { ...options, expect: [/status of 401/, ...(options?.expect ?? [])] }) // asking who one is before signing in
    await signIn(page, login, this.users[login].password)
    await page.getByRole('button', { name: '用户菜单' }).waitFor()
    return page
  }

  // call asks the server as a program would: signed in with a token.
  async call(login, method, path, body, headers = {}) {
    this.tokens ??= {}
    if (login && !this.tokens[login]) {
      const r = await fetch(`${this.url}/api/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ login, password: this.users[login].password, bearer: true }) })
      if (!r.ok) throw new Error(`${login} cannot sign in: ${await r.text()}`)
      this.tokens[login] = (await r.json()).token
    }
    const r = await fetch(this.url + path, {
      method,
      headers: { ...(login ? { authorization: `Bearer ${this.tokens[login]}` } : {}), ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    const text = await r.text()
    let json = null
    try {
      json = JSON.parse(text)
    } catch {
      // not every answer is JSON
    }
    return { status: r.status, headers: r.headers, text, json }
  }
}

// signIn fills the form of the sign-in page.
export async function signIn(page, login, password) {
  await page.goto('/login')
  await page.getByLabel('登录名').fill(login)
  await page.getByLabel('口令', { exact: true }).fill(password)
  await page.getByRole('button', { name: '登录' }).click()
}

// city copies the city that run.mjs made, or makes one, and serves it until the file's tests are over.
export async function city(t, { serve = true } = {}) {
  const dir = await mkdtemp(join(tmpdir(), 'mingjian-city-'))
  let users
  if (process.env.MINGJIAN_CITY) {
    await cp(join(process.env.MINGJIAN_CITY, 'data'), join(dir, 'data'), { recursive: true })
    users = JSON.parse(await readFile(join(process.env.MINGJIAN_CITY, 'users.json'), 'utf8'))
  } else {
    users = await make(join(dir, 'data'))
  }
  const c = new City(join(dir, 'data'), users)
  t.after(async () => {
    if (serve) await c.stop() // it writes until it has ended
    await rm(dir, { recursive: true, force: true, maxRetries: 5 })
  })
  if (serve) await c.serve()
  return c
}
