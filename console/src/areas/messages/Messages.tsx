import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Empty, Segmented, Space, Spin, Tabs, Tag } from 'antd'
import { Link, useSearchParams } from 'react-router'
import { call, get, query } from '../../api/client'
import type { components } from '../../api/schema'
import { Choice } from './Choice'

type Item = components['schemas']['MessageItem']

// Page is what somebody was told, and how he wants to be told.
export function Page() {
  const [params, setParams] = useSearchParams()
  return (
    <div style={{ background: '#fff', padding: '0 12px 12px', borderRadius: 4 }}>
      <Tabs
        activeKey={params.get('tab') ?? 'list'} onChange={(k) => setParams({ tab: k })}
        items={[{ key: 'list', label: '我的消息', children: <List /> }, { key: 'choice', label: '我的订阅', children: <Choice /> }]}
      />
    </div>
  )
}

function List() {
  const [params, setParams] = useSearchParams()
  const client = useQueryClient()
  const unread = params.get('show') !== 'all'
  const q = useInfiniteQuery({
    queryKey: ['messages', 'list', unread], initialPageParam: '', queryFn: ({ pageParam }) => get<{ items: Item[] | null; next: string }>(`/api/messages${query({ unread, cursor: pageParam, limit: 50 })}`),
    getNextPageParam: (p) => p.next || undefined,
  })
  const seen = useMutation({ mutationFn: (ids: string[]) => call('POST', '/api/messages/seen', { ids }), onSuccess: () => void client.invalidateQueries({ queryKey: ['messages'] }) })
  const rows = (q.data?.pages ?? []).flatMap((p) => p.items ?? [])
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  return (
    <>
      <Space wrap style={{ marginBottom: 8 }}>
        <Segmented options={[{ value: 'unread', label: '没看的' }, { value: 'all', label: '全部' }]} value={unread ? 'unread' : 'all'} onChange={(v) => setParams({ show: String(v) })} aria-label="看哪些" />
        <Button size="small" disabled={!rows.some((m) => !m.read)} loading={seen.isPending} onClick={() => seen.mutate([])}>全部记为看过</Button>
      </Space>
      {q.isPending ? <Spin /> : rows.length === 0 ? <Empty description={unread ? '没有没看的消息' : '还没有消息：疑点送达、期限将到、导入失败、规则公布等会在这里告诉您'} /> : (
        <ul aria-label="消息" style={{ listStyle: 'none', margin: 0, padding: 0 }}>
          {rows.map((m) => (
            <li key={m.message_id} style={{ display: 'flex', flexWrap: 'wrap', gap: '2px 12px', padding: '8px 4px', borderBottom: '1px solid #f0f0f0', alignItems: 'baseline' }}>
              <span className="quiet num" style={{ whiteSpace: 'nowrap' }}>{m.at.slice(0, 16).replace('T', ' ')}</span>
              <Tag style={{ margin: 0 }}>{m.kind}</Tag>
              <div style={{ flex: '1 1 240px', minWidth: 0 }}>
                {m.link ? <Link to={m.link} onClick={() => !m.read && seen.mutate([m.message_id])} style={{ fontWeight: m.read ? 400 : 600 }}>{m.title}</Link> : <span style={{ fontWeight: m.read ? 400 : 600 }}>{m.title}</span>}
                {m.body && <div className="quiet" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{m.body}</div>}
              </div>
              {!m.read && <Button size="small" type="link" onClick={() => seen.mutate([m.message_id])}>看过了</Button>}
            </li>
          ))}
        </ul>
      )}
      {q.hasNextPage && <Button size="small" style={{ marginTop: 8 }} onClick={() => q.fetchNextPage()} loading={q.isFetchingNextPage}>再看 50 条</Button>}
    </>
  )
}
