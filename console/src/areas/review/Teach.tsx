import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Card, Checkbox, DatePicker, Form, Input } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useState } from 'react'
import { call } from '../../api/client'
import type { Whole } from '../../api/review'
import { useSession } from '../../api/session'

interface Draft { dept?: string; item?: string; diags?: string; all?: boolean; term: [Dayjs, Dayjs]; reason: string }

// Teach drafts a dated exemption from a finding that did not stand; another person of the library approves it.
export function Teach({ f }: { f: Whole }) {
  const { may } = useSession()
  const { message } = App.useApp()
  const queries = useQueryClient()
  const [open, setOpen] = useState(false)
  const m = useMutation({
    mutationFn: (d: Draft) => call('POST', `/api/review/findings/${f.finding_id}/exemption`, {
      ...(d.dept ? { dept: d.dept } : {}), ...(d.item ? { item: d.item } : {}), ...(d.diags ? { diags: d.diags } : {}), ...(d.all ? { all_institutions: true } : {}),
      valid_from: d.term[0].format('YYYY-MM-DD'), valid_to: d.term[1].format('YYYY-MM-DD'), reason: d.reason,
    }),
    onSuccess: () => {
      void message.success('豁免已起草，等两库的另一人批准')
      void queries.invalidateQueries()
      setOpen(false)
    },
  })
  if (!may('维护两库') || f.state !== '关闭' || !['不违规', '部分违规', '规则误报'].includes(f.verdict)) return null
  return (
    <Card size="small" title="据此豁免">
      {!open ? (
        <>
          <p className="quiet" style={{ marginTop: 0 }}>结论是“{f.verdict}”。同样情形不应再报的，起草有期限的豁免；两库的另一人批准后，下次审核起生效并计数。</p>
          <Button block onClick={() => setOpen(true)}>起草豁免</Button>
        </>
      ) : (
        <Form<Draft> className="tight" layout="vertical" size="small" requiredMark={false} initialValues={{ term: [dayjs(), dayjs().add(1, 'year')] }} onFinish={(d) => m.mutate(d)}>
          <Form.Item name="term" label="起止" rules={[{ required: true, message: '请写起止日期' }]}><DatePicker.RangePicker style={{ width: '100%' }} allowClear={false} /></Form.Item>
          <Form.Item name="item" label="只对这些项目（代码开头）"><Input maxLength={64} placeholder="不写为规则的全部项目" /></Form.Item>
          <Form.Item name="dept" label="只对这个科室"><Input maxLength={64} placeholder="不写为全部科室" /></Form.Item>
          <Form.Item name="diags" label="只对这些诊断（代码开头，逗号分开）"><Input maxLength={200} placeholder="不写为全部诊断" /></Form.Item>
          <Form.Item name="all" valuePropName="checked"><Checkbox>对所有机构（不选只对 {f.fixmedins_name || f.fixmedins_code}）</Checkbox></Form.Item>
          <Form.Item name="reason" label="理由" rules={[{ required: true, min: 2, message: '请写理由' }]}><Input.TextArea rows={2} maxLength={2000} aria-label="豁免理由" /></Form.Item>
          {m.error && <Alert type="error" showIcon title={m.error.message} style={{ marginBottom: 8 }} />}
          <Button type="primary" htmlType="submit" block loading={m.isPending}>送批</Button>
        </Form>
      )}
    </Card>
  )
}
