import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Card, Input, Popconfirm, Skeleton, Table, Tabs } from 'antd'
import { Suspense, lazy, useState } from 'react'
import { Link } from 'react-router'
import { call, get } from '../../api/client'
import { useSession } from '../../api/session'
import { count, yuan } from '../../parts/words'
import { figureColumn } from './figures'
import { called } from './names'
import { pictures } from './pictures'
import type { FeeLine, Names, Row } from './types'

const Chart = lazy(() => import('../../parts/Chart'))

interface Of {
  model_id: string; name: string; purpose?: string; method?: string; batch_id?: string; run_id?: string; case_id?: string; group_id?: string; why?: string; verify?: string; innocent?: string[]
  titles?: Record<string, string>; persons: number; facts: number; money: number; rows: Row[]; more: number; names?: Names; version: number
}

// ofModel tells whether a finding came from a model: its number says so.
export const ofModel = (id: string) => id.startsWith('M')

// useModelFinding asks for what a model's finding rests on.
export const useModelFinding = (id: string) => useQuery({ queryKey: ['model-finding', id], queryFn: () => get<Of>(`/api/models/findings/${id}`) })

// ModelCase is what a model's finding rests on, in the place of a rule's evidence. An institution sees its own rows, and what it is asked.
export function ModelCase({ id, state, withdrawn }: { id: string; state: string; withdrawn: boolean }) {
  const { may, session } = useSession()
  const own = !!session?.fixmedins_code
  const q = useModelFinding(id)
  if (q.error) return <Alert type="warning" showIcon title={`模型案例没有取到：${q.error.message}`} />
  if (!q.data) return <Card size="small"><Skeleton active /></Card>
  const d = q.data
  const shown = pictures({ case_id: d.case_id ?? '', group_id: d.group_id ?? '', subject: '', money: d.money, rows: d.rows }, [], d.titles)
  const has = (of: (r: Row) => unknown) => d.rows.some((r) => of(r))
  return (
    <Card
      size="small" title={`模型案例：${d.model_id} ${d.name}`}
      extra={d.batch_id && (
        <>
          <Link to={`/models/batches/${d.batch_id}`}>批次</Link>{d.run_id && !session?.admdvs && <>　<Link to={`/models/${d.run_id}/${d.model_id}?case=${d.case_id}`}>整个案例</Link></>}
          {state === '机审' && !withdrawn && may('运行审核') && <Withdraw id={id} />}
        </>
      )}
    >
      <p style={{ marginTop: 0 }}>{own ? '本院' : '本机构'}本月：{count(d.persons)} 人、{count(d.facts)} 次就诊或指标，涉及 {yuan(d.money)} 元。<b>模型不计拟拒付</b>，金额由人核实后定。{d.why}</p>
      {d.purpose && <p className="quiet" style={{ margin: '0 0 4px' }}>这个模型看什么：{d.purpose}　{d.method}</p>}
      {own && <p style={{ margin: '0 0 4px' }}>请逐行核对：人、日期、医师是否属实，有正当原因（家属代取、同病种专科、集中结算等）的写明并附材料。</p>}
      {d.verify && <p className="quiet" style={{ margin: '0 0 4px' }}>现场核实：{d.verify}　已知正当原因：{d.innocent?.join('；')}</p>}
      {shown.length > 0 && <Tabs size="small" items={shown.map((p) => ({ key: p.key, label: p.title, children: <Suspense fallback={<Skeleton active />}><Chart option={p.chart} height={p.height} label={p.label} /></Suspense> }))} />}
      <Table<Row> size="small" rowKey={(r) => JSON.stringify(r)} dataSource={d.rows} pagination={{ pageSize: 20, size: 'small', hideOnSinglePage: true }} scroll={{ x: 700 }} expandable={d.rows.some((r) => r.bills) ? { rowExpandable: (r) => !!r.bills, defaultExpandedRowKeys: d.rows.filter((r) => r.bills).slice(0, 1).map((r) => JSON.stringify(r)), expandedRowRender: (r) => <Bills of={r.bills!} names={d.names} /> } : undefined} locale={{ emptyText: '送出时没有留下明细，那次运行的结果也已经删了：看批次' }} columns={[
        { title: '日期', width: 104, render: (_, r) => <span style={{ whiteSpace: 'nowrap' }}>{r.day}</span> },
        ...(has((r) => r.psn_no) ? [{ title: '人员编号', dataIndex: 'psn_no', width: 130 }] : []),
        ...(has((r) => r.prac_psn_code) ? [{ title: '医师', width: 150, render: (_: unknown, r: Row) => called(d.names?.doctors, r.prac_psn_code) }] : []),
        ...(has((r) => r.mdtrt_id) ? [{ title: '就诊', dataIndex: 'mdtrt_id', width: 130 }] : []),
        ...(has((r) => r.hilist_code) ? [{ title: '项目', width: 200, render: (_: unknown, r: Row) => called(d.names?.items, r.hilist_code) }] : []),
        ...(has((r) => r.other_fixmedins_code) ? [{ title: '去向', width: 180, render: (_: unknown, r: Row) => called(d.names?.institutions, r.other_fixmedins_code) }] : []),
        ...[...new Set(d.rows.flatMap((r) => [...Object.keys(r.figures ?? {}), ...Object.keys(r.texts ?? {})]))].map((k) => figureColumn(k, d.titles?.[k])),
        ...(has((r) => r.bills) ? [{ title: '费用行', width: 84, align: 'right' as const, render: (_: unknown, r: Row) => (r.bills ? `${count(r.bills.n)} 行` : '') }] : []),
        { title: '涉及金额（元）', width: 120, align: 'right', render: (_, r) => yuan(r.money) },
      ]} />
      {d.more > 0 && <p className="quiet" style={{ margin: '4px 0 0' }}>另有 {count(d.more)} 行没有列出。</p>}
    </Card>
  )
}

// Bills are the lines of the bill behind a row, the dearest first.
function Bills({ of, names }: { of: NonNullable<Row['bills']>; names?: Names }) {
  return (
    <>
      <Table<FeeLine> size="small" rowKey={(f) => of.lines.indexOf(f)} dataSource={of.lines} pagination={{ pageSize: 10, size: 'small', hideOnSinglePage: true }} columns={[
        { title: '费用日', dataIndex: 'day', width: 96 },
        { title: '项目', render: (_, f) => called(names?.items, f.hilist_code) },
        { title: '开单或执行', width: 150, render: (_, f) => called(names?.doctors, f.prac_psn_code) },
        ...(new Set(of.lines.map((f) => f.mdtrt_id)).size > 1 ? [{ title: '就诊', dataIndex: 'mdtrt_id', width: 130 }] : []),
        { title: '数量', width: 70, align: 'right', render: (_, f) => Number((f.cnt / 1e4).toFixed(2)) },
        { title: '单价（元）', width: 90, align: 'right', render: (_, f) => (f.price / 1e6).toFixed(2) },
        { title: '金额（元）', width: 100, align: 'right', render: (_, f) => yuan(f.amt) },
        { title: '范围内（元）', width: 100, align: 'right', render: (_, f) => yuan(Math.max(0, f.inscope)) },
      ]} />
      <p className="quiet" style={{ margin: '4px 0 0' }}>共 {count(of.n)} 行、{yuan(of.amt)} 元{of.n > of.lines.length && `，列出金额最大的 ${of.lines.length} 行`}。是送出时的费用，只供核对，不是拟拒付。</p>
    </>
  )
}

// Withdraw takes the finding back, with the reason.
function Withdraw({ id }: { id: string }) {
  const { message } = App.useApp()
  const queries = useQueryClient()
  const [why, setWhy] = useState('')
  const go = useMutation({
    mutationFn: () => call('POST', `/api/models/findings/${id}/withdraw`, { why }),
    onSuccess: () => { message.success('已撤下'); void queries.invalidateQueries({ queryKey: ['finding', id] }) },
    onError: (e) => void message.error(e.message),
  })
  return (
    <Popconfirm title="撤下这条模型疑点" description={<Input.TextArea aria-label="撤下的原因" value={why} onChange={(e) => setWhy(e.target.value)} rows={2} placeholder="原因：核实了什么、为什么不成立" />} okText="撤下" cancelText="不撤" okButtonProps={{ disabled: why.trim().length < 2 }} onConfirm={() => go.mutate()}>
      <Button size="small" type="link" loading={go.isPending}>撤下</Button>
    </Popconfirm>
  )
}
