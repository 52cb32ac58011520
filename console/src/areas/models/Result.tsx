import { useMutation, useQuery } from '@tanstack/react-query'
import { Alert, App, Button, Card, Empty, Popconfirm, Skeleton, Space, Table, Tabs } from 'antd'
import { type ReactNode, Suspense, lazy, useMemo, useState } from 'react'
import { useNavigate, useParams, useSearchParams } from 'react-router'
import { call, get } from '../../api/client'
import { useSession } from '../../api/session'
import { count, yuan } from '../../parts/words'
import { below, beside, part } from './layout'
import { figureColumn } from './figures'
import { called } from './names'
import { Past } from './Past'
import { allTiles, pictures } from './pictures'
import type { Case, Model, Names, Result, Row, Sent } from './types'

const Chart = lazy(() => import('../../parts/Chart'))

export function Page() {
  const { run = '', model = '' } = useParams()
  const { may } = useSession()
  const r = useQuery({ queryKey: ['model-result', run, model], queryFn: () => get<Result>(`/api/models/runs/${run}/${model}`) })
  const lib = useQuery({ queryKey: ['models'], queryFn: () => get<{ models: Model[] }>('/api/models') })
  const [want] = useSearchParams()
  const [picked, setAt] = useState<number>()
  const [chosen, setChosen] = useState<string[]>([])
  const map = useMemo(() => allTiles(r.data?.cases ?? []), [r.data])
  if (r.error) return <Alert type="error" showIcon title={r.error.message} />
  if (!r.data) return <Skeleton active />
  const m = lib.data?.models.find((x) => x.id === model)
  const names = r.data.names
  const c = r.data.cases[picked ?? Math.max(0, r.data.cases.findIndex((x) => x.case_id === want.get('case')))]
  return (
    <div style={beside}>
      <Card
        style={part(1, 340)} size="small" title={`${r.data.model} ${r.data.name}`}
        extra={<Space>{may('导出') && <Button size="small" href={`/api/models/runs/${run}/${model}/xlsx`}>导出</Button>}{may('运行审核') && <Send run={run} model={model} chosen={chosen} />}</Space>}
      >
        <p className="quiet">{r.data.first} 至 {r.data.last}，{count(r.data.cases.length)} 例。金额为涉及金额，不是拟拒付。</p>
        {r.data.unjudged && <Alert type="info" showIcon title={`未判：${r.data.unjudged}`} />}
        <Table<Case>
          size="small" rowKey="case_id" rowSelection={may('运行审核') ? { selectedRowKeys: chosen, onChange: (k) => setChosen(k as string[]) } : undefined} dataSource={r.data.cases} pagination={{ pageSize: 20, size: 'small' }} onRow={(x) => ({ onClick: () => setAt(r.data.cases.indexOf(x)), style: { cursor: 'pointer' } })}
          rowClassName={(x) => (x === c ? 'ant-table-row-selected' : '')}
          columns={[
            { title: '对象', render: (_, x) => subject(x, names) },
            { title: '人', width: 50, align: 'right', render: (_, x) => (x.members?.length ? count(x.members.length) : '') },
            { title: '机构', width: 56, align: 'right', render: (_, x) => count(x.institutions?.length ?? 0) },
            { title: '涉及金额（元）', width: 120, align: 'right', render: (_, x) => yuan(x.money) },
          ]}
        />
        {map && <Suspense fallback={null}><p className="quiet" style={{ margin: '8px 0 0' }}>全部案例按区划（示意图）</p><Chart option={map.chart} height={map.height} label={map.label} /></Suspense>}
      </Card>
      {c ? <One key={c.case_id} c={c} all={r.data.cases} m={m} names={names} past={<Past run={run} model={model} c={c} />} /> : <Empty description="这个模型没有查出案例" />}
    </div>
  )
}

// Send puts the chosen cases, or all, into the closed loop.
function Send({ run, model, chosen }: { run: string; model: string; chosen: string[] }) {
  const { message } = App.useApp()
  const go = useNavigate()
  const send = useMutation({
    mutationFn: () => call<Sent>('POST', `/api/models/runs/${run}/${model}/batch`, chosen.length ? { cases: chosen } : {}),
    onSuccess: (x) => {
      if (!x.batch_id) return void message.info(x.known ? `没有新的：${count(x.known)} 次就诊或指标以前都送过` : '没有可送的案例')
      message.success(`已送 ${count(x.findings)} 条疑点${x.known ? `，另 ${count(x.known)} 次以前送过没有再送` : ''}`)
      go(`/models/batches/${x.batch_id}`)
    },
    onError: (e) => void message.error(e.message),
  })
  return (
    <Popconfirm title="送闭环" description={`${chosen.length ? `选中的 ${chosen.length} 个案例` : '全部案例'}成为机审疑点，等派单；金额是涉及金额。`} okText="送闭环" cancelText="不送" onConfirm={() => send.mutate()}>
      <Button size="small" type="primary" loading={send.isPending}>{chosen.length ? `送闭环（${chosen.length}）` : '送闭环'}</Button>
    </Popconfirm>
  )
}

// subject names what a case is about, where it is an institution or a doctor.
const subject = (c: Case, names?: Names) => called({ ...names?.institutions, ...names?.doctors }, c.subject)

function One({ c, all, m, names, past }: { c: Case; all: Case[]; m?: Model; names?: Names; past?: ReactNode }) {
  const shown = useMemo(() => pictures(c, all, m?.titles), [c, all, m])
  const figures = [...new Set(c.rows.flatMap((r) => [...Object.keys(r.figures ?? {}), ...Object.keys(r.texts ?? {})]))]
  return (
    <div style={{ ...below, ...part(2, 520) }}>
      <Card size="small" title={<>{subject(c, names)}{(c.members?.length ?? 0) > 1 && ` 等 ${count(c.members!.length)} 人`}{c.new_members?.length ? `　新增 ${c.new_members.length} 人` : ''}　<span className="quiet" title="同一群人在以后的运行里编号不变">案例 {c.group_id.slice(0, 8)}</span></>}>
        {shown.length > 0 && (
          <Tabs size="small" items={shown.map((p) => ({ key: p.key, label: p.title, children: <Suspense fallback={<Skeleton active />}><Chart option={p.chart} height={p.height} label={p.label} /></Suspense> }))} />
        )}
        {m && <p className="quiet" style={{ margin: 0 }}>现场核实：{m.verify}　已知正当原因：{m.innocent.join('；')}</p>}
      </Card>
      {past}
      <Card size="small" title={`明细（${count(c.rows.length)} 条）`}>
        <Table<Row>
          size="small" rowKey={(r) => JSON.stringify(r)} dataSource={c.rows} pagination={{ pageSize: 20, size: 'small', hideOnSinglePage: true }} scroll={{ x: 700 }}
          columns={[
            ...(c.rows.some((r) => r.day) ? [{ title: '日期', dataIndex: 'day', width: 100 }] : []), ...(c.rows.some((r) => r.psn_no) ? [{ title: '人员编号', dataIndex: 'psn_no', width: 140 }] : []), { title: '机构', width: 200, render: (_, r) => called(names?.institutions, r.fixmedins_code) },
            ...(c.rows.some((r) => r.prac_psn_code) ? [{ title: '医师', width: 170, render: (_: unknown, r: Row) => called(names?.doctors, r.prac_psn_code) }] : []),
            ...(c.rows.some((r) => r.hilist_code) ? [{ title: '项目', width: 220, render: (_: unknown, r: Row) => called(names?.items, r.hilist_code) }] : []),
            ...(c.rows.some((r) => r.other_fixmedins_code) ? [{ title: '去向', width: 200, render: (_: unknown, r: Row) => called(names?.institutions, r.other_fixmedins_code) }] : []),
            ...(c.rows.some((r) => r.mdtrt_id) ? [{ title: '就诊', dataIndex: 'mdtrt_id', width: 140 }] : []),
            ...figures.map((k) => figureColumn(k, m?.titles[k])),
            { title: '涉及金额（元）', width: 120, align: 'right', render: (_, r) => yuan(r.money) },
          ]}
        />
      </Card>
    </div>
  )
}
