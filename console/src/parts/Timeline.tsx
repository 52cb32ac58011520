import { Tooltip } from 'antd'
import { useMemo } from 'react'
import { medTypes, yuan } from './words'

export interface YearVisit {
  mdtrt_id: string; fixmedins_code: string; fixmedins_name: string; med_type: string; inpatient: boolean; begntime: string; endtime: string; open: boolean
  main_diagnosis: string; main_diagnosis_name: string; dept: string; total_fen: number; fund_fen: number; this: boolean
}

const width = 520
const left = 8
const day = 86_400_000
const at = (s: string) => Date.parse(s.slice(0, 10))

// Timeline draws a person's year: stays as bars, visits as points, the ones in question marked. Rows keep overlapping stays apart.
export function Timeline({ visits }: { visits: YearVisit[] }) {
  const plan = useMemo(() => lay(visits), [visits])
  if (!visits.length) return <span className="quiet">这一年没有其他就诊</span>
  const { from, to, rows, months } = plan
  const x = (t: number) => left + ((t - from) / (to - from)) * (width - 2 * left)
  const height = 26 + rows * 16
  return (
    <svg viewBox={`0 0 ${width} ${height}`} width="100%" role="img" aria-label={`近一年就诊 ${visits.length} 次`} style={{ display: 'block', maxHeight: 220 }}>
      {months.map((m) => (
        <g key={m}>
          <line x1={x(m)} x2={x(m)} y1={0} y2={height - 16} stroke="#eef0f3" />
          <text x={x(m) + 2} y={height - 4} fontSize={11} fill="#667085">{new Date(m).getUTCMonth() + 1}月</text>
        </g>
      ))}
      {plan.items.map(({ v, row, begin, end }) => {
        const colour = v.this ? '#cf1322' : v.inpatient ? '#5b8def' : '#98a2b3'
        const y = 10 + row * 16
        const title = `${v.begntime.slice(0, 10)}${v.inpatient ? ` 至 ${v.open ? '仍在院' : v.endtime.slice(0, 10)}` : ''}　${medTypes[v.med_type] ?? v.med_type}　${v.fixmedins_name || v.fixmedins_code}　${v.main_diagnosis_name || v.main_diagnosis}　${yuan(v.total_fen)} 元`
        return (
          <Tooltip key={v.mdtrt_id} title={title}>
            {v.inpatient ? (
              <rect x={x(begin)} y={y - 5} width={Math.max(4, x(end) - x(begin))} height={10} rx={2} fill={colour} stroke={v.this ? '#820014' : 'none'} />
            ) : (
              <circle cx={x(begin)} cy={y} r={v.this ? 5 : 3.5} fill={colour} stroke={v.this ? '#820014' : '#fff'} />
            )}
          </Tooltip>
        )
      })}
    </svg>
  )
}

function lay(visits: YearVisit[]) {
  const items = visits
    .map((v) => ({ v, begin: at(v.begntime), end: v.open || !v.endtime ? at(v.begntime) + (v.open ? 30 * day : 0) : at(v.endtime), row: 0 }))
    .filter((i) => Number.isFinite(i.begin))
    .sort((a, b) => a.begin - b.begin)
  const to = Math.max(...items.map((i) => Math.max(i.begin, i.end))) + 5 * day
  const from = Math.min(items[0]?.begin ?? to - 365 * day, to - 365 * day)
  const gap = ((to - from) / (width - 2 * left)) * 9 // nine points apart, or another row
  const free: number[] = []
  for (const i of items) {
    let r = free.findIndex((t) => t < i.begin)
    if (r < 0) r = free.length < 8 ? free.length : 7
    free[r] = Math.max(i.end, i.begin) + gap
    i.row = r
  }
  const months: number[] = []
  const d = new Date(from)
  for (let m = Date.UTC(d.getUTCFullYear(), d.getUTCMonth() + 1, 1); m < to; ) {
    months.push(m)
    const n = new Date(m)
    m = Date.UTC(n.getUTCFullYear(), n.getUTCMonth() + 1, 1)
  }
  return { items, from, to, rows: Math.max(1, free.length), months }
}
