// Runs the browser tests: node test/run.mjs [file…]. The city is made once; each file works on a copy. Says what it skipped and why.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const skip = (why) => {
  console.log(`skipped: ${why}, the browser tests do not run`)
  process.exit(0)
}

if (!existsSync(join(here, '..', 'node_modules', 'playwright-core'))) skip("the console's packages are not installed")
const { why } = await import('./browser.mjs')
if (why) skip(why)
if (!existsSync(join(here, '..', '..', 'internal', 'web', 'ui', 'dist', 'app', 'index.html'))) skip('the console is not built')

const { make } = await import('./city.mjs')
const dir = await mkdtemp(join(tmpdir(), 'mingjian-browser-'))
let code = 1
try {
  const users = await make(join(dir, 'data'))
  await writeFile(join(dir, 'users.json'), JSON.stringify(users))
  const given = process.argv.slice(2)
  const files = (given.length ? given : readdirSync(here).filter((f) => f.endsWith('.test.mjs')).sort()).map((f) => (existsSync(f) ? f : join(here, f)))
  // Two files at a time: the tests share the machine with nobody, but a browser and a server want a processor each.
  const p = spawn(process.execPath, ['--test', '--test-concurrency=2', '--test-timeout=400000', ...files], { stdio: 'inherit', env: { ...process.env, MINGJIAN_CITY: dir } })
  code = await new Promise((done) => p.on('close', done))
} finally {
  await rm(dir, { recursive: true, force: true })
}
process.exit(code ?? 1)
