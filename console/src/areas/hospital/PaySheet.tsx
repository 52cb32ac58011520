import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Alert, Button, Card, DatePicker, Empty, Segmented, Space, Table, Tag } from 'antd'
import dayjs from 'dayjs'
import { useState } from 'react'
import { Link } from 'react-router'
import { get, query } from '../../api/client'
import type { components } from '../../api/schema'
import { yuan } from '../../parts/words'

type S = components['schemas']
type Line = S['PayLine']

const money = (title: string, key: keyof Line & `${string}_fen`, strong = false) => ({
  title, dataIndex: key, width: 100, align: 'right' as const, render: (n: number) => (n ? (strong ? <b>{yuan(n)}</b> : yuan(n)) : <span className="quiet">—</span>),
})

// Page holds a month's payment sheet against the findings, line by line: what was charged, paid, proposed, confirmed, refused and offset.
export function Page() {
  const [month, setMonth] = useState(dayjs().format('YYYY-MM'))
  const [account, setAccount] = useState('')
  const head = useQuery({ queryKey: ['pay-file', month], queryFn: () => get<S['PayFile']>(`/api/ledger/payments/${month}`) })
  const q = useInfiniteQuery({ queryKey: ['pay-lines', month, account], queryFn: ({ pageParam }) => get<S['PayLines']>(`/api/ledger/payments/${month}/lines${query({ account, cursor: pageParam, limit: 100 })}`), initialPageParam: '', getNextPageParam: (l) => l.next || undefined })
  const rows = q.data?.pages.flatMap((p) => p.items ?? []) ?? []
  const f = head.data
  const figures: [string, string][] = f ? [['应拨（元）', f.has_sheet ? yuan(f.payable_fen) : '还没有拨付单'], ['拨付单抵扣（元）', f.has_sheet ? yuan(f.offset_fen) : '—'], ['各行抵扣合计（元）', yuan(f.booked_fen)], ['实拨（元）', f.voucher_no ? `${yuan(f.voucher_fen)}` : '—'], ['凭证', f.voucher_no || '—'], ['这个月', f.state || '未结']] : []
  return (
    <div style={{ display: 'grid', gap: 10, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <Card
        size="small" title="拨付对账"
        extra={<Space wrap><DatePicker picker="month" size="small" allowClear={false} aria-label="拨付月份" value={dayjs(`${month}-01`)} onChange={(d) => d && setMonth(d.format('YYYY-MM'))} /><Segmented size="small" value={account} onChange={setAccount} options={[{ value: '', label: '当月动过的' }, { value: '抵扣', label: '当月抵扣' }, { value: '拒付', label: '当月拒付' }, { value: '确认', label: '当月确认' }]} /></Space>}
      >
        {head.error && <Alert type="error" showIcon title={head.error.message} />}
        <div style={{ display: 'grid', gap: 10, gridTemplateColumns: 'repeat(auto-fit, minmax(140px, 1fr))' }}>
          {figures.map(([label, value]) => <div key={label}><div className="quiet">{label}</div><div style={{ fontSize: 18, fontWeight: 600, whiteSpace: 'nowrap', overflow: 'hidden', textOverflow: 'ellipsis' }}>{value}</div></div>)}
        </div>
        {f?.has_sheet && f.offset_fen !== f.booked_fen && <Alert style={{ marginTop: 8 }} type="warning" showIcon title={`拨付单抵扣 ${yuan(f.offset_fen)} 元，台账各行合计 ${yuan(f.booked_fen)} 元，差 ${yuan(f.offset_fen - f.booked_fen)} 元：月结前医保局要核对一致`} />}
      </Card>
      <Card size="small">
        {q.error && <Alert type="error" showIcon title={q.error.message} />}
        <Table<Line>
          size="small" rowKey={(l) => `${l.finding_id} ${l.line_no}`} dataSource={rows} loading={q.isPending} pagination={false} scroll={{ x: 1500 }} sticky
          locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description="这个月没有动过的费用行：疑点发出、确认、抵扣之后出现在这里" /> }}
          columns={[
            { title: '结算', key: 's', width: 170, fixed: 'left', ellipsis: true, render: (_, l) => <Link to={`/findings/${l.finding_id}`}>{l.setl_id || l.mdtrt_id}</Link> },
            { title: '明细', dataIndex: 'feedetl_sn', width: 130, ellipsis: true, render: (s: string) => s || <span className="quiet">整次</span> },
            { title: '规则', key: 'r', width: 170, ellipsis: true, render: (_, l) => `${l.rule_id} ${l.rule_name}` },
            { title: '现在', dataIndex: 'state', width: 90, render: (s: string) => <Tag>{s}</Tag> },
            { title: '结算拨付', key: 'p', width: 110, render: (_, l) => (l.clr_stas === '1' ? `已拨 ${l.clr_month}` : l.clr_stas === '0' ? '未拨' : <span className="quiet">不详</span>) },
            money('纳入范围', 'scope_fen'), money('违规', 'vola_fen'), money('基金支付', 'fund_fen'), money('拟追', 'proposed_fen'), money('已确认', 'confirmed_fen'), money('拒付', 'refused_fen'), money('当月抵扣', 'offset_fen', true), money('已收回', 'received_fen'), money('退回机构', 'returned_fen'),
          ]}
        />
        {q.hasNextPage && <Button block type="text" loading={q.isFetchingNextPage} onClick={() => q.fetchNextPage()}>再看 100 行</Button>}
      </Card>
    </div>
  )
}
