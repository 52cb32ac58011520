import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Checkbox, DatePicker, Empty, Form, Input, Modal, Space, Table, Tag } from 'antd'
import type { Dayjs } from 'dayjs'
import { useState } from 'react'
import { call, get, query } from '../../api/client'
import type { components } from '../../api/schema'
import { useSession } from '../../api/session'
import { Who } from '../../parts/Who'
import { Tie } from './Tie'

type Line = components['schemas']['ReviewTie']

// Ties lists why people may not judge institutions, and ends what no longer holds: everybody reads his own, the final reviewer all.
export function Ties() {
  const { session, may } = useSession()
  const queries = useQueryClient()
  const [ended, setEnded] = useState(false)
  const [adding, setAdding] = useState(false)
  const [ending, setEnding] = useState<Line>()
  const all = may('确认扣款')
  const q = useQuery({ queryKey: ['ties', ended], queryFn: () => get<{ items: Line[] | null; next: string }>(`/api/review/ties${query({ ended, limit: 200 })}`) })
  const again = () => void queries.invalidateQueries({ queryKey: ['ties'] })
  return (
    <>
      <Space style={{ marginBottom: 8 }} wrap>
        <Button size="small" type="primary" onClick={() => setAdding(true)}>登记回避关系</Button>
        <Checkbox checked={ended} onChange={(e) => setEnded(e.target.checked)}>连已结束的</Checkbox>
        <span className="quiet">{all ? '有关系的人在初审、复审、合议、终审都不能办这家机构的疑点；任职结束写离职日，期满前仍回避。' : '这里只有您自己的：登记以后这家机构的疑点由别人办；亲属和其他关系要由终审结束。'}</span>
      </Space>
      {q.error && <Alert type="error" showIcon title={q.error.message} />}
      <Table<Line>
        size="small" rowKey="tie_id" loading={q.isPending} dataSource={q.data?.items ?? []} pagination={{ pageSize: 20, hideOnSinglePage: true }} scroll={{ x: 900 }}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description="没有登记回避关系" /> }}
        columns={[
          ...(all ? [{ title: '谁', key: 'w', width: 120, render: (_: unknown, t: Line) => t.name || t.login }] : []),
          { title: '机构', key: 'i', ellipsis: true, render: (_, t) => `${t.fixmedins_name || ''} ${t.fixmedins_code}` },
          { title: '关系', key: 'k', width: 200, render: (_, t) => <>{t.kind}{t.until && `（${t.until} 离职，回避到 ${t.lapses}）`}</> },
          { title: '说明', dataIndex: 'note', width: 160, ellipsis: true },
          { title: '登记', key: 'm', width: 150, render: (_, t) => <><Who login={t.made_by} /> {t.made_at.slice(0, 10)}</> },
          { title: '结束', key: 'e', width: 210, ellipsis: true, render: (_, t) => (t.ended_at ? <><Tag>已结束</Tag><Who login={t.ended_by} /> {t.ended_at.slice(0, 10)} {t.end_reason}</> : t.kind === '任职' || (all && t.login !== session?.login) ? <Button size="small" onClick={() => setEnding(t)}>结束</Button> : '') },
        ]}
      />
      {adding && <Tie onClose={() => { setAdding(false); again() }} />}
      {ending && <End tie={ending} onClose={() => { setEnding(undefined); again() }} />}
    </>
  )
}

function End({ tie, onClose }: { tie: Line; onClose: () => void }) {
  const works = tie.kind === '任职'
  const [form] = Form.useForm<{ until?: Dayjs; reason?: string }>()
  const m = useMutation({
    mutationFn: (x: { until?: Dayjs; reason?: string }) => call('POST', `/api/review/ties/${tie.tie_id}/end`, { ...(x.until ? { until: x.until.format('YYYY-MM-DD') } : {}), ...(x.reason ? { reason: x.reason } : {}) }, { 'if-match': `"${tie.version}"` }),
    onSuccess: onClose,
  })
  return (
    <Modal open title={`结束 ${tie.name || tie.login} 与 ${tie.fixmedins_name || tie.fixmedins_code} 的“${tie.kind}”关系`} okText="结束" cancelText="取消" confirmLoading={m.isPending} onCancel={onClose} onOk={() => form.submit()}>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(x) => m.mutate(x)}>
        {works && <Form.Item name="until" label="离职日" rules={[{ required: true, message: '请写离职日' }]}><DatePicker aria-label="离职日" /></Form.Item>}
        <Form.Item name="reason" label={works ? '说明' : '为什么结束'} rules={works ? [] : [{ required: true, min: 2, message: '请写明为什么结束' }]}><Input aria-label="为什么结束" maxLength={500} /></Form.Item>
      </Form>
      {m.error && <Alert type="error" showIcon title={m.error.message} />}
    </Modal>
  )
}
