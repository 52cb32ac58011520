import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const dist = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'internal', 'web', 'ui', 'dist', 'app')
const most = 300_000 // bytes, packed

// closure is a file of assets with all it imports before it can run.
function closure(name, seen = new Set()) {
  if (seen.has(name)) return seen
  seen.add(name)
  const text = readFileSync(join(dist, 'assets', name), 'utf8')
  for (const m of text.matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g)) closure(m[1], seen)
  return seen
}

// What is fetched before somebody sees the page to sign in, and before he sees his desk.
test('the first screens are light', { skip: existsSync(join(dist, 'index.html')) ? false : 'the console is not built' }, () => {
  const html = readFileSync(join(dist, 'index.html'), 'utf8')
  const first = new Set()
  for (const m of html.matchAll(/(?:src|href)="\/assets\/([\w.-]+)"/g)) m[1].endsWith('.js') ? closure(m[1], first) : first.add(m[1])
  assert.ok(first.size > 0, 'the page names no script')
  const all = readdirSync(join(dist, 'assets'))
  for (const [page, ...parts] of [['Login', 'Login'], ['Desk', 'Shell', 'Desk']]) {
    const files = new Set(first)
    for (const part of parts) {
      const own = all.find((f) => f.startsWith(`${part}-`) && f.endsWith('.js'))
      assert.ok(own, `no script of ${part}`)
      closure(own, files)
    }
    const size = html.length + [...files].reduce((s, f) => s + gzipSync(readFileSync(join(dist, 'assets', f))).length, 0)
    console.log(`${page}: ${files.size} files, ${(size / 1000).toFixed(0)} kB packed`)
    assert.ok(size < most, `${page} takes ${size} bytes: ${[...files]}`)
  }
})
