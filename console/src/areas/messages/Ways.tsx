import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Empty, Input, Segmented, Space, Table, Tag } from 'antd'
import { useState } from 'react'
import { call, get, query } from '../../api/client'
import type { components } from '../../api/schema'
import { count } from '../../parts/words'

type Way = components['schemas']['MessageWay']
type Ways = components['schemas']['MessageWays']
type Sent = components['schemas']['MessageSent']
type Tested = components['schemas']['MessageTested']

const colours: Record<string, string> = { 待发: 'blue', 已发: 'green', 失败: 'red' }
const time = (t: string) => t.slice(0, 19).replace('T', ' ')

// Page is the ways by which messages go out, and what has gone out.
export function Page() {
  const q = useQuery({ queryKey: ['message-ways'], queryFn: () => get<Ways>('/api/messages/ways') })
  const [to, setTo] = useState('')
  const test = useMutation({ mutationFn: (w: Way) => call<Tested>('POST', '/api/messages/ways/test', { way: w.way, target: w.way === '邮件' ? to.trim() : w.name }) })
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  return (
    <div style={{ background: '#fff', padding: 12, borderRadius: 4 }}>
      <p className="quiet" style={{ marginTop: 0 }}>通道写在数据目录的 {q.data?.file ?? 'messages.json'} 里，改后让服务重新读取（SIGHUP）；只连这里写明的服务器。网络回调带签名，只告诉发生了什么，不带参保人的信息。</p>
      <Table<Way>
        size="small" rowKey={(w) => w.way + w.name} dataSource={q.data?.items ?? []} loading={q.isPending} pagination={false} locale={{ emptyText: <Empty description="没有通道：消息只在站内" /> }} style={{ marginBottom: 12 }}
        columns={[
          { title: '通道', dataIndex: 'way', width: 90 },
          { title: '名字', dataIndex: 'name', width: 220, ellipsis: true },
          { title: '服务器', dataIndex: 'where', ellipsis: true },
          { title: '哪些消息', key: 'k', ellipsis: true, render: (_, w) => (w.way === '邮件' ? '各人自己订' : `${w.kinds?.length ? w.kinds.join('、') : '全部'}${w.admdvs ? `，区划 ${w.admdvs}` : ''}`) },
          { title: '', key: 't', width: 330, render: (_, w) => (
            <Space size={4}>
              {w.way === '邮件' && <Input size="small" value={to} onChange={(e) => setTo(e.target.value)} placeholder="发到哪个邮箱" aria-label="发到哪个邮箱" style={{ width: 200 }} />}
              <Button size="small" disabled={w.way === '邮件' && !to.trim()} loading={test.isPending && test.variables === w} onClick={() => test.mutate(w)}>发送测试</Button>
            </Space>) },
        ]}
      />
      {test.data && <Alert type={test.data.ok ? 'success' : 'error'} showIcon closable title={test.data.ok ? '对方收下了' : `没有发成：${test.data.said}`} style={{ marginBottom: 12 }} />}
      {test.error && <Alert type="error" showIcon title={test.error.message} style={{ marginBottom: 12 }} />}
      <Record />
    </div>
  )
}

function Record() {
  const client = useQueryClient()
  const [state, setState] = useState('')
  const q = useInfiniteQuery({
    queryKey: ['message-sends', state], initialPageParam: '', queryFn: ({ pageParam }) => get<{ items: Sent[] | null; next: string }>(`/api/messages/sends${query({ state, cursor: pageParam, limit: 50 })}`),
    getNextPageParam: (p) => p.next || undefined, refetchInterval: 15_000,
  })
  const again = useMutation({ mutationFn: (s: Sent) => call('POST', '/api/messages/sends/again', { send_id: s.send_id }), onSuccess: () => void client.invalidateQueries({ queryKey: ['message-sends'] }) })
  const rows = (q.data?.pages ?? []).flatMap((p) => p.items ?? [])
  return (
    <>
      <Space style={{ marginBottom: 8 }}>
        <b>发送记录</b>
        <Segmented options={[{ value: '', label: '全部' }, '待发', '已发', '失败']} value={state} onChange={(v) => setState(String(v))} aria-label="状态" />
        <span className="quiet">没有发成的隔一分钟、五分钟、一刻钟……再试，试八次；每条至少送到一次，对方可按编号去重</span>
      </Space>
      {(q.error ?? again.error) && <Alert type="error" showIcon title={(q.error ?? again.error)!.message} />}
      <Table<Sent>
        size="small" rowKey="send_id" dataSource={rows} loading={q.isPending} pagination={false} locale={{ emptyText: <Empty description="还没有发过" /> }} scroll={{ x: 900 }}
        columns={[
          { title: '时间', dataIndex: 'made_at', width: 160, render: time },
          { title: '通道', dataIndex: 'way', width: 90 },
          { title: '发给', dataIndex: 'target', width: 220, ellipsis: true },
          { title: '状态', dataIndex: 'state', width: 80, render: (s: string) => <Tag color={colours[s]}>{s}</Tag> },
          { title: '试过', dataIndex: 'tries', width: 60, align: 'right', render: count },
          { title: '说明', key: 'w', ellipsis: true, render: (_, s) => [s.sent_at && `${time(s.sent_at)} 送到`, s.said, s.next_at && s.tries > 0 && `${time(s.next_at)} 再试`].filter(Boolean).join('；') },
          { title: '', key: 'a', width: 80, render: (_, s) => s.state === '失败' && <Button size="small" loading={again.isPending && again.variables === s} onClick={() => again.mutate(s)}>再发</Button> },
        ]}
      />
      {q.hasNextPage && <Button size="small" style={{ marginTop: 8 }} onClick={() => q.fetchNextPage()} loading={q.isFetchingNextPage}>再看 50 条</Button>}
    </>
  )
}
