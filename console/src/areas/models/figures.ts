import { count, yuan } from '../../parts/words'
import type { Row } from './types'

// figured is a figure as people read it: money in yuan, shares in percent, the rest as numbers.
export function figured(title: string, v?: number) {
  if (v === undefined) return ''
  if (/（分）$/.test(title)) return yuan(v)
  if (/(占比|比例|率|份额)/.test(title) && v >= 0 && v <= 1) return `${(v * 100).toFixed(1)}%`
  return Number.isInteger(v) ? count(v) : v.toFixed(Math.abs(v) < 1 ? 3 : 2)
}

// titled is a figure's title with the unit it is shown in.
export const titled = (title: string) => title.replace(/（分）$/, '（元）')

// figureColumn is the column of a figure or text of a model's rows.
export const figureColumn = (k: string, title = k) => ({
  title: titled(title), width: 110, align: 'right' as const, render: (_: unknown, r: Row) => r.texts?.[k] ?? figured(title, r.figures?.[k]),
})
