import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, DatePicker, Empty, Form, Input, Modal, Select, Space, Table, Tag } from 'antd'
import type { Dayjs } from 'dayjs'
import { useState } from 'react'
import { useSession } from '../../api/session'
import { Who } from '../../parts/Who'
import { type Exemption, askExemption, cards, exemptionStep, exemptions } from './api'

const colours: Record<string, string> = { 待批: 'orange', 未到: 'blue', 生效: 'green', 到期: 'default', 作废: 'default' }

export function Page() {
  const { session } = useSession()
  const { message } = App.useApp()
  const client = useQueryClient()
  const [asking, setAsking] = useState(false)
  const [ending, setEnding] = useState<Exemption>()
  const [why, setWhy] = useState('')
  const close = () => {
    setEnding(undefined)
    setWhy('')
    end.reset()
  }
  const q = useQuery({ queryKey: ['library-exemptions'], queryFn: exemptions })
  const again = () => void client.invalidateQueries({ queryKey: ['library-exemptions'] })
  const confirm = useMutation({ mutationFn: (x: Exemption) => exemptionStep(x, 'confirm'), onSuccess: () => { message.success('已确认，下次审核起生效'); again() }, onError: (e) => message.error(e.message) })
  const end = useMutation({ mutationFn: (x: Exemption) => exemptionStep(x, 'end', { from: new Date(Date.now() + 8 * 3600e3).toISOString().slice(0, 10), why: why.trim() }), onSuccess: () => { message.success('已终止'); close(); again() } })
  return (
    <div className="fit" style={{ background: '#fff', padding: 12, borderRadius: 4 }}>
      <Space wrap style={{ marginBottom: 10 }}>
        <Button type="primary" onClick={() => setAsking(true)}>申请豁免</Button>
        <span className="quiet">一人申请，另一人确认后生效；到期自动失效；放过多少条在规则的“做得怎样”里</span>
      </Space>
      {q.error && <Alert type="error" showIcon title={q.error.message} />}
      <div className="grow">
        <Table<Exemption>
          size="small" sticky rowKey="exemption_id" dataSource={q.data?.items ?? []} loading={q.isPending} pagination={{ pageSize: 50, hideOnSinglePage: true }} scroll={{ x: 1060 }} locale={{ emptyText: <Empty description="没有豁免" /> }}
          columns={[
            { title: '规则', dataIndex: 'rule_id', width: 70 },
            { title: '状态', dataIndex: 'state', width: 72, render: (s: string) => <Tag color={colours[s]}>{s}</Tag> },
            { title: '给谁', key: 'who', width: 300, ellipsis: true, render: (_, x) => [x.fixmedins_code && `机构 ${x.fixmedins_code}`, x.dept && `科室 ${x.dept}`, x.item && `项目 ${x.item}`, x.diags && `诊断 ${x.diags}`].filter(Boolean).join('，') },
            { title: '期限', key: 'span', width: 200, render: (_, x) => `${x.valid_from} 至 ${x.valid_to}` },
            { title: '理由', dataIndex: 'reason', ellipsis: true },
            { title: '申请', dataIndex: 'author', width: 90, ellipsis: true, render: (l: string) => <Who login={l} /> },
            { title: '确认', dataIndex: 'approver', width: 90, ellipsis: true, render: (l: string) => l && <Who login={l} /> },
            { title: '', key: 'act', width: 120, render: (_, x) => (
              <Space size={4}>
                {x.state === '待批' && x.author !== session?.login && <Button size="small" type="primary" loading={confirm.isPending} onClick={() => confirm.mutate(x)}>确认</Button>}
                {['待批', '未到', '生效'].includes(x.state) && <Button size="small" danger onClick={() => setEnding(x)}>终止</Button>}
              </Space>) },
          ]}
        />
      </div>
      <Modal open={!!ending} title={ending && `终止规则 ${ending.rule_id} 的豁免`} okText="终止" cancelText="取消" onCancel={close} onOk={() => ending && end.mutate(ending)} okButtonProps={{ danger: true, disabled: !why.trim(), loading: end.isPending }}>
        <p>从今天起终止，今天以前放过的不变。</p>
        <Input.TextArea rows={2} value={why} onChange={(e) => setWhy(e.target.value)} maxLength={500} placeholder="为什么终止" aria-label="为什么终止" />
        {end.error && <Alert type="error" showIcon title={end.error.message} style={{ marginTop: 8 }} />}
      </Modal>
      {asking && <Ask close={() => { setAsking(false); again() }} />}
    </div>
  )
}

function Ask({ close }: { close: () => void }) {
  const [form] = Form.useForm()
  const cs = useQuery({ queryKey: ['library-cards'], queryFn: cards })
  const send = useMutation({
    mutationFn: (f: Record<string, never> & { span: [Dayjs, Dayjs] }) => {
      const { span, ...rest } = f
      return askExemption({ ...Object.fromEntries(Object.entries(rest).filter(([, v]) => v)), valid_from: span[0].format('YYYY-MM-DD'), valid_to: span[1].format('YYYY-MM-DD') })
    },
    onSuccess: close,
  })
  return (
    <Modal open width={720} style={{ top: 40 }} title="申请有期限的豁免" onCancel={close} okText="申请" onOk={() => form.submit()} okButtonProps={{ loading: send.isPending }}>
      <Form form={form} layout="vertical" onFinish={(v) => send.mutate(v)}>
        <Form.Item name="rule_id" label="规则" rules={[{ required: true, message: '选一条规则' }]}><Select showSearch={{ optionFilterProp: 'label' }} options={(cs.data?.items ?? []).map((c) => ({ value: c.rule_id, label: `${c.rule_id} ${c.name}` }))} /></Form.Item>
        <p className="quiet">机构、科室、项目、诊断至少写一样；写了几样就要都符合。</p>
        <div style={{ display: 'grid', gap: '0 16px', gridTemplateColumns: '1fr 1fr' }}>
        <Form.Item name="fixmedins_code" label="机构编码"><Input maxLength={32} /></Form.Item>
        <Form.Item name="dept" label="科室（代码或名称）"><Input maxLength={64} /></Form.Item>
        <Form.Item name="item" label="项目编码，可只写前几位"><Input maxLength={64} /></Form.Item>
        <Form.Item name="diags" label="诊断，写作 C00-C97|Z51"><Input maxLength={500} /></Form.Item>
        </div>
        <Form.Item name="span" label="期限" rules={[{ required: true, message: '写明起止日期' }]}><DatePicker.RangePicker style={{ width: '100%' }} /></Form.Item>
        <Form.Item name="reason" label="理由" rules={[{ required: true, message: '写明理由' }]}><Input.TextArea rows={3} maxLength={2000} /></Form.Item>
        {send.error && <Alert type="error" showIcon title={send.error.message} />}
      </Form>
    </Modal>
  )
}
