import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Empty, Input, InputNumber, Modal, Select, Space, Table, Tag } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { call, get, query } from '../../api/client'
import type { components } from '../../api/schema'
import { useSession } from '../../api/session'
import { Who } from '../../parts/Who'

type Line = components['schemas']['PaperNumber']

const forms = [{ value: '', label: '全部文书' }, { value: 'tell', label: '疑点告知书' }, { value: 'minutes', label: '合议纪要' }, { value: 'confirm', label: '违规确认书' }, { value: 'recover', label: '追回通知书' }]
const named = Object.fromEntries(forms.map((f) => [f.value, f.label]))

// Page is the register of documents' numbers: one run for each kind and year, voided ones stay.
export function Page() {
  const { may } = useSession()
  const cache = useQueryClient()
  const [year, setYear] = useState<number>()
  const [form, setForm] = useState('')
  const [open, setOpen] = useState<Line>()
  const [why, setWhy] = useState('')
  const [refused, setRefused] = useState('')
  const q = useQuery({ queryKey: ['numbers', year, form], queryFn: () => get<{ year: number; items: Line[] | null }>(`/api/papers/numbers${query({ year, form })}`) })
  const void_ = async () => {
    try {
      await call('POST', `/api/papers/numbers/${open!.form}/${open!.year}/${open!.number}/void`, { why })
      await cache.invalidateQueries({ queryKey: ['numbers'] })
      setOpen(undefined)
      setWhy('')
      setRefused('')
    } catch (e) {
      setRefused((e as Error).message)
    }
  }
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  return (
    <div style={{ background: '#fff', padding: 12, borderRadius: 4 }}>
      <Space wrap style={{ marginBottom: 10 }}>
        <InputNumber value={year ?? q.data?.year} onChange={(v) => setYear(v ?? undefined)} aria-label="年份" min={1900} max={9999} style={{ width: 96 }} />
        <Select value={form} onChange={setForm} options={forms} style={{ width: 150 }} aria-label="哪种文书" />
        <span className="quiet">每种文书每年一串号，第一次出具时给号，不空号；作废的留在簿上，文书再出具时另给新号。</span>
      </Space>
      <Table<Line>
        size="small" rowKey={(n) => `${n.form}${n.year}-${n.number}`} dataSource={q.data?.items ?? []} loading={q.isPending} pagination={{ pageSize: 30, hideOnSinglePage: true }} scroll={{ x: 980 }} locale={{ emptyText: <Empty description="这一年还没有出具过带文号的文书" /> }}
        columns={[
          { title: '文书', dataIndex: 'form', width: 110, render: (f: string) => named[f] ?? f },
          { title: '文号', key: 'n', width: 150, render: (_, n) => (n.voided_at ? <><del>{n.kind}{n.text}</del> <Tag>作废</Tag></> : `${n.kind}${n.text}`) },
          { title: '内容', dataIndex: 'title', ellipsis: true },
          { title: '疑点', dataIndex: 'object', width: 220, ellipsis: true, render: (o: string, n) => (n.form === 'minutes' ? o : <Link to={`/findings/${o}`}>{o}</Link>) },
          { title: '出具人', dataIndex: 'actor', width: 90, render: (a: string) => <Who login={a} /> },
          { title: '出具时间', dataIndex: 'at', width: 140, render: (t: string) => t.slice(0, 16).replace('T', ' ') },
          { title: '作废', key: 'v', width: 190, ellipsis: true, render: (_, n) => (n.voided_at ? <><Who login={n.voided_by} />　{n.voided_at.slice(0, 10)}　{n.void_why}</> : may('确认扣款') && <Button size="small" onClick={() => setOpen(n)}>作废</Button>) },
        ]}
      />
      <Modal open={!!open} title={open && `作废 ${named[open.form]} ${open.kind}${open.text}`} okText="作废" okButtonProps={{ danger: true, disabled: !why.trim() }} cancelText="取消" onOk={void_} onCancel={() => setOpen(undefined)}>
        <p>作废后这个号不再使用，也不能恢复。</p>
        <Input placeholder="为什么作废" aria-label="为什么作废" value={why} onChange={(e) => setWhy(e.target.value)} maxLength={200} />
        {refused && <Alert type="error" showIcon title={refused} style={{ marginTop: 8 }} />}
      </Modal>
    </div>
  )
}
