import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Empty, Form, Input, InputNumber, Modal, Popconfirm, Select, Space, Table, Tag } from 'antd'
import { useState } from 'react'
import { call, get } from '../../api/client'
import type { components } from '../../api/schema'
import { useSession } from '../../api/session'
import { useDivisions } from '../../parts/divisions'
import { Who } from '../../parts/Who'

type Plan = components['schemas']['ReportPlan']
type Plans = components['schemas']['ReportPlans']
type Report = components['schemas']['ReportMade']
type Brief = components['schemas']['Form']

const week = ['', '星期一', '星期二', '星期三', '星期四', '星期五', '星期六', '星期日']
const when = (p: Plan) => `${p.every}${p.every === '每周' ? ` ${week[p.on_day]}` : p.every === '每月' ? ` ${p.on_day} 号` : ''} ${p.at_hour} 点`
const time = (t: string) => t.slice(0, 16).replace('T', ' ')
const colours: Record<string, string> = { 在做: 'blue', 做好: 'green', 没有做成: 'red' }

// usePlans are the reports that are made by themselves.
const usePlans = () => useQuery({ queryKey: ['plans'], queryFn: () => get<Plans>('/api/board/plans') })

// Plans lists the reports that were made by themselves, and when which are made.
export function Plans({ forms }: { forms: Brief[] }) {
  const { message } = App.useApp()
  const client = useQueryClient()
  const area = useDivisions()
  const [adding, setAdding] = useState(false)
  const plans = usePlans()
  const made = useQuery({ queryKey: ['reports'], queryFn: () => get<{ items: Report[] | null }>('/api/board/reports'), refetchInterval: 30_000 })
  const again = () => ['plans', 'reports'].forEach((k) => void client.invalidateQueries({ queryKey: [k] }))
  const end = useMutation({ mutationFn: (p: Plan) => call('POST', `/api/board/plans/${p.plan_id}/end`, undefined, { 'if-match': `"${p.version}"` }), onSuccess: () => { message.success('已停'); again() } })
  const make = useMutation({ mutationFn: (p: Plan) => call('POST', `/api/board/plans/${p.plan_id}/make`), onSuccess: () => { message.success('做好了，在下面'); again() } })
  const named = (form: string) => ({ figures: '全部指标', findings: '疑点清单' })[form] ?? forms.find((f) => f.form === form)?.title ?? form
  const error = plans.error ?? made.error ?? end.error ?? make.error
  return (
    <div style={{ background: '#fff', padding: 12, borderRadius: 4 }}>
      <Space style={{ marginBottom: 8 }}>
        <Button type="primary" onClick={() => setAdding(true)}>新的定期报表</Button>
        <span className="quiet">到时由服务自己做好，每期一份；停机错过的开机后补做。做好发消息。</span>
      </Space>
      {error && <Alert type="error" showIcon title={error.message} style={{ marginBottom: 8 }} />}
      <Table<Plan>
        size="small" rowKey="plan_id" dataSource={plans.data?.items ?? []} loading={plans.isPending} pagination={false} scroll={{ x: 1060 }} locale={{ emptyText: <Empty description="还没有定期报表" /> }} style={{ marginBottom: 14 }}
        columns={[
          { title: '名称', dataIndex: 'title', ellipsis: true },
          { title: '内容', key: 'form', width: 220, ellipsis: true, render: (_, p) => `${named(p.form)}（${p.file}）` },
          { title: '区划', dataIndex: 'admdvs', width: 130, ellipsis: true, render: (a: string) => (a ? area(a) : '全部') },
          { title: '哪几个月', dataIndex: 'cover', width: 100 },
          { title: '什么时候', key: 'w', width: 140, render: (_, p) => when(p) },
          { title: '下一次', dataIndex: 'next_at', width: 140, render: (t: string) => (t ? time(t) : <Tag>已停</Tag>) },
          { title: '设置人', dataIndex: 'login', width: 90, render: (l: string) => <Who login={l} /> },
          { title: '', key: 'a', width: 150, render: (_, p) => p.next_at && <Space size={4}><Button size="small" loading={make.isPending && make.variables === p} onClick={() => make.mutate(p)}>现在出一份</Button><Popconfirm title="停了以后不再出，已做好的还在" okText="停" onConfirm={() => end.mutate(p)}><Button size="small" danger>停</Button></Popconfirm></Space> },
        ]}
      />
      <b>做好的</b>
      <Table<Report>
        size="small" rowKey={(r) => r.plan_id + r.due} dataSource={made.data?.items ?? []} loading={made.isPending} pagination={{ pageSize: 20, hideOnSinglePage: true, showSizeChanger: false }} scroll={{ x: 860 }} locale={{ emptyText: <Empty description="还没有做过" /> }}
        columns={[
          { title: '哪一期', dataIndex: 'due', width: 110 },
          { title: '报表', key: 'n', ellipsis: true, render: (_, r) => (r.state === '做好' ? <a href={`/api/board/reports/${r.plan_id}/${r.due}`}>{r.name}</a> : r.title) },
          { title: '月份', key: 'm', width: 160, render: (_, r) => (r.from === r.to ? r.from : `${r.from} 至 ${r.to}`) },
          { title: '状态', dataIndex: 'state', width: 100, render: (s: string) => <Tag color={colours[s]}>{s}</Tag> },
          { title: '做好时间', dataIndex: 'made_at', width: 140, render: time },
          { title: '大小', dataIndex: 'size', width: 90, align: 'right', render: (n: number) => (n ? `${Math.ceil(n / 1024)} KB` : '') },
          { title: '说明', dataIndex: 'said', width: 240, ellipsis: true },
        ]}
      />
      {adding && plans.data && <Add forms={forms} lists={plans.data} close={() => { setAdding(false); again() }} />}
    </div>
  )
}

function Add({ forms, lists, close }: { forms: Brief[]; lists: Plans; close: () => void }) {
  const { session, may } = useSession()
  const [form] = Form.useForm()
  const kind = Form.useWatch('form', form) as string | undefined
  const every = Form.useWatch('every', form) as string | undefined
  const sheet = kind === 'figures' || kind === 'findings'
  const send = useMutation({ mutationFn: (v: Record<string, unknown>) => call('POST', '/api/board/plans', Object.fromEntries(Object.entries({ ...v, file: sheet ? 'xlsx' : v.file }).filter(([, x]) => x !== undefined && x !== ''))), onSuccess: close })
  const options = [...forms.map((f) => ({ value: f.form, label: f.title })), { value: 'figures', label: '全部指标（Excel）' }, ...(may('导出') ? [{ value: 'findings', label: '疑点清单（Excel）' }] : [])]
  return (
    <Modal open title="新的定期报表" okText="设好" cancelText="取消" onCancel={close} onOk={() => form.submit()} okButtonProps={{ loading: send.isPending }}>
      <Form form={form} layout="vertical" initialValues={{ form: 'briefing', file: 'docx', every: '每月', on_day: 5, at_hour: 7, cover: '上月' }} onFinish={(v) => send.mutate(v)}>
        <Form.Item name="title" label="名称" rules={[{ required: true, whitespace: true, message: '写个名称，它是文件名' }]}><Input maxLength={80} placeholder="例如 智能监管月报" /></Form.Item>
        <Space wrap align="start">
          <Form.Item name="form" label="内容"><Select style={{ width: 260 }} options={options} /></Form.Item>
          {!sheet && <Form.Item name="file" label="文件"><Select style={{ width: 120 }} options={[{ value: 'docx', label: 'Word' }, { value: 'pdf', label: 'PDF' }]} /></Form.Item>}
          <Form.Item name="cover" label="哪几个月"><Select style={{ width: 130 }} options={(lists.covers ?? []).map((v) => ({ value: v }))} /></Form.Item>
          <Form.Item name="admdvs" label="区划代码"><Input maxLength={6} style={{ width: 150 }} placeholder={session?.admdvs ? `${session.admdvs} 之内` : '不写为全部'} /></Form.Item>
        </Space>
        <Space wrap align="start">
          <Form.Item name="every" label="多久一次"><Select style={{ width: 110 }} options={(lists.every ?? []).map((v) => ({ value: v }))} onChange={(v) => form.setFieldValue('on_day', v === '每日' ? undefined : v === '每周' ? 1 : 5)} /></Form.Item>
          {every === '每周' && <Form.Item name="on_day" label="星期几"><Select style={{ width: 120 }} options={week.slice(1).map((label, i) => ({ value: i + 1, label }))} /></Form.Item>}
          {every === '每月' && <Form.Item name="on_day" label="几号" rules={[{ required: true, message: '写几号' }]} extra="没有这一天的月份用最后一天"><InputNumber min={1} max={31} precision={0} /></Form.Item>}
          <Form.Item name="at_hour" label="几点（北京时间）" rules={[{ required: true, message: '写几点' }]}><InputNumber min={0} max={23} precision={0} /></Form.Item>
        </Space>
        {send.error && <Alert type="error" showIcon title={send.error.message} />}
      </Form>
    </Modal>
  )
}
