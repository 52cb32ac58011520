import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Empty, Input, Modal, Space, Table, Tag } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { useSession } from '../../api/session'
import { useDivisions } from '../../parts/divisions'
import { count, percent } from '../../parts/words'
import { askProposals, decideProposal, type Proposal } from './api'

// Silence lists the cards that doctors mostly override. People decide; nothing is silenced by it.
export function Silence() {
  const area = useDivisions()
  const may = useSession().may('批准两库')
  const cache = useQueryClient()
  const [open, setOpen] = useState<{ p: Proposal; state: string }>()
  const [why, setWhy] = useState('')
  const [refused, setRefused] = useState('')
  const q = useQuery({ queryKey: ['reminders', 'proposals'], queryFn: askProposals })
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  const decide = async () => {
    try {
      await decideProposal(open!.p, open!.state, why)
      await cache.invalidateQueries({ queryKey: ['reminders', 'proposals'] })
      setOpen(undefined)
      setWhy('')
      setRefused('')
    } catch (e) {
      setRefused((e as Error).message)
    }
  }
  const rule = q.data ? `近 ${q.data.override_days} 天有 ${q.data.override_min} 个以上答复、不听（说明理由后继续或反映有误）超过 ${q.data.override_percent} % 的规则` : ''
  return (
    <>
      <div className="quiet" style={{ marginBottom: 8 }}>{rule}，机器只建议，不自动静默；采纳后在规则库或提醒参数里办理。</div>
      <Table<Proposal>
        size="small" rowKey="id" dataSource={q.data?.items ?? []} loading={q.isPending} pagination={false} scroll={{ x: 860 }} locale={{ emptyText: <Empty description={`没有${rule}`} /> }}
        columns={[
          { title: '规则', key: 'rule', ellipsis: true, render: (_, p) => <Link to={`/library/cards/${p.rule_id}`}><span className="quiet">{p.rule_id}</span>　{p.rule_name}</Link> },
          { title: '区划', dataIndex: 'admdvs', width: 130, ellipsis: true, render: (a: string) => (a ? area(a) : '全部') },
          { title: '时段', key: 'at', width: 190, render: (_, p) => `${p.from} 至 ${p.to}` },
          { title: '显示', dataIndex: 'shown', width: 80, align: 'right', render: (n: number, p) => <Link to={`/reminders/list/said?rule_id=${p.rule_id}&from=${p.from}&to=${p.to}`}>{count(n)}</Link> },
          { title: '答复', dataIndex: 'answered', width: 70, align: 'right', render: count },
          { title: '不听', dataIndex: 'overridden', width: 70, align: 'right', render: count },
          { title: '比例', key: 'r', width: 70, align: 'right', render: (_, p) => percent(p.overridden, p.answered) },
          { title: '决定', key: 'd', width: 190, render: (_, p) => (p.state === '待议' ? may ? <Space><Button size="small" onClick={() => setOpen({ p, state: '采纳' })}>采纳</Button><Button size="small" onClick={() => setOpen({ p, state: '不采纳' })}>不采纳</Button></Space> : <Tag color="processing">待议</Tag> : <span className="quiet">{p.state}　{p.decided_by}　{p.why}</span>) },
        ]}
      />
      <Modal open={!!open} title={open && `${open.state}：${open.p.rule_id} ${open.p.rule_name}`} okText="确定" cancelText="取消" okButtonProps={{ disabled: !why.trim() }} onOk={decide} onCancel={() => setOpen(undefined)}>
        <Input.TextArea rows={3} placeholder="理由" aria-label="理由" value={why} onChange={(e) => setWhy(e.target.value)} maxLength={500} />
        {refused && <Alert type="error" showIcon title={refused} style={{ marginTop: 8 }} />}
      </Modal>
    </>
  )
}
