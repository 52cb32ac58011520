import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useMemo } from 'react'
import { Link, useSearchParams } from 'react-router'
import { count, percent, wan } from '../../parts/words'
import { askHome, change, type Figure, listOf, shown, span } from './figures'

const Chart = lazy(() => import('../../parts/Chart'))

const money = ['M01', 'M02', 'M03', 'R08']
const counts = ['F01', 'F02', 'C01', 'C02', 'C13']
const paper = { background: '#0d1b33', border: '1px solid #22385f', borderRadius: 6, padding: '10px 16px', minHeight: 0, overflow: 'hidden' } as const

// Page is for a screen on the wall: dark, nothing to press but the figures, new every minute.
export function Page() {
  const [params] = useSearchParams()
  const wanted = { from: params.get('from') ?? '', to: params.get('to') ?? '', against: params.get('against') ?? '' }
  const q = useQuery({ queryKey: ['board', wanted], queryFn: () => askHome(wanted), refetchInterval: 60_000 })
  const b = q.data
  const option = useMemo(() => {
    const rows = b?.trend ?? []
    const axis = { axisLabel: { color: '#b9c7e0' }, splitLine: { lineStyle: { color: '#22385f' } } }
    return {
      legend: { top: 0, right: 0, textStyle: { color: '#dbe6f7' } }, tooltip: { trigger: 'axis' }, grid: { left: 60, right: 16, top: 36, bottom: 28 },
      xAxis: { type: 'category', data: rows.map((m) => m.month), ...axis }, yAxis: { type: 'value', name: '万元', nameTextStyle: { color: '#b9c7e0' }, ...axis },
      series: [['拟追', 'charged_fen', '#5b9bff'], ['拒付', 'refused_fen', '#ffb454'], ['已追回', 'recovered_fen', '#4fd1a1']].map(([name, key, color]) => ({
        name, type: 'bar', itemStyle: { color }, data: rows.map((m) => +((m[key as 'charged_fen'] ?? 0) / 1e6).toFixed(2)),
      })),
    }
  }, [b])
  const of = (ids: string[]) => ids.map((id) => b?.figures?.find((f) => f.id === id)).filter((f): f is Figure => !!f)
  return (
    <div className="wall" style={{ position: 'fixed', inset: 0, zIndex: 1000, background: '#081226', color: '#e8f0ff', padding: 16, display: 'grid', gridTemplateRows: 'auto auto auto 1fr', gap: 12, overflow: 'auto', fontSize: 'clamp(14px, 1.85vh, 26px)' }}>
      <div style={{ display: 'flex', alignItems: 'baseline', gap: 24 }}>
        <span style={{ fontSize: 26, fontWeight: 600 }}>医保基金智能监管</span>
        {b && <span style={{ color: '#b9c7e0' }}>{span(b.period)}　超期以 {b.as_of} 计</span>}
        <Link to="/board" style={{ marginLeft: 'auto', color: '#8fb8ff' }}>返回</Link>
      </div>
      {q.error && <div role="alert" style={{ color: '#ff9d9d' }}>{q.error.message}</div>}
      {b && (
        <>
          <Row>{of(money).map((f) => <Tile key={f.id} f={f} to={listOf(b, f)} size={44} against={b.against} />)}</Row>
          <Row>{of(counts).map((f) => <Tile key={f.id} f={f} to={listOf(b, f)} size={30} against={b.against} />)}</Row>
          <div style={{ display: 'grid', gap: 12, minHeight: 380 }} className="parts">
            <div style={{ ...paper, display: 'flex', flexDirection: 'column' }}><h2 style={{ fontSize: '1.1em', margin: '0 0 6px' }}>各月金额</h2><div style={{ flex: 1, minHeight: 300, position: 'relative' }}><div style={{ position: 'absolute', inset: 0 }}><Suspense fallback={null}><Chart option={option} height="100%" label="各月拟追、拒付、已追回金额" /></Suspense></div></div></div>
            <List title="拟追最多的机构" heads={['机构', '拟追', '占比']} rows={(b.institutions.items ?? []).map((s) => [s.name, wan(s.fen).join(' '), percent(s.fen, b.institutions.total.fen)])} />
            <List title={`拟追最多的规则${b.rules.need ? `（${b.rules.need} 条占八成）` : ''}`} heads={['规则', '拟追', '未支持率']} rows={(b.rules.items ?? []).slice(0, 10).map((r) => [r.name, wan(r.fen).join(' '), r.decided ? percent(r.overturned, r.decided) : '—'])} />
            <List title="超期在谁手里" heads={['机构', '件数']} rows={(b.overdue.institutions ?? []).map((x) => [x.fixmedins_name, `${count(x.cases)} 件`])} none="没有超期的" />
          </div>
        </>
      )}
    </div>
  )
}

function Row({ children }: { children: React.ReactNode }) {
  return <div style={{ display: 'grid', gap: 12, gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 220px), 1fr))' }}>{children}</div>
}

function Tile({ f, to, size, against }: { f: Figure; to: string; size: number; against: string }) {
  const [n, unit] = shown(f)
  const c = change(f)
  const body = (
    <div style={paper}>
      <div style={{ color: '#b9c7e0', fontSize: 16 }}>{f.name}</div>
      <div style={{ fontSize: size, fontWeight: 600, lineHeight: 1.25, color: f.id === 'C02' && f.value > 0 ? '#ff9d9d' : '#fff' }}>{n}<span style={{ fontSize: 16, fontWeight: 400 }}> {unit}</span></div>
      <div style={{ color: '#b9c7e0', fontSize: 13 }}>{c ? `较${against} ${c.up ? '▲' : '▼'} ${c.text}` : '　'}</div>
    </div>
  )
  return to ? <Link to={to} className="plain">{body}</Link> : body
}

// List is a table of few columns: a name, which is cut where it is too long, and figures.
function List({ title, heads, rows, none = '没有' }: { title: string; heads?: string[]; rows: string[][]; none?: string }) {
  const cell = (text: string, i: number) => <span key={i} className={i ? 'num' : undefined} style={i ? { minWidth: i > 1 ? '4.2em' : undefined, color: i > 1 ? '#b9c7e0' : undefined } : { flex: 1, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{text}</span>
  return (
    <div style={{ ...paper, display: 'flex', flexDirection: 'column' }}>
      <h2 style={{ fontSize: '1.1em', margin: '0 0 6px' }}>{title}</h2>
      {rows.length === 0 && <div style={{ color: '#b9c7e0' }}>{none}</div>}
      {heads && rows.length > 0 && <div style={{ display: 'flex', gap: 12, color: '#b9c7e0' }}>{heads.map((h, i) => cell(h, i))}</div>}
      {rows.map((r) => (
        <div key={r[0]} style={{ display: 'flex', gap: 12, padding: '4px 0', borderBottom: '1px solid #182a4d', flex: '1 1 0', maxHeight: '3.4em', alignItems: 'center' }}>{r.map(cell)}</div>
      ))}
    </div>
  )
}
