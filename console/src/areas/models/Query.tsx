import { useMutation, useQuery } from '@tanstack/react-query'
import { Alert, App, Button, Card, Collapse, Form, Input, Modal, Select, Space, Table, Tabs } from 'antd'
import { Suspense, lazy, useState } from 'react'
import { useNavigate } from 'react-router'
import { call, get } from '../../api/client'
import { count } from '../../parts/words'
import { below, beside, part } from './layout'
import { called } from './names'
import type { Names, Sent } from './types'

const Chart = lazy(() => import('../../parts/Chart'))

interface Answer { columns: string[]; rows: unknown[][]; cut: boolean; names?: Names }
interface View { name: string; title: string; columns: { name: string; title: string }[] }

// The analyst's bench: one read-only statement over the approved views.
export function Page() {
  const [sql, setSql] = useState('SELECT inst, COUNT(*) AS n, SUM(fee) AS fee\nFROM visit\nWHERE setting = 2\nGROUP BY inst\nORDER BY n DESC')
  const [sending, setSending] = useState(false)
  const go = useNavigate()
  const views = useQuery({ queryKey: ['model-views'], queryFn: () => get<View[]>('/api/models/views') })
  const ask = useMutation({ mutationFn: async () => ({ ...(await call<Answer>('POST', '/api/models/query', { sql })), sql }) })
  return (
    <div style={beside}>
      <div style={{ ...below, ...part(3, 560) }}>
        <Card size="small" title="分析查询：只读，只看自己范围内的数据，每一条都记入操作留痕">
          <Input.TextArea
            value={sql} onChange={(e) => setSql(e.target.value)} autoSize={{ minRows: 6, maxRows: 18 }} spellCheck={false} style={{ fontFamily: 'monospace' }} aria-label="查询语句"
            onKeyDown={(e) => { if (e.ctrlKey && e.key === 'Enter') ask.mutate() }}
          />
          <Space style={{ marginTop: 8 }} wrap>
            <Button type="primary" loading={ask.isPending} onClick={() => ask.mutate()}>查询</Button>
            <Button onClick={() => go('/models/drafts/new', { state: { sql } })}>做成模型</Button>
            <Button disabled={!ask.data?.columns.includes('inst')} title="结果要有 inst 列" onClick={() => setSending(true)}>送闭环</Button>
            <span className="quiet"><kbd>Ctrl</kbd>+<kbd>Enter</kbd>；最长一分钟，最多一千行；金额单位为分</span>
          </Space>
        </Card>
        {ask.error && <Alert type="error" showIcon title={ask.error.message} />}
        {ask.data && (
          <Card size="small" title={`${ask.data.rows.length} 行${ask.data.cut ? '（还有，没有列出）' : ''}`}>
            <Tabs size="small" items={[
              { key: 'table', label: '表', children: <Grid a={ask.data} views={views.data?.filter((v) => new RegExp(`\\b${v.name}\\b`).test(ask.data.sql))} /> },
              { key: 'chart', label: '图', children: <Picture a={ask.data} /> },
            ]} />
          </Card>
        )}
      </div>
      {sending && <Send sql={sql} close={() => setSending(false)} />}
      <Card size="small" title="可用的视图" style={part(1, 280)}>
        <Collapse size="small" items={(views.data ?? []).map((v) => ({ key: v.name, label: `${v.name} ${v.title}`, children: v.columns.map((c) => <div key={c.name}><code>{c.name}</code> <span className="quiet">{c.title}</span></div>) }))} />
      </Card>
    </div>
  )
}

// told is a value of a column: keys of institutions, doctors and items with their names.
function told(a: Answer, column: string, v: unknown) {
  const names = { inst: a.names?.institutions, other: a.names?.institutions, doctor: a.names?.doctors, item: a.names?.items }[column]
  return names && typeof v === 'string' ? called(names, v) : String(v ?? '')
}

// meaning is what a column is in the views that were asked, when all that have it say the same.
function meaning(views: View[] | undefined, name: string) {
  const all = new Set((views ?? []).flatMap((v) => v.columns.filter((c) => c.name === name).map((c) => c.title)))
  return all.size === 1 ? [...all][0] : ''
}

function Grid({ a, views }: { a: Answer; views?: View[] }) {
  const numeric = a.columns.map((_, i) => a.rows.every((r) => r[i] === null || typeof r[i] === 'number') && a.rows.some((r) => r[i] !== null))
  return (
    <Table
      size="small" rowKey="key" dataSource={a.rows.map((r, key) => ({ key, r }))} pagination={{ pageSize: 50, size: 'small' }} scroll={{ x: true }}
      columns={a.columns.map((title, i) => ({ title: <>{title} <span className="quiet">{meaning(views, title)}</span></>, align: numeric[i] ? 'right' : 'left', render: (_: unknown, x: { r: unknown[] }) => told(a, title, x.r[i]) }))}
    />
  )
}

// short writes a large figure of an axis in 万 and 亿.
function short(v: number) {
  const big = Math.abs(v)
  return big >= 1e8 ? `${v / 1e8} 亿` : big >= 1e4 ? `${v / 1e4} 万` : String(v)
}

// Picture draws the first text column against the numbers beside it.
function Picture({ a }: { a: Answer }) {
  const name = a.columns.findIndex((_, i) => a.rows.some((r) => typeof r[i] === 'string'))
  const figures = a.columns.map((_, i) => i).filter((i) => i !== name && a.rows.some((r) => typeof r[i] === 'number')).slice(0, 3)
  if (!figures.length) return <p className="quiet">结果里没有数字，画不了图。</p>
  const rows = a.rows.slice(0, 40)
  const option = {
    grid: { left: 10, right: 10, top: 40, bottom: 10, containLabel: true }, tooltip: { trigger: 'axis' }, legend: { top: 0 }, xAxis: { type: 'category', axisLabel: { rotate: 40, fontSize: 10 }, data: rows.map((r, i) => (name < 0 ? String(i + 1) : told(a, a.columns[name]!, r[name]).split(' ')[0])) },
    yAxis: figures.map((i) => ({ type: 'value', name: a.columns[i], axisLabel: { formatter: short }, show: i === figures[0] || i === figures[1] })).slice(0, 2), series: figures.map((i, k) => ({ name: a.columns[i], type: k === 0 ? 'bar' : 'line', yAxisIndex: Math.min(k, 1), data: rows.map((r) => r[i]) })),
  }
  return <Suspense fallback={null}><Chart option={option} height={360} label={`查询结果的图，${rows.length} 行`} /></Suspense>
}

// Send puts the rows into the closed loop, with what somebody must say of them.
function Send({ sql, close }: { sql: string; close: () => void }) {
  const { message } = App.useApp()
  const go = useNavigate()
  const [form] = Form.useForm()
  const send = useMutation({
    mutationFn: (v: object) => call<Sent>('POST', '/api/models/query/batch', { sql, ...v }),
    onSuccess: (x) => {
      close()
      if (!x.batch_id) return void message.info(`没有新的：${count(x.known)} 次以前都送过`)
      message.success(`已送 ${count(x.findings)} 条疑点`)
      go(`/models/batches/${x.batch_id}`)
    },
  })
  return (
    <Modal open title="把查询结果送闭环" okText="送闭环" cancelText="取消" onCancel={close} confirmLoading={send.isPending} onOk={() => form.validateFields().then((v) => send.mutate(v))}>
      {send.error && <Alert type="error" showIcon title={send.error.message} />}
      <p className="quiet">每家机构每月一条机审疑点；有 visit 列的按就诊去重，money 列（分）是涉及金额，不计拟拒付。</p>
      <Form form={form} layout="vertical" size="small" initialValues={{ severity: 3 }}>
        <Form.Item name="name" label="名称" rules={[{ required: true, min: 2 }]}><Input /></Form.Item>
        <Form.Item name="basis" label="依据" rules={[{ required: true, min: 2 }]}><Input /></Form.Item>
        <Form.Item name="verify" label="现场核实办法" rules={[{ required: true, min: 2 }]}><Input.TextArea autoSize /></Form.Item>
        <Form.Item name="severity" label="程度"><Select options={[{ value: 2, label: '高度可疑' }, { value: 3, label: '轻度可疑' }]} /></Form.Item>
        <Form.Item name="why" label="说明"><Input /></Form.Item>
      </Form>
    </Modal>
  )
}
