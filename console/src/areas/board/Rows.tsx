import { useInfiniteQuery } from '@tanstack/react-query'
import { Alert, Button, Empty, Space, Table, Tag } from 'antd'
import { Link, useSearchParams } from 'react-router'
import { get, query } from '../../api/client'
import type { components } from '../../api/schema'
import { count } from '../../parts/words'

type List = components['schemas']['RowList']
type Row = components['schemas']['FigureRow']

// Page lists what a figure was counted from, where that is neither findings nor reminders.
export function Page() {
  const [params] = useSearchParams()
  const w = Object.fromEntries(params)
  const q = useInfiniteQuery({
    queryKey: ['rows', w], initialPageParam: '', queryFn: ({ pageParam }) => get<List>(`/api/board/rows${query({ ...w, cursor: pageParam, limit: 100 })}`), getNextPageParam: (p) => p.next || undefined,
  })
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  const head = q.data?.pages[0]
  const rows = (q.data?.pages ?? []).flatMap((p) => p.items ?? [])
  const sum = rows.reduce((n, r) => n + r.n, 0)
  const many = rows.some((r) => r.n !== 1)
  return (
    <div style={{ background: '#fff', padding: 12, borderRadius: 4 }}>
      <Space wrap style={{ marginBottom: 10 }}>
        <Link to={`/board${query({ from: w.from, to: w.to })}`}>← 首页看板</Link>
        <b>{head?.name}</b>
        {w.from && <Tag>{w.from === w.to ? w.from : `${w.from} 至 ${w.to}`}</Tag>}
        <span className="quiet">{head?.means}</span>
      </Space>
      <Table<Row>
        size="small" rowKey="key" dataSource={rows} loading={q.isPending} pagination={false} sticky scroll={{ x: 860 }} locale={{ emptyText: <Empty description="这段时间没有" /> }}
        columns={[
          { title: '日期', dataIndex: 'at', width: 110 },
          { title: '内容', dataIndex: 'title', ellipsis: true, render: (t: string, r) => (r.link ? <Link to={r.link}>{t}</Link> : t) },
          { title: '机构', dataIndex: 'fixmedins_name', width: 240, ellipsis: true },
          { title: '状态', dataIndex: 'state', width: 130 },
          ...(many ? [{ title: '数量', dataIndex: 'n', width: 110, align: 'right' as const, render: count }] : []),
        ]}
      />
      <Space style={{ marginTop: 8 }}>
        {!q.isPending && <span className="quiet">{q.hasNextPage ? `已列 ${count(rows.length)} 条，还有` : `共 ${count(rows.length)} 条，合计 ${count(sum)} ${head?.unit}`}</span>}
        {q.hasNextPage && <Button size="small" onClick={() => q.fetchNextPage()} loading={q.isFetchingNextPage}>再列 100 条</Button>}
      </Space>
    </div>
  )
}
