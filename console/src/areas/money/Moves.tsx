import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Alert, Button, Empty, Table } from 'antd'
import { useMemo, useState } from 'react'
import { Link } from 'react-router'
import { count, yuan } from '../../parts/words'
import { type Chosen, moves, type Post, posts } from './api'

interface Way { key: string; book: string; from: string; to: string; amount: number; cases: number }

// Moves is what came in, was offset and was paid back: the ways money went, each opening into its postings.
export function Moves({ month }: { month: string }) {
  const [way, setWay] = useState<Way>()
  const q = useQuery({ queryKey: ['moves', month], queryFn: () => moves({ month }) })
  const ways = useMemo(() => {
    const by = new Map<string, Way>()
    for (const m of q.data?.items ?? []) {
      const key = `${m.book}/${m.from_acct}/${m.to_acct}`
      const w = by.get(key) ?? { key, book: m.book, from: m.from_acct, to: m.to_acct, amount: 0, cases: 0 }
      w.amount += m.amount_fen
      w.cases += m.cases
      by.set(key, w)
    }
    return [...by.values()]
  }, [q.data])
  return (
    <div style={{ display: 'grid', gridTemplateColumns: '380px minmax(0, 1fr)', gap: 12, alignItems: 'start' }}>
      <div>
        {q.error && <Alert type="error" showIcon title={q.error.message} />}
        <Table<Way>
          size="small" rowKey="key" dataSource={ways} loading={q.isPending} pagination={false} sticky scroll={{ y: 'calc(100vh - 230px)' }} rowClassName={(w) => (w.key === way?.key ? 'picked' : '')}
          onRow={(w) => ({ onClick: () => setWay(w.key === way?.key ? undefined : w), style: { cursor: 'pointer' } })}
          locale={{ emptyText: <Empty description={month ? `${month} 没有发生` : '还没有流水'} /> }}
          columns={[
            { title: '账册', dataIndex: 'book', width: 70 },
            { title: '从 → 到', key: 'w', render: (_, w) => <a role="button" tabIndex={0} onKeyDown={(e) => e.key === 'Enter' && setWay(w)}>{w.from} → {w.to}</a> },
            { title: '疑点', dataIndex: 'cases', width: 60, align: 'right', render: count }, { title: '金额（元）', dataIndex: 'amount', width: 120, align: 'right', render: yuan },
          ]}
        />
      </div>
      <Posts chosen={{ month, ...(way ? { book: way.book, from_acct: way.from, to_acct: way.to } : {}) }} />
    </div>
  )
}

function Posts({ chosen }: { chosen: Chosen }) {
  const q = useInfiniteQuery({ queryKey: ['posts', chosen], queryFn: ({ pageParam }) => posts(chosen, pageParam), initialPageParam: '', getNextPageParam: (last) => last.next || undefined })
  const rows = q.data?.pages.flatMap((p) => p.items) ?? []
  return (
    <div>
      {q.error && <Alert type="error" showIcon title={q.error.message} />}
      <Table<Post>
        size="small" rowKey="post_id" dataSource={rows} loading={q.isPending} pagination={false} sticky scroll={{ y: 'calc(100vh - 230px)' }}
        locale={{ emptyText: <Empty description="没有流水" /> }}
        columns={[
          { title: '日期', dataIndex: 'at', width: 98, render: (s: string) => s.slice(0, 10) }, { title: '账册', dataIndex: 'book', width: 66 },
          { title: '从 → 到', key: 'w', width: 116, render: (_, p) => `${p.from_acct} → ${p.to_acct}` },
          { title: '机构', key: 'i', ellipsis: true, render: (_, p) => p.fixmedins_name || p.fixmedins_code },
          { title: '凭证、说明', key: 'd', ellipsis: true, render: (_, p) => <>{p.doc}　<span className="quiet">{p.memo}</span></> },
          { title: '疑点', key: 'f', width: 56, render: (_, p) => <Link to={`/findings/${p.finding_id}`}>打开</Link> },
          { title: '金额（元）', dataIndex: 'amount_fen', width: 110, align: 'right', render: yuan },
        ]}
      />
      {q.hasNextPage && <Button block type="text" loading={q.isFetchingNextPage} onClick={() => q.fetchNextPage()}>再看 50 笔（已显示 {count(rows.length)} 笔）</Button>}
    </div>
  )
}
