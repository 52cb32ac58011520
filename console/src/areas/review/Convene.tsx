import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Modal, Radio, Table } from 'antd'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import type { Item } from '../../api/review'
import { convene, type Expert, experts } from './panel'

// Convene asks experts to sit on a panel; who may not is said with the reason.
export function Convene({ cases, onClose }: { cases: Item[]; onClose: () => void }) {
  const { message } = App.useApp()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [members, setMembers] = useState<string[]>([])
  const [chair, setChair] = useState('')
  const q = useQuery({ queryKey: ['experts', cases.map((c) => c.finding_id)], queryFn: () => experts(cases.map((c) => c.finding_id)) })
  const m = useMutation({
    mutationFn: () => convene(cases.map(({ finding_id, version }) => ({ finding_id, version })), members, chair),
    onSuccess: (r) => {
      void message.success('已召集')
      void queries.invalidateQueries()
      navigate(`/panels/${r.panel_id}`)
    },
  })
  return (
    <Modal
      open title={`召集合议：${cases[0]?.rule_name ?? ''}，${cases.length} 条疑点`} width={720} onCancel={onClose} cancelText="取消" okText="召集" confirmLoading={m.isPending} onOk={() => m.mutate()}
      okButtonProps={{ disabled: members.length < 3 || members.length % 2 === 0 || !members.includes(chair) }}
    >
      <p className="quiet" style={{ marginTop: 0 }}>至少三人、单数，指定组长。与机构有任职、离职未满期限、亲属关系的，和办理过这些疑点的，应当回避。</p>
      {(q.error ?? m.error) && <Alert type="error" showIcon title={(q.error ?? m.error)!.message} style={{ marginBottom: 8 }} />}
      <Table<Expert>
        size="small" rowKey="login" dataSource={q.data?.items ?? []} loading={q.isPending} pagination={false}
        rowSelection={{ selectedRowKeys: members, onChange: (k) => setMembers(k as string[]), getCheckboxProps: (e) => ({ disabled: !!e.why, 'aria-label': e.name }) }}
        columns={[
          { title: '专家', key: 'n', render: (_, e) => <>{e.name}　<span className="quiet">{e.login}</span></> },
          { title: '聘期到', dataIndex: 'until', width: 110 },
          { title: '能否评议', key: 'w', render: (_, e) => (e.why ? <span style={{ color: '#b42318' }}>{e.why}</span> : <span style={{ color: '#067647' }}>可以</span>) },
          { title: '组长', key: 'c', width: 60, render: (_, e) => <Radio disabled={!members.includes(e.login)} checked={chair === e.login} onChange={() => setChair(e.login)} aria-label={`${e.name} 任组长`} /> },
        ]}
      />
      <div style={{ marginTop: 8 }}>已选 {members.length} 人{members.length > 0 && members.length % 2 === 0 && <span style={{ color: '#b42318' }}>，应为单数</span>}</div>
    </Modal>
  )
}
