import { useQuery } from '@tanstack/react-query'
import { Card, Empty, Select, Skeleton, Statistic, Table, Tabs, Tooltip } from 'antd'
import { lazy, Suspense } from 'react'
import { useSearchParams } from 'react-router'
import { count, yuan } from '../../parts/words'
import { type Group, type Hospital, hospital, insuredWord, levels, per, share, type Stay } from './api'
import { beside, Sample, Trouble } from './Note'

const Chart = lazy(() => import('../../parts/Chart'))

const figures = [
  { what: 'cmi', title: 'CMI', about: '各组权重（分值）之和 ÷ 入组例数', write: (n: number) => per(n, 3) },
  { what: 'cost_index', title: '费用消耗指数', about: '各组本院均费 ÷ 全区同组均费，按例数加权；1 为与全区相同', write: (n: number) => per(n, 2) },
  { what: 'time_index', title: '时间消耗指数', about: '各组本院平均住院日 ÷ 全区同组，按例数加权', write: (n: number) => per(n, 2) },
  { what: 'pay_ratio', title: '结付率', about: '病组应付 ÷ 按项目统筹', write: share },
  { what: 'ambiguous', title: '歧义与未入组率', about: '歧义组和未入组的例数 ÷ 全部', write: share },
]

// A hospital's case mix: how heavy, how dear, how long, against the area; which groups lose, which stays are outside.
export function Page() {
  const [at, go] = useSearchParams()
  const q = useQuery({ queryKey: ['casemix-hospital', at.get('inst') ?? '', at.get('insutype') ?? ''], queryFn: () => hospital(at.get('inst') ?? '', at.get('insutype') ?? ''), placeholderData: (old) => old })
  if (q.error) return <Trouble error={q.error} />
  if (!q.data) return <Skeleton active />
  const h = q.data
  const set = (k: string, v: string) => go((p) => { p.set(k, v); if (k === 'inst') p.delete('insutype'); return p })
  return (
    <div style={{ display: 'grid', gap: 10, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <Sample on={h.sample} />
      <div style={{ display: 'flex', gap: 12, alignItems: 'center', flexWrap: 'wrap' }}>
        {(h.places ?? []).length > 1
          ? <Select aria-label="机构" style={{ width: 320, maxWidth: '100%' }} showSearch={{ optionFilterProp: 'label' }} value={h.place.fixmedins_code} onChange={(v) => set('inst', v)} options={(h.places ?? []).map((p) => ({ value: p.fixmedins_code, label: `${p.fixmedins_name}（${levels[p.hosp_lv] ?? '未定级'}）` }))} />
          : <b>{h.place.fixmedins_name}</b>}
        <Select aria-label="险种" value={h.insutype} onChange={(v) => set('insutype', v)} options={(h.insutypes ?? []).map((k) => ({ value: k, label: insuredWord(k) }))} style={{ width: 100 }} />
        <span className="quiet">{h.year} 年，截至 {h.through}，按 {h.mode} 付费；测算于 {h.made_at.slice(0, 10)}</span>
      </div>
      <Figures h={h} />
      <Tabs
        size="small" style={{ background: '#fff', padding: '0 12px 12px', borderRadius: 6 }}
        items={[
          { key: 'g', label: `病组（${count((h.groups ?? []).length)}）`, children: <Groups groups={h.groups ?? []} /> },
          { key: 'o', label: `高低倍率病例（${count(h.outliers_total)}）`, children: <Stays stays={h.outliers ?? []} total={h.outliers_total} order="按实际与标准相差从大到小" empty="没有高倍率或低倍率的病例" /> },
          { key: 'u', label: `歧义与未入组（${count(h.ungrouped_total)}）`, children: <Stays stays={h.ungrouped ?? []} total={h.ungrouped_total} order="按费用从高到低" empty="全部入组" /> },
          { key: 'm', label: '逐月', children: <Months h={h} /> },
        ]}
      />
    </div>
  )
}

function Figures({ h }: { h: Hospital }) {
  if (!h.mix) return <Empty description="这个险种没有病例" />
  return (
    <div style={{ display: 'grid', gap: 10, gridTemplateColumns: beside(150) }}>
      <Card size="small"><Statistic title="病例" value={count(h.mix.stays)} /><div className="quiet">入组 {count(h.mix.grouped)}，{count(h.mix.groups)} 个组；高倍率 {count(h.mix.high)}，低倍率 {count(h.mix.low)}</div></Card>
      {figures.map((f) => {
        const p = (h.peers ?? []).find((x) => x.what === f.what)
        return (
          <Card size="small" key={f.what}>
            <Tooltip title={f.about}><div><Statistic title={f.title} value={p ? f.write(p.own) : '—'} /></div></Tooltip>
            {p && <div className="quiet">{p.of} 家中从高到低第 {p.rank}{p.marks?.length ? `；中位 ${f.write(p.marks[2] ?? 0)}` : ''}</div>}
            {p && p.marks?.length ? <Strip own={p.own} marks={p.marks} label={`${f.title}在全区机构中的位置`} /> : null}
          </Card>
        )
      })}
    </div>
  )
}

// Strip shows the middle half of the hospitals as a bar, P10 to P90 as a line, and where one stands.
function Strip({ own, marks, label }: { own: number; marks: number[]; label: string }) {
  const [p10 = 0, p25 = 0, p50 = 0, p75 = 0, p90 = 0] = marks
  const lo = Math.min(own, p10), hi = Math.max(own, p90)
  const x = (v: number) => (hi > lo ? 4 + ((v - lo) / (hi - lo)) * 92 : 50)
  return (
    <svg role="img" aria-label={label} viewBox="0 0 100 10" preserveAspectRatio="none" style={{ width: '100%', height: 14, display: 'block' }}>
      <line x1={x(p10)} x2={x(p90)} y1={5} y2={5} stroke="#98a2b3" strokeWidth={0.8} />
      <rect x={x(p25)} width={Math.max(0.6, x(p75) - x(p25))} y={2.5} height={5} fill="#d0d5dd" />
      <line x1={x(p50)} x2={x(p50)} y1={1.5} y2={8.5} stroke="#475467" strokeWidth={0.8} />
      <rect x={x(own) - 0.8} width={1.6} y={0} height={10} fill="#1677ff" />
    </svg>
  )
}

const against = (own: number, area: number) => {
  if (!area) return '—'
  const d = own / area - 1
  return <span style={{ color: d > 0.2 ? '#cf1322' : d < -0.2 ? '#3f8600' : undefined }}>{d > 0 ? '+' : ''}{(d * 100).toFixed(1)}%</span>
}

function Groups({ groups }: { groups: Group[] }) {
  const lost = (g: Group) => g.payable - g.declared
  return (
    <Table<Group>
      size="small" rowKey="group" dataSource={groups} pagination={{ pageSize: 15, showSizeChanger: false }} scroll={{ x: 1020 }} locale={{ emptyText: <Empty description="没有入组的病例" /> }}
      columns={[
        { title: '病组', render: (_, g) => <><b>{g.group}</b> {g.name}</>, ellipsis: true },
        { title: '例数', dataIndex: 'stays', width: 70, align: 'right', sorter: (a, b) => a.stays - b.stays },
        { title: '权重（分值）', width: 110, align: 'right', render: (_, g) => per(g.weight, 3), sorter: (a, b) => a.weight - b.weight },
        { title: '本院均费（元）', width: 120, align: 'right', render: (_, g) => yuan(g.mean_cost), sorter: (a, b) => a.mean_cost - b.mean_cost },
        { title: '比全区', width: 85, align: 'right', render: (_, g) => against(g.mean_cost, g.area_cost), sorter: (a, b) => a.mean_cost / (a.area_cost || 1) - b.mean_cost / (b.area_cost || 1) },
        { title: '平均住院日', width: 105, align: 'right', render: (_, g) => per(g.mean_days, 1), sorter: (a, b) => a.mean_days - b.mean_days },
        { title: '比全区', width: 85, align: 'right', key: 'd', render: (_, g) => against(g.mean_days, g.area_days) },
        { title: '高/低倍率', width: 90, align: 'right', render: (_, g) => (g.high || g.low ? `${g.high} / ${g.low}` : '') },
        { title: '应付 − 按项目（元）', width: 150, align: 'right', render: (_, g) => <span style={{ color: lost(g) < 0 ? '#cf1322' : undefined }}>{yuan(lost(g))}</span>, sorter: (a, b) => lost(a) - lost(b) },
      ]}
    />
  )
}

function Stays({ stays, total, order, empty }: { stays: Stay[]; total: number; order: string; empty: string }) {
  return (
    <>
    {total > stays.length && <p className="quiet" style={{ margin: '0 0 8px' }}>一共 {count(total)} 例，{order}列出前 {count(stays.length)} 例；全部病例的逐例结果用 <code>mingjian payment run --out 目录</code> 写成 payments.csv。</p>}
    <Table<Stay>
      size="small" rowKey="mdtrt_id" dataSource={stays} pagination={{ pageSize: 15, showSizeChanger: false }} scroll={{ x: 1160 }} locale={{ emptyText: <Empty description={empty} /> }}
      columns={[
        { title: '就诊', dataIndex: 'mdtrt_id', width: 190, ellipsis: true },
        { title: '结算月', dataIndex: 'month', width: 85 },
        { title: '病组', render: (_, s) => (s.group ? <><b>{s.group}</b> {s.name}</> : s.status), ellipsis: true },
        { title: '怎样付', dataIndex: 'way', width: 105 },
        { title: '住院日', dataIndex: 'los', width: 75, align: 'right' },
        { title: '总费用（元）', width: 115, align: 'right', render: (_, s) => yuan(s.cost), sorter: (a, b) => a.cost - b.cost },
        { title: '标准（元）', width: 115, align: 'right', render: (_, s) => (s.standard ? yuan(s.standard) : '—') },
        { title: '倍数', width: 70, align: 'right', render: (_, s) => (s.standard ? (s.cost / s.standard).toFixed(2) : ''), sorter: (a, b) => a.cost / (a.standard || 1) - b.cost / (b.standard || 1) },
        { title: '按项目统筹（元）', width: 130, align: 'right', render: (_, s) => yuan(s.fund) },
        { title: '应付（元）', width: 115, align: 'right', render: (_, s) => yuan(s.payable) },
      ]}
    />
    </>
  )
}

function Months({ h }: { h: Hospital }) {
  const by = h.mix?.by_month ?? []
  const line = h.line?.months ?? []
  return (
    <div style={{ display: 'grid', gap: 10, gridTemplateColumns: beside(420) }}>
      <Suspense fallback={<Skeleton active />}>
        <Chart label="各月 CMI" option={{ grid: { left: 50, right: 20, top: 30, bottom: 26 }, tooltip: { trigger: 'axis' }, title: { text: 'CMI', textStyle: { fontSize: 13 } }, xAxis: { type: 'category', data: by.map((m) => m.month) }, yAxis: { type: 'value', scale: true }, series: [{ type: 'line', name: 'CMI', data: by.map((m) => Number(per(m.cmi, 3))) }] }} />
      </Suspense>
      <Table
        size="small" rowKey="month" pagination={false} dataSource={line} scroll={{ x: 560 }}
        columns={[
          { title: '月', dataIndex: 'month' }, { title: '例数', dataIndex: 'stays', align: 'right' },
          { title: '按项目统筹（元）', align: 'right', render: (_, m) => yuan(m.declared) }, { title: '病组应付（元）', align: 'right', render: (_, m) => yuan(m.payable) },
          { title: '结付率', align: 'right', render: (_, m) => (m.declared ? `${((m.payable / m.declared) * 100).toFixed(1)}%` : '—') }, { title: '已月付（元）', align: 'right', render: (_, m) => yuan(m.paid) },
        ]}
      />
    </div>
  )
}
