import { useQuery } from '@tanstack/react-query'
import { Alert, Card, Skeleton, Table, Tabs } from 'antd'
import { Suspense, lazy } from 'react'
import { Link } from 'react-router'
import { get } from '../../api/client'
import { count, yuan } from '../../parts/words'
import { pictures } from './pictures'
import type { Row } from './types'

const Chart = lazy(() => import('../../parts/Chart'))

interface Of { batch_id: string; model_id: string; name: string; run_id?: string; case_id: string; group_id: string; why?: string; verify?: string; innocent?: string[]; titles?: Record<string, string>; persons: number; facts: number; money: number; rows: Row[] }

// ofModel tells whether a finding came from a model: its number says so.
export const ofModel = (id: string) => id.startsWith('M')

// ModelCase is what a model's finding rests on, in the place of a rule's evidence.
export function ModelCase({ id }: { id: string }) {
  const q = useQuery({ queryKey: ['model-finding', id], queryFn: () => get<Of>(`/api/models/findings/${id}`) })
  if (q.error) return <Alert type="warning" showIcon title={`模型案例没有取到：${q.error.message}`} />
  if (!q.data) return <Card size="small"><Skeleton active /></Card>
  const d = q.data
  const shown = pictures({ case_id: d.case_id, group_id: d.group_id, subject: '', money: d.money, rows: d.rows }, [])
  return (
    <Card size="small" title={`模型案例：${d.model_id} ${d.name}`} extra={<><Link to={`/models/batches/${d.batch_id}`}>批次</Link>{d.run_id && <>　<Link to={`/models/${d.run_id}/${d.model_id}?case=${d.case_id}`}>整个案例</Link></>}</>}>
      <p style={{ marginTop: 0 }}>本机构本月：{count(d.persons)} 人、{count(d.facts)} 次就诊或指标，涉及 {yuan(d.money)} 元。<b>模型不计拟拒付</b>，金额由人核实后定。{d.why}</p>
      {d.verify && <p className="quiet">现场核实：{d.verify}　已知正当原因：{d.innocent?.join('；')}</p>}
      {shown.length > 0 && <Tabs size="small" items={shown.map((p) => ({ key: p.key, label: p.title, children: <Suspense fallback={<Skeleton active />}><Chart option={p.chart} height={p.height} label={p.label} /></Suspense> }))} />}
      <Table<Row> size="small" rowKey={(r) => JSON.stringify(r)} dataSource={d.rows} pagination={{ pageSize: 20, size: 'small', hideOnSinglePage: true }} scroll={{ x: 700 }} locale={{ emptyText: '来自查询，或那次运行的结果已经删了：看批次' }} columns={[
        { title: '日期', dataIndex: 'day', width: 100 }, { title: '人员编号', dataIndex: 'psn_no', width: 140 }, { title: '医师', dataIndex: 'prac_psn_code', width: 150 }, { title: '就诊', dataIndex: 'mdtrt_id', width: 140 },
        ...[...new Set(d.rows.flatMap((r) => Object.keys(r.figures ?? {})))].map((k) => ({ title: d.titles?.[k] ?? k, width: 110, align: 'right' as const, render: (_: unknown, r: Row) => { const v = r.figures?.[k]; return v === undefined ? '' : Number.isInteger(v) ? count(v) : v.toFixed(3) } })),
        { title: '涉及金额（元）', width: 120, align: 'right', render: (_, r) => yuan(r.money) },
      ]} />
    </Card>
  )
}
