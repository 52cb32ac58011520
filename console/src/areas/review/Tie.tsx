import { useMutation, useQuery } from '@tanstack/react-query'
import { Alert, App, DatePicker, Form, Input, Modal, Radio, Select } from 'antd'
import type { Dayjs } from 'dayjs'
import { useState } from 'react'
import { call, get, query } from '../../api/client'
import { useSession } from '../../api/session'
import { judges } from './panel'

interface Said { login: string; fixmedins_code: string; kind: string; until?: Dayjs; note?: string }

// Tie records why somebody may not judge an institution: everybody his own ties, the final reviewer those of others too.
export function Tie({ onClose }: { onClose: () => void }) {
  const { session, may } = useSession()
  const { message } = App.useApp()
  const [text, setText] = useState('')
  const [kind, setKind] = useState('任职')
  const all = may('确认扣款')
  const people = useQuery({ queryKey: ['judges'], queryFn: judges, enabled: all })
  const places = useQuery({ queryKey: ['institutions', text], queryFn: () => get<{ items: { fixmedins_code: string; fixmedins_name: string }[] }>(`/api/review/institutions${query({ q: text })}`) })
  const [form] = Form.useForm<Said>()
  const m = useMutation({
    mutationFn: (x: Said) => call('POST', '/api/review/ties', { login: x.login, fixmedins_code: x.fixmedins_code, kind: x.kind, ...(x.kind === '离职' && x.until ? { until: x.until.format('YYYY-MM-DD') } : {}), ...(x.note ? { note: x.note } : {}) }),
    onSuccess: () => {
      void message.success('已登记，这家机构的疑点在各步骤都由别人办理')
      onClose()
    },
  })
  return (
    <Modal open title="登记回避关系" okText="登记" cancelText="取消" confirmLoading={m.isPending} onCancel={onClose} onOk={() => form.submit()}>
      <p className="quiet" style={{ marginTop: 0 }}>在机构任职、离职未满期限、有亲属在机构任职的，初审、复审、合议、终审都不能办该机构的疑点；召集合议和打开疑点时会写明原因。</p>
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ kind, login: all ? undefined : session?.login }} onFinish={(x) => m.mutate(x)}>
        <Form.Item name="login" label="谁" hidden={!all} rules={[{ required: true, message: '请选择是谁' }]}>
          <Select aria-label="谁" showSearch={{ optionFilterProp: 'label' }} options={people.data?.items.map((e) => ({ value: e.login, label: `${e.name}（${e.roles}）` }))} />
        </Form.Item>
        <Form.Item name="fixmedins_code" label="机构" rules={[{ required: true, message: '请选择机构' }]}>
          <Select
            aria-label="机构" showSearch={{ filterOption: false, onSearch: setText }} placeholder="输入名称或代码"
            options={places.data?.items.map((i) => ({ value: i.fixmedins_code, label: `${i.fixmedins_name}（${i.fixmedins_code}）` }))}
          />
        </Form.Item>
        <Form.Item name="kind" label="关系"><Radio.Group onChange={(e) => setKind(e.target.value as string)} options={['任职', '离职', '亲属', '其他']} /></Form.Item>
        {kind === '离职' && <Form.Item name="until" label="离职日" rules={[{ required: true, message: '请写离职日' }]}><DatePicker aria-label="离职日" /></Form.Item>}
        <Form.Item name="note" label="说明"><Input maxLength={500} /></Form.Item>
      </Form>
      {m.error && <Alert type="error" showIcon title={m.error.message} />}
    </Modal>
  )
}
