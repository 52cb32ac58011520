import { useQuery } from '@tanstack/react-query'
import { Alert, Card, Empty, Skeleton, Space, Table } from 'antd'
import { Suspense, lazy, useMemo } from 'react'
import { Link, useParams } from 'react-router'
import { get } from '../../api/client'
import { type Item, listItems } from '../../api/review'
import { count, yuan } from '../../parts/words'
import { below } from './layout'
import { type Picture, tileMap } from './pictures'
import { type Topic, areaOf } from './types'

const Chart = lazy(() => import('../../parts/Chart'))

interface Tally { rule_id: string; rule_name: string; state: string; month: string; findings: number; institutions: number; charged_fen: number }

const most = 200
const many = 12 // with more cards than these only those that have findings are listed, most first

// A topic is a view over what cards found, with pictures: it decides nothing of its own.
export function Page() {
  const { id = '' } = useParams()
  const lib = useQuery({ queryKey: ['models'], queryFn: () => get<{ topics: Topic[] }>('/api/models') })
  const t = lib.data?.topics.find((x) => x.id === id)
  const tallies = useQuery({ queryKey: ['topic-tallies'], queryFn: () => get<{ items: Tally[] }>('/api/tallies/findings'), staleTime: 60_000 })
  const own = useMemo(() => (tallies.data?.items ?? []).filter((x) => t?.cards.includes(x.rule_id)), [tallies.data, t])
  const having = (t?.cards ?? []).filter((c) => own.some((x) => x.rule_id === c)) // a topic may have dozens of cards
  const found = useQuery({
    queryKey: ['topic', id], enabled: !!t && !!tallies.data, staleTime: 60_000,
    queryFn: async () => (await Promise.all(having.map((c) => listItems({ rule_id: c, limit: most })))).flatMap((x) => x.items),
  })
  const shown = useMemo(() => [months(own), institutions(found.data ?? []), map(found.data ?? []), persons(found.data ?? [])].filter((p): p is Picture => !!p), [own, found.data])
  const error = lib.error ?? tallies.error ?? found.error
  if (error) return <Alert type="error" showIcon title={error.message} />
  if (!lib.data || !tallies.data) return <Skeleton active />
  if (!t) return <Alert type="warning" showIcon title={`没有主题 ${id}`} action={<Link to="/models">回模型库</Link>} />
  const cards = (t.cards.length > many ? having : t.cards).map((c) => {
    const of = own.filter((x) => x.rule_id === c)
    const sum = (f: (x: Tally) => number) => of.reduce((s, x) => s + f(x), 0)
    return { c, name: of[0]?.rule_name ?? '', findings: sum((x) => x.findings), open: sum((x) => (x.state === '关闭' ? 0 : x.findings)), charged: sum((x) => x.charged_fen) }
  }).sort((a, b) => (t.cards.length > many ? b.findings - a.findings : 0))
  const total = cards.reduce((s, x) => s + x.findings, 0)
  const cut = t.cards.some((c) => (found.data ?? []).filter((f) => f.rule_id === c).length >= most)
  return (
    <div style={below}>
      <Card size="small" title={`主题 ${t.name}`} extra={<Link to="/models">模型库</Link>}>
        <p style={{ marginTop: 0 }}>{t.purpose}。下面是{t.cards.length > many ? ` ${count(t.cards.length)} 条规则（有疑点的 ${count(having.length)} 条）` : `规则 ${t.cards.join('、')} `}的疑点，共 {count(total)} 条；主题不另出结论，也不重复计数。</p>
        <Table
          size="small" rowKey="c" dataSource={cards} pagination={{ pageSize: 15, hideOnSinglePage: true, showSizeChanger: false }}
          columns={[
            { title: '规则', render: (_, x) => <Link to={`/findings?rule=${x.c}`}>{x.c} {x.name}</Link> },
            { title: '疑点', width: 90, align: 'right', render: (_, x) => count(x.findings) },
            { title: '没有办结', width: 100, align: 'right', render: (_, x) => count(x.open) },
            { title: '拟追（元）', width: 140, align: 'right', render: (_, x) => yuan(x.charged) },
          ]}
        />
      </Card>
      {total === 0 && <Card size="small"><Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description="这些规则还没有疑点：审核后在这里看月份、机构、区划和人" /></Card>}
      {shown.length > 0 && (
        <Space direction="vertical" style={{ width: '100%' }} size={10}>
          <div style={{ display: 'grid', gap: 10, gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 460px), 1fr))', alignItems: 'start' }}>
            {shown.map((p) => <Card key={p.key} size="small" title={p.title}><Suspense fallback={<Skeleton active />}><Chart option={p.chart} height={p.height} label={p.label} /></Suspense></Card>)}
          </div>
          {cut && <span className="quiet">机构、区划、人的图每条规则取前 {most} 条疑点；全部在疑点列表里。</span>}
        </Space>
      )}
    </div>
  )
}

// months counts findings of each month by state.
function months(of: Tally[]): Picture | undefined {
  const at = [...new Set(of.map((x) => x.month))].sort()
  if (!at.length) return undefined
  const states = [...new Set(of.map((x) => x.state))]
  const n = (m: string, s: string) => of.filter((x) => x.month === m && x.state === s).reduce((a, x) => a + x.findings, 0)
  return {
    key: 'months', title: '各月疑点', height: 240, label: `${at.length} 个月的疑点数，按状态`,
    chart: { grid: { left: 50, right: 20, top: 30, bottom: 24 }, tooltip: { trigger: 'axis' }, legend: { top: 0 }, xAxis: { type: 'category', data: at }, yAxis: { type: 'value', minInterval: 1 }, series: states.map((s) => ({ name: s, type: 'bar', stack: 'x', barMaxWidth: 40, data: at.map((m) => n(m, s)) })) },
  }
}

const grouped = (of: Item[], key: (x: Item) => string) => {
  const n = new Map<string, number>()
  for (const x of of) if (key(x)) n.set(key(x), (n.get(key(x)) ?? 0) + 1)
  return [...n].sort((a, b) => b[1] - a[1])
}

function institutions(of: Item[]): Picture | undefined {
  const top = grouped(of, (x) => x.fixmedins_name || x.fixmedins_code).slice(0, 15)
  if (!top.length) return undefined
  return {
    key: 'insts', title: '疑点多的机构', height: Math.max(120, top.length * 20 + 40), label: `疑点最多的 ${top.length} 家机构，最多 ${top[0]![1]} 条`,
    chart: { grid: { left: 130, right: 40, top: 4, bottom: 24 }, tooltip: {}, xAxis: { type: 'value', minInterval: 1 }, yAxis: { type: 'category', inverse: true, data: top.map((x) => x[0]) }, series: [{ type: 'bar', data: top.map((x) => x[1]), label: { show: true, position: 'right' } }] },
  }
}

function map(of: Item[]): Picture | undefined {
  const by = new Map<string, [string, number, number]>()
  for (const x of of) {
    const a = areaOf(x.fixmedins_code)
    const was = by.get(a) ?? [a, 0, 0]
    by.set(a, [a, was[1] + x.charged_fen, was[2] + 1])
  }
  return by.size < 2 ? undefined : tileMap([...by.values()].sort((a, b) => (a[0] < b[0] ? -1 : 1)), '条')
}

// persons shows in which months those with several findings had them.
function persons(of: Item[]): Picture | undefined {
  const top = grouped(of, (x) => x.psn_no).filter((x) => x[1] > 1).slice(0, 20).map((x) => x[0])
  const at = [...new Set(of.map((x) => x.month))].sort()
  if (!top.length || at.length < 2) return undefined
  const n = (p: string, m: string) => of.filter((x) => x.psn_no === p && x.month === m).length
  return {
    key: 'persons', title: '反复出现的人', height: top.length * 22 + 60, label: `${top.length} 名有两条以上疑点的人，按月`,
    chart: {
      grid: { left: 130, right: 20, top: 10, bottom: 30 }, tooltip: {}, xAxis: { type: 'category', data: at }, yAxis: { type: 'category', inverse: true, data: top }, visualMap: { show: false, min: 0, max: 5, inRange: { color: ['#fff7e6', '#d4380d'] } },
      series: [{ type: 'heatmap', label: { show: true }, data: top.flatMap((p, y) => at.map((m, x) => [x, y, n(p, m)]).filter((v) => v[2]! > 0)) }],
    },
  }
}
