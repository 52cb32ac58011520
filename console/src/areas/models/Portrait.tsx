import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Card, Empty, Input, Skeleton, Space, Table } from 'antd'
import { Suspense, lazy, useMemo, useState } from 'react'
import { Link, useParams } from 'react-router'
import { get, query } from '../../api/client'
import { count, yuan } from '../../parts/words'
import { below, beside, part } from './layout'
import { type Figure, type Kind, type Portrait as P, type Weights, shown, titled } from './Portraits'
import { calendar } from './pictures'
import { type Grid, monthWord, recs } from './types'

const Chart = lazy(() => import('../../parts/Chart'))

interface One extends P {
  kind: Kind; weights: Weights; spread: Record<string, number[]>; trend: Grid; days: Grid; items: Grid
  rules: { rule_id: string; name: string; state: string; findings: number; charged: number }[]; cases: { run_id: string; model_id: string; name: string; case_id: string; money: number }[]
}

// One subject beside its peers. A person's is shown for a reason, which goes on the trail.
export function Page() {
  const { kind = '', id = '' } = useParams()
  const [why, setWhy] = useState('')
  const [said, setSaid] = useState('')
  const person = kind === 'person'
  const q = useQuery({ queryKey: ['portrait', kind, id, said], queryFn: () => get<One>(`/api/models/portraits/${kind}/${encodeURIComponent(id)}${query({ why: said })}`), enabled: !person || !!said, staleTime: 300_000 })
  if (person && !said) {
    return (
      <Card size="small" title={`参保人 ${id} 的画像`}>
        <p>看参保人的画像要写理由；谁、什么时候、为什么看，都记入操作留痕。</p>
        <Space.Compact style={{ width: 'min(100%, 520px)' }}><Input value={why} onChange={(e) => setWhy(e.target.value)} onPressEnter={() => setSaid(why.trim())} placeholder="例如：核实批次 I009 的案例" aria-label="理由" /><Button type="primary" disabled={why.trim().length < 2} onClick={() => setSaid(why.trim())}>查看</Button></Space.Compact>
      </Card>
    )
  }
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  if (!q.data) return <Skeleton active />
  return <Shown d={q.data} />
}

function Shown({ d }: { d: One }) {
  const by = (id: string) => d.kind.measures.find((m) => m.id === id)
  const months = recs(d.trend)
  const trend = useMemo(() => ({
    grid: { left: 70, right: 60, top: 30, bottom: 24 }, tooltip: { trigger: 'axis' }, legend: { top: 0 }, xAxis: { type: 'category', data: months.map((m) => monthWord(m.months)) },
    yAxis: [{ type: 'value', name: '万元' }, { type: 'value', name: '人次' }],
    series: [{ name: '费用', type: 'bar', data: months.map((m) => Math.round(m.fee / 1e4) / 100) }, { name: '基金', type: 'bar', data: months.map((m) => Math.round(m.fund / 1e4) / 100) }, { name: '人次', type: 'line', yAxisIndex: 1, data: months.map((m) => m.visits) }],
  }), [d]) // eslint-disable-line
  const days = useMemo(() => calendar(recs(d.days).map((x) => [x.day, x.visits]), '人次'), [d])
  const parts = d.figures.filter((f) => (d.weights.by[f.measure] ?? 0) > 0)
  const score = useMemo(() => ({
    grid: { left: 150, right: 40, top: 4, bottom: 20 }, tooltip: {}, xAxis: { type: 'value' }, yAxis: { type: 'category', inverse: true, data: parts.map((f) => by(f.measure)?.title) },
    series: [{ type: 'bar', data: parts.map((f) => f.part), label: { show: true, position: 'right' }, itemStyle: { color: '#d46b08' } }],
  }), [d]) // eslint-disable-line
  return (
    <div style={below}>
      <Card size="small" title={<>{d.kind.title} {titled(d)} {d.names?.length ? <span className="quiet">{d.key.join(' · ')}</span> : null}</>} extra={<Link to={`/models/portraits?kind=${d.kind.id}`}>全部{d.kind.title}</Link>}>
        <div style={beside}>
          <div style={part(1, 380)}>
            <p style={{ margin: 0 }}><b style={{ fontSize: 20 }}>{d.scored ? d.score.toFixed(1) : '—'}</b> 风险分（不是疑点）　疑点 {count(d.findings)} 条，拟扣 {yuan(d.charged)} 元</p>
            <p className="quiet">同行 {count(d.peers)} 个：{d.kind.peers}。{d.weights.note}（标签 {d.weights.labels} 个，其中成立 {d.weights.positive} 个）。各部分相加：</p>
            <Suspense fallback={<Skeleton active />}><Chart option={score} height={Math.max(120, parts.length * 26 + 24)} label="风险分由哪些部分相加" /></Suspense>
          </div>
          <div style={part(1, 380)}><p className="quiet" style={{ margin: 0 }}>近十二个月</p><Suspense fallback={<Skeleton active />}><Chart option={trend} height={250} label="每月费用、基金和人次" /></Suspense></div>
        </div>
      </Card>
      <Card size="small" title="与同行比">
        <Table<Figure> size="small" rowKey="measure" dataSource={d.figures} pagination={false} scroll={{ x: 900 }} columns={[
          { title: '指标', width: 200, render: (_, f) => by(f.measure)?.title },
          { title: '本对象', width: 130, align: 'right', render: (_, f) => <b>{shown(by(f.measure), f.value)}</b> },
          { title: '同行中位数', width: 130, align: 'right', render: (_, f) => shown(by(f.measure), f.peer) },
          { title: '百分位', width: 80, align: 'right', render: (_, f) => (f.percentile * 100).toFixed(0) },
          { title: '在同行里的位置（方框是中间一半，竖线是中位数，圆点是本对象）', render: (_, f) => <Place f={f} marks={d.spread[f.measure] ?? []} /> },
          { title: '计入风险分', width: 100, align: 'right', render: (_, f) => (f.part ? f.part.toFixed(1) : '') },
        ]} />
      </Card>
      {days && <Card size="small" title="日历：每天人次"><Suspense fallback={<Skeleton active />}><Chart option={days.chart} height={days.height} label={days.label} /></Suspense></Card>}
      <div style={beside}>
        <Card size="small" title="规则疑点" style={part(1, 300)}>
          {d.rules.length ? <Table size="small" rowKey={(r) => r.rule_id + r.state} dataSource={d.rules} pagination={{ pageSize: 10, size: 'small', hideOnSinglePage: true }} columns={[
            { title: '规则', ellipsis: true, render: (_, r) => `${r.rule_id} ${r.name}` }, { title: '状态', width: 80, dataIndex: 'state' }, { title: '条', width: 50, align: 'right', dataIndex: 'findings' }, { title: '拟扣（元）', width: 100, align: 'right', render: (_, r) => yuan(r.charged) },
          ]} /> : <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description="没有疑点" />}
        </Card>
        <Card size="small" title="模型案例（最近一次运行）" style={part(1, 300)}>
          {d.cases.length ? <Table size="small" rowKey={(c) => c.model_id + c.case_id} dataSource={d.cases} pagination={{ pageSize: 10, size: 'small', hideOnSinglePage: true }} columns={[
            { title: '模型', ellipsis: true, render: (_, c) => <Link to={`/models/${c.run_id}/${c.model_id}?case=${c.case_id}`}>{c.model_id} {c.name}</Link> }, { title: '涉及（元）', width: 110, align: 'right', render: (_, c) => yuan(c.money) },
          ]} /> : <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description="没有案例" />}
        </Card>
        <Card size="small" title="金额最大的项目" style={part(1, 300)}>
          <Table size="small" rowKey="item" dataSource={recs(d.items)} pagination={false} columns={[{ title: '项目', ellipsis: true, render: (_, x) => <Link to={`/models/usage?item=${x.item}`} title={x.item}>{d.items.names?.items?.[x.item] ?? x.item}</Link> }, { title: '行', width: 60, align: 'right', dataIndex: 'n' }, { title: '金额（元）', width: 110, align: 'right', render: (_, x) => yuan(x.money) }]} />
        </Card>
      </div>
    </div>
  )
}

// Place draws where a subject stands among its peers.
function Place({ f, marks }: { f: Figure; marks: number[] }) {
  if (marks.length < 7) return null
  const lo = Math.min(marks[0]!, f.value), hi = Math.max(marks[6]!, f.value)
  const x = (v: number) => 6 + (hi > lo ? ((v - lo) / (hi - lo)) * 288 : 144)
  return (
    <svg width="300" height="18" role="img" aria-label={`百分位 ${(f.percentile * 100).toFixed(0)}`}>
      <line x1={x(marks[0]!)} x2={x(marks[6]!)} y1="9" y2="9" stroke="#8c8c8c" />
      <rect x={x(marks[2]!)} width={Math.max(1, x(marks[4]!) - x(marks[2]!))} y="3" height="12" fill="#d6e4ff" stroke="#597ef7" />
      <line x1={x(marks[3]!)} x2={x(marks[3]!)} y1="3" y2="15" stroke="#1d39c4" strokeWidth="2" />
      <circle cx={x(f.value)} cy="9" r="5" fill="#d46b08" />
    </svg>
  )
}
