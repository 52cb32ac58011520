import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Empty, Table } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { call, get } from '../../api/client'
import type { Notice } from '../../api/review'
import { count } from '../../parts/words'

// useNotices are the documents that wait for this institution's signature.
export const useNotices = () => useQuery({ queryKey: ['notices'], queryFn: () => get<{ items: Notice[] }>('/api/review/notices?waiting=true&limit=200') })

// Notices lists what waits to be signed for; limits of the institution begin with the signature.
export function Notices() {
  const { message } = App.useApp()
  const queries = useQueryClient()
  const q = useNotices()
  const [picked, setPicked] = useState<string[]>([])
  const sign = useMutation({
    mutationFn: async (ids: string[]) => {
      for (const id of ids) await call('POST', `/api/review/notices/${id}/sign`)
      return ids.length
    },
    onSuccess: (n) => void message.success(`已签收 ${n} 份，期限从今天起算`),
    onSettled: () => {
      setPicked([])
      void queries.invalidateQueries()
    },
  })
  const rows = q.data?.items ?? []
  return (
    <div className="grow">
      <div style={{ marginBottom: 8, display: 'flex', gap: 12, alignItems: 'center' }}>
        <Button size="small" type="primary" disabled={!picked.length} loading={sign.isPending} onClick={() => sign.mutate(picked)}>签收所选 {count(picked.length)} 份</Button>
        <span className="quiet">签收之日起计算申诉期限；不签收的，期满由系统推定送达</span>
      </div>
      {(q.error ?? sign.error) && <Alert type="error" showIcon title={(q.error ?? sign.error)!.message} style={{ marginBottom: 8 }} />}
      <Table<Notice>
        size="small" rowKey="notice_id" dataSource={rows} loading={q.isPending} pagination={false} sticky rowSelection={{ selectedRowKeys: picked, onChange: (k) => setPicked(k as string[]), columnWidth: 36 }}
        locale={{ emptyText: <Empty description="没有待签收的文书" /> }}
        columns={[
          { title: '文书', dataIndex: 'title', width: 260 },
          { title: '内容', key: 'b', render: (_, n) => (n.finding_id ? n.body.replace(` ${n.finding_id} `, '').replace(n.finding_id, '') : n.body) },
          { title: '疑点', key: 'f', width: 70, render: (_, n) => (n.finding_id ? <Link to={`/findings/${n.finding_id}`}>打开</Link> : n.package_id ? <Link to={`/findings?package=${n.package_id}`}>整包</Link> : '') },
          { title: '发出', dataIndex: 'sent_at', width: 104, render: (s: string) => s.slice(0, 10) },
          { title: '', key: 'a', width: 70, render: (_, n) => <Button size="small" aria-label={`签收 ${n.title}`} loading={sign.isPending && sign.variables.includes(n.notice_id)} onClick={() => sign.mutate([n.notice_id])}>签收</Button> },
        ]}
      />
    </div>
  )
}
