import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Card, Empty, Skeleton, Table } from 'antd'
import { Suspense, lazy, useMemo, useState } from 'react'
import { useParams } from 'react-router'
import { get } from '../../api/client'
import { count, yuan } from '../../parts/words'
import type { Case, Model, Result, Row } from './types'

const Chart = lazy(() => import('../../parts/Chart'))

export function Page() {
  const { run = '', model = '' } = useParams()
  const r = useQuery({ queryKey: ['model-result', run, model], queryFn: () => get<Result>(`/api/models/runs/${run}/${model}`) })
  const lib = useQuery({ queryKey: ['models'], queryFn: () => get<{ models: Model[] }>('/api/models') })
  const [at, setAt] = useState(0)
  if (r.error) return <Alert type="error" showIcon title={r.error.message} />
  if (!r.data) return <Skeleton active />
  const m = lib.data?.models.find((x) => x.id === model)
  const c = r.data.cases[at]
  return (
    <div style={{ display: 'grid', gap: 10, gridTemplateColumns: 'minmax(340px, 1fr) 2fr', alignItems: 'start' }}>
      <Card
        size="small" title={`${r.data.model} ${r.data.name}`}
        extra={<Button size="small" href={`/api/models/runs/${run}/${model}/xlsx`}>导出</Button>}
      >
        <p className="quiet">{r.data.first} 至 {r.data.last}，{count(r.data.cases.length)} 例。金额为涉及金额，不是拟拒付。</p>
        {r.data.unjudged && <Alert type="info" showIcon title={`未判：${r.data.unjudged}`} />}
        <Table<Case>
          size="small" rowKey="case_id" dataSource={r.data.cases} pagination={{ pageSize: 20, size: 'small' }} onRow={(x) => ({ onClick: () => setAt(r.data.cases.indexOf(x)), style: { cursor: 'pointer' } })}
          rowClassName={(x) => (x === c ? 'ant-table-row-selected' : '')}
          columns={[
            { title: '对象', dataIndex: 'subject', ellipsis: true },
            { title: '人', width: 60, align: 'right', render: (_, x) => count(x.members?.length ?? 0) },
            { title: '机构', width: 60, align: 'right', render: (_, x) => count(x.institutions?.length ?? 0) },
            { title: '涉及金额（元）', width: 130, align: 'right', render: (_, x) => yuan(x.money) },
          ]}
        />
      </Card>
      {c ? <One c={c} m={m} /> : <Empty description="这个模型没有查出案例" />}
    </div>
  )
}

function One({ c, m }: { c: Case; m?: Model }) {
  const option = useMemo(() => picture(c, m), [c, m])
  const figures = [...new Set(c.rows.flatMap((r) => [...Object.keys(r.figures ?? {}), ...Object.keys(r.texts ?? {})]))]
  return (
    <div style={{ display: 'grid', gap: 10 }}>
      <Card size="small" title={`案例 ${c.group_id}　对象 ${c.subject}${c.new_members?.length ? `　新增 ${c.new_members.length} 人` : ''}`}>
        {option && <Suspense fallback={<Skeleton active />}><Chart option={option.chart} height={300} label={option.label} /></Suspense>}
        {m && <p className="quiet" style={{ margin: 0 }}>现场核实：{m.verify}　已知正当原因：{m.innocent.join('；')}</p>}
      </Card>
      <Card size="small" title={`明细（${count(c.rows.length)} 条）`}>
        <Table<Row>
          size="small" rowKey={(r) => JSON.stringify(r)} dataSource={c.rows} pagination={{ pageSize: 20, size: 'small' }} scroll={{ x: 900 }}
          columns={[
            { title: '日期', dataIndex: 'day', width: 100 }, { title: '人员编号', dataIndex: 'psn_no', width: 140 }, { title: '机构', dataIndex: 'fixmedins_code', width: 130 },
            { title: '医师', dataIndex: 'prac_psn_code', width: 150 }, { title: '就诊', dataIndex: 'mdtrt_id', width: 140 },
            ...figures.map((k) => ({ title: m?.titles[k] ?? k, width: 110, align: 'right' as const, render: (_: unknown, r: Row) => r.texts?.[k] ?? tidy(r.figures?.[k]) })),
            { title: '涉及金额（元）', width: 120, align: 'right', render: (_, r) => yuan(r.money) },
          ]}
        />
      </Card>
    </div>
  )
}

const tidy = (n?: number) => (n === undefined ? '' : Number.isInteger(n) ? count(n) : n.toFixed(3))

// picture chooses what shows a case: its network, else how it lies in time, else the subject beside its peers.
function picture(c: Case, m?: Model) {
  if (c.edges?.length) {
    const names = [...new Set(c.edges.flatMap((e) => [e.a, e.b]))]
    return {
      label: `${names.length} 人的关系网，中心是 ${c.central}`,
      chart: {
        tooltip: {},
        series: [{
          type: 'graph', layout: 'circular', roam: true, label: { show: names.length <= 40, fontSize: 10 },
          data: names.map((name) => ({ name, symbolSize: name === c.central ? 26 : 14, itemStyle: { color: name === c.central ? '#d46b08' : c.new_members?.includes(name) ? '#389e0d' : '#1677ff' } })),
          links: c.edges.map((e) => ({ source: e.a, target: e.b, value: e.weight, lineStyle: { width: Math.min(6, e.weight) } })),
        }],
      },
    }
  }
  const peer = c.rows[0]?.figures?.peer
  const own = ['mean', 'share', 'ratio', 'rate', 'fee', 'rise'].find((k) => c.rows[0]?.figures?.[k] !== undefined)
  if (m?.picture === 'peers' && peer !== undefined && own) {
    return {
      label: `${m.titles[own]}与同行中位数`,
      chart: { grid: { left: 110 }, xAxis: { type: 'value' }, yAxis: { type: 'category', data: ['同行中位数', '本对象'] }, series: [{ type: 'bar', data: [peer, c.rows[0]?.figures?.[own] ?? 0], label: { show: true, position: 'right' } }] },
    }
  }
  const days = c.rows.filter((r) => r.day)
  if (days.length < 2) return undefined
  const who = [...new Set(days.map((r) => r.psn_no ?? r.fixmedins_code ?? c.subject))]
  return {
    label: '时间分布',
    chart: {
      grid: { left: 130, top: 10 }, tooltip: {}, xAxis: { type: 'time' }, yAxis: { type: 'category', data: who },
      series: [{ type: 'scatter', symbolSize: 10, data: days.map((r) => [r.day!, r.psn_no ?? r.fixmedins_code ?? c.subject]) }],
    },
  }
}
