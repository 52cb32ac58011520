import { useInfiniteQuery } from '@tanstack/react-query'
import { Alert, Button, Drawer, Table } from 'antd'
import { useNavigate } from 'react-router'
import { keepList } from '../../parts/trail'
import { count, yuan } from '../../parts/words'
import { accountsOf, type CaseOn, casesOn, type Chosen } from './api'

// Behind opens a figure of the ledger into the findings it is made of.
export function Behind({ chosen, onClose }: { chosen: Chosen; onClose: () => void }) {
  const navigate = useNavigate()
  const q = useInfiniteQuery({
    queryKey: ['behind', chosen], queryFn: ({ pageParam }) => casesOn(chosen, pageParam), initialPageParam: '', getNextPageParam: (last) => last.next || undefined,
  })
  const rows = q.data?.pages.flatMap((p) => p.items) ?? []
  const what = accountsOf[chosen.book ?? '']?.find(([a]) => a === chosen.account)?.[1]
  return (
    <Drawer open onClose={onClose} size={880} title={`${chosen.book}·${chosen.account}${chosen.month ? `　${chosen.month} 净发生` : ''}　${chosen.fixmedins_code ? rows[0]?.fixmedins_name || chosen.fixmedins_code : '全部机构'}`}>
      <p className="quiet" style={{ marginTop: 0 }}>{what}。{!q.hasNextPage && rows.length > 0 && <>共 {count(rows.length)} 条疑点，合计 <b>{yuan(rows.reduce((s, r) => s + r.amount_fen, 0))}</b> 元。</>}</p>
      {q.error && <Alert type="error" showIcon title={q.error.message} />}
      <Table<CaseOn>
        size="small" rowKey="finding_id" dataSource={rows} loading={q.isPending} pagination={false}
        onRow={(r) => ({
          onClick: () => {
            keepList({ back: location.pathname + location.search, ids: rows.map((x) => x.finding_id) })
            navigate(`/findings/${r.finding_id}`)
          },
          style: { cursor: 'pointer' },
        })}
        columns={[
          { title: '规则', key: 'r', width: 200, ellipsis: true, render: (_, r) => <><span className="quiet">{r.rule_id}</span>　{r.rule_name}</> },
          { title: '说明', dataIndex: 'vola_cont', ellipsis: true }, { title: '机构', key: 'i', width: 150, ellipsis: true, render: (_, r) => r.fixmedins_name || r.fixmedins_code },
          { title: '月份', dataIndex: 'month', width: 80 }, { title: '状态', dataIndex: 'state', width: 84 }, { title: '金额（元）', dataIndex: 'amount_fen', width: 110, align: 'right', render: yuan },
        ]}
      />
      {q.hasNextPage && <Button block type="text" loading={q.isFetchingNextPage} onClick={() => q.fetchNextPage()}>再看 50 条（已显示 {count(rows.length)} 条）</Button>}
    </Drawer>
  )
}
