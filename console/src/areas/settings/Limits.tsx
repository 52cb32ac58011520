import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, DatePicker, Form, Input, InputNumber, Modal, Table, Tag } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useState } from 'react'
import { useSession } from '../../api/session'
import { Who } from '../../parts/Who'
import { count, yuan } from '../../parts/words'
import { askLimit, decideLimit, type Limit, limits, type Value, year } from './api'
import { workdayAfter } from './workdays'

const colours: Record<string, string> = { 待批: 'gold', 生效: 'green', 作废: 'default' }

// Money is kept in fen (分) and shown and entered in yuan, which is exact: two digits after the point, no more.
const money = (l: Limit) => l.unit === '分'
const unit = (l: Limit) => (money(l) ? '元' : l.unit)
const plain = (l: Limit, n: number) => (money(l) ? yuan(n) : count(n))
const said = (l: Limit, n: number) => (l.unit === '是否' ? (n ? '是' : '否') : l.unit === '方式' ? `方式 ${n}` : `${plain(l, n)} ${unit(l)}`)

// Limits lists what may be set, with what holds today; a value is asked for by one person and confirmed by another.
export function Limits() {
  const { message } = App.useApp()
  const { session } = useSession()
  const queries = useQueryClient()
  const [asking, setAsking] = useState<Limit>()
  const q = useQuery({ queryKey: ['limits'], queryFn: limits })
  const decide = useMutation({
    mutationFn: (v: { id: string; agree: boolean }) => decideLimit(v.id, v.agree),
    onSuccess: (v) => {
      void message.success(v.state === '生效' ? `已确认，自 ${v.valid_from} 起用` : '已作废')
      void queries.invalidateQueries({ queryKey: ['limits'] })
    },
    onError: (e) => void message.error(e.message, 6),
  })
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  const rows = q.data?.items ?? []
  const waiting = rows.flatMap((l) => (l.values ?? []).filter((v) => v.state === '待批'))
  return (
    <>
      <p className="quiet" style={{ margin: '0 0 8px' }}>改动须另一人确认，从生效日起对新起算的期限有效，正在走的期限不变；区划越细越优先。{waiting.length > 0 && <b style={{ color: '#d46b08' }}>　待确认 {waiting.length} 项</b>}</p>
      <Table<Limit>
        size="small" rowKey="name" dataSource={rows} loading={q.isPending} pagination={false} scroll={{ x: 900 }}
        columns={[
          { title: '参数', dataIndex: 'name', width: 170 },
          { title: '管什么', dataIndex: 'does', ellipsis: true },
          { title: '今天', key: 't', width: 130, align: 'right', render: (_, l) => <b>{said(l, l.today)}</b> },
          { title: '出厂', key: 'd', width: 110, align: 'right', render: (_, l) => said(l, l.default) },
          { title: '可设', key: 'r', width: 180, align: 'right', render: (_, l) => `${plain(l, l.min)}–${plain(l, l.max)}` },
          { title: '设过', key: 'n', width: 110, render: (_, l) => ((l.values ?? []).some((v) => v.state === '待批') ? <Tag color="gold">有待确认</Tag> : (l.values ?? []).length > 0 ? `${(l.values ?? []).length} 次` : '') },
          { title: '', key: 'o', width: 80, render: (_, l) => <Button size="small" type="link" onClick={() => setAsking(l)}>申请改</Button> },
        ]}
        expandable={{
          rowExpandable: (l) => (l.values ?? []).length > 0,
          expandedRowRender: (l) => (
            <Table<Value>
              size="small" rowKey="param_id" dataSource={l.values ?? []} pagination={false}
              columns={[
                { title: '区划', key: 'a', width: 100, render: (_, v) => v.admdvs || '全部' },
                { title: '值', key: 'v', width: 110, align: 'right', render: (_, v) => said(l, v.value) },
                { title: '生效日', dataIndex: 'valid_from', width: 110 },
                { title: '状态', key: 's', width: 80, render: (_, v) => <Tag color={colours[v.state]}>{v.state}</Tag> },
                { title: '理由', dataIndex: 'reason', ellipsis: true },
                { title: '申请人', key: 'w', width: 100, render: (_, v) => <Who login={v.author} /> },
                { title: '确认人', key: 'p', width: 100, render: (_, v) => <Who login={v.approver} /> },
                {
                  title: '', key: 'o', width: 150, render: (_, v) => v.state !== '作废' && (
                    <>
                      {v.state === '待批' && <Button size="small" type="link" disabled={v.author === session?.login} title={v.author === session?.login ? '须由另一个人确认' : ''} onClick={() => decide.mutate({ id: v.param_id, agree: true })}>确认</Button>}
                      <Button size="small" type="link" danger onClick={() => decide.mutate({ id: v.param_id, agree: false })}>作废</Button>
                    </>
                  ),
                },
              ]}
            />
          ),
        }}
      />
      {asking && <Ask limit={asking} done={() => setAsking(undefined)} />}
    </>
  )
}

function Ask({ limit, done }: { limit: Limit; done: () => void }) {
  const { message } = App.useApp()
  const { session } = useSession()
  const queries = useQueryClient()
  const [form] = Form.useForm<{ area?: string; value: number; from: Dayjs; reason: string }>()
  const m = useMutation({
    mutationFn: (v: { area?: string; value: number; from: Dayjs; reason: string }) => askLimit({ name: limit.name, admdvs: v.area?.trim() ?? '', value: money(limit) ? Math.round(v.value * 100) : v.value, valid_from: v.from.format('YYYY-MM-DD'), reason: v.reason }),
    onSuccess: () => {
      void message.success('已申请，等另一人确认')
      void queries.invalidateQueries({ queryKey: ['limits'] })
      done()
    },
  })
  const value = Form.useWatch('value', form) as number | undefined
  const from = Form.useWatch('from', form) as Dayjs | undefined
  const need = [{ required: true, message: '必填' }]
  const per = money(limit) ? 100 : 1
  return (
    <Modal open title={`申请改：${limit.name}`} okText="申请" cancelText="取消" onCancel={done} onOk={() => form.submit()} confirmLoading={m.isPending}>
      <p className="quiet">{limit.does}　今天 {said(limit, limit.today)}，可设 {plain(limit, limit.min)}–{said(limit, limit.max)}</p>
      <Form form={form} layout="vertical" onFinish={(v) => m.mutate(v)} initialValues={{ area: session?.admdvs ?? '', value: limit.today / per, from: dayjs().add(1, 'day') }}>
        <Form.Item name="area" label="区划（空为全部）"><Input maxLength={6} /></Form.Item>
        <Form.Item name="value" label={`新的值（${unit(limit)}）`} rules={need}><InputNumber min={limit.min / per} max={limit.max / per} precision={money(limit) ? 2 : 0} style={{ width: '100%' }} /></Form.Item>
        <Form.Item name="from" label="生效日（明天或以后）" rules={need}><DatePicker style={{ width: '100%' }} disabledDate={(d) => d.isBefore(dayjs().endOf('day'))} /></Form.Item>
        <Effect limit={limit} value={value === undefined || value === null ? undefined : value * per} from={from?.format('YYYY-MM-DD')} />
        <Form.Item name="reason" label="理由或文号" rules={need}><Input.TextArea rows={2} maxLength={500} /></Form.Item>
      </Form>
      {m.error && <Alert type="error" showIcon title={m.error.message} />}
    </Modal>
  )
}

// Effect says what a value would change: when what begins on its first day ends, by today's value and by the new one.
function Effect({ limit, value, from }: { limit: Limit; value?: number; from?: string }) {
  const y = Number(from?.slice(0, 4) ?? 0)
  const days = useQuery({ queryKey: ['calendar', y, 'two'], queryFn: async () => (await Promise.all([year(y), year(y + 1)])).flatMap((x) => x.days ?? []), enabled: y > 0 && limit.unit === '工作日' })
  if (value === undefined || !from || value === limit.today) return null
  const words = days.data
    ? `${from} 起算的，${workdayAfter(from, limit.today, days.data)} 到期改为 ${workdayAfter(from, value, days.data)} 到期；在此以前起算的不变。`
    : `${from} 起按 ${said(limit, value)}，今天是 ${said(limit, limit.today)}；已经办了的不变。`
  return <Alert style={{ marginBottom: 12 }} type="info" showIcon title={words} />
}
