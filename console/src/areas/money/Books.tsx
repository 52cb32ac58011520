import { useQuery } from '@tanstack/react-query'
import { Alert, Empty, Skeleton, Table, Tooltip } from 'antd'
import { useMemo } from 'react'
import { yuan } from '../../parts/words'
import { type Account, accounts, accountsOf, type Chosen } from './api'

interface Row { code: string; name: string; on: Map<string, number> }

const total = ' ' // the line that adds up

// Books shows what lies on the accounts: a line an institution, a column a state of the money, only those with money on them.
export function Books({ books, month, onPick }: { books: string[]; month: string; onPick: (c: Chosen) => void }) {
  const q = useQuery({ queryKey: ['accounts', month], queryFn: () => accounts(month) })
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  if (!q.data) return <Skeleton active />
  return books.map((b) => <Book key={b} book={b} items={q.data.items.filter((x) => x.book === b)} month={month} onPick={onPick} />)
}

function Book({ book, items, month, onPick }: { book: string; items: Account[]; month: string; onPick: (c: Chosen) => void }) {
  const rows = useMemo(() => {
    const by = new Map<string, Row>()
    const sum: Row = { code: total, name: '合计', on: new Map() }
    for (const x of items) {
      const r = by.get(x.fixmedins_code) ?? { code: x.fixmedins_code, name: x.fixmedins_name || x.fixmedins_code, on: new Map() }
      r.on.set(x.account, x.amount_fen)
      sum.on.set(x.account, (sum.on.get(x.account) ?? 0) + x.amount_fen)
      by.set(x.fixmedins_code, r)
    }
    return by.size ? [sum, ...by.values()] : []
  }, [items])
  const columns = (accountsOf[book] ?? []).filter(([a]) => rows.some((r) => r.on.has(a)))
  return (
    <>
      <h4 style={{ margin: '4px 0 6px' }}>{book}<span className="quiet" style={{ fontWeight: 400 }}>　单位：元{month && `　${month} 发生额，减少为负`}　点数字看由哪些疑点组成</span></h4>
      <Table<Row>
        size="small" rowKey="code" dataSource={rows} pagination={false} sticky scroll={{ x: 200 + columns.length * 116 }} style={{ marginBottom: 12 }}
        rowClassName={(r) => (r.code === total ? 'picked' : '')}
        locale={{ emptyText: <Empty description={month ? `${month} 这一账册没有发生` : `${book}账上还没有金额：${book === '基金' ? '初审保留疑点之后' : '有这类款项之后'}出现在这里`} /> }}
        columns={[
          { title: '机构', key: 'n', width: 200, fixed: 'left', ellipsis: true, render: (_, r) => (r.code === total ? <b>合计</b> : r.name) },
          ...columns.map(([a, what]) => ({
            title: <Tooltip title={what}>{a}</Tooltip>, key: a, width: 116, align: 'right' as const,
            render: (_: unknown, r: Row) => {
              const n = r.on.get(a) ?? 0
              if (!n) return <span className="quiet">—</span>
              return <a role="button" tabIndex={0} aria-label={`${r.name} ${a} ${yuan(n)}`} style={{ fontWeight: r.code === total ? 600 : 400 }} onClick={() => onPick({ book, account: a, month, ...(r.code === total ? {} : { fixmedins_code: r.code }) })} onKeyDown={(e) => e.key === 'Enter' && onPick({ book, account: a, month, ...(r.code === total ? {} : { fixmedins_code: r.code }) })}>{yuan(n)}</a>
            },
          })),
        ]}
      />
    </>
  )
}
