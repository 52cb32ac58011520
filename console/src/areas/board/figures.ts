import type { components } from '../../api/schema'
import { get, query } from '../../api/client'
import { count, wan } from '../../parts/words'
import { opened as watched } from '../remind/api'

export type Home = components['schemas']['Board']
export type Figure = components['schemas']['Figure']

export interface Wanted { from?: string; to?: string; against?: string }

export const askHome = (w: Wanted) => get<Home>(`/api/board/home${query({ ...w })}`)

// shown writes a value and its unit.
export function shown(f: Figure, before = false): [string, string] {
  const n = before ? f.before : f.value
  const of = (before ? f.before_of : f.of) ?? 0
  if (f.missing || (before && f.no_before)) return ['—', '']
  if (f.unit === '分') return wan(n)
  if (f.unit === '‰') return of ? [((100 * n) / of).toFixed(1), '%'] : ['—', '']
  if (f.unit === '微秒') return [(n / 1000).toFixed(1), '毫秒']
  return [count(n), f.unit]
}

// change tells how a value moved against the one before; null where that says nothing.
export function change(f: Figure): { up: boolean; text: string } | null {
  if (f.missing || f.no_before) return null
  if (f.unit === '‰') {
    if (!f.of || !f.before_of) return null
    const d = (100 * f.value) / f.of - (100 * f.before) / f.before_of
    return { up: d >= 0, text: `${d >= 0 ? '+' : ''}${d.toFixed(1)} 个百分点` }
  }
  if (!f.before) return null
  const d = (100 * (f.value - f.before)) / Math.abs(f.before)
  return { up: d >= 0, text: `${d >= 0 ? '+' : ''}${d.toFixed(1)}%` }
}

// opened is the address of the list that a figure was counted from.
export const opened = (b: Home, id: string, more: Record<string, string> = {}) => `/findings${query({ indicator: id, from: b.period.from, to: b.period.to, ...more })}`

// listOf is the address of a figure's list: findings, what the reminder service did, or clues, runs and the like; '' when it has none.
export const listOf = (b: { period: Home['period']; admdvs?: string }, f: Figure) =>
  f.opens ? opened(b as Home, f.id, b.admdvs ? { admdvs: b.admdvs } : {}) : f.list === 'rows' ? `/board/rows${query({ indicator: f.id, from: b.period.from, to: b.period.to, admdvs: b.admdvs })}` : watched(f, b.period)

export const span = (p: { from: string; to: string }) => (p.from === p.to ? p.from : `${p.from} 至 ${p.to}`)
