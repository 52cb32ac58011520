import { useQuery } from '@tanstack/react-query'
import { Alert, DatePicker, Empty, Progress, Space, Table } from 'antd'
import dayjs from 'dayjs'
import { useSearchParams } from 'react-router'
import { type Rate, rates } from '../../api/trace'
import { count } from '../../parts/words'

const share = (n: number, of: number) => (of ? (n / of) * 100 : null)

export function Page() {
  const [params, setParams] = useSearchParams()
  const month = params.get('month') ?? ''
  const q = useQuery({ queryKey: ['trace-rates', month], queryFn: () => rates(month) })
  const rows = q.data?.items ?? []
  const due = rows.reduce((n, r) => n + r.due, 0)
  const got = rows.reduce((n, r) => n + r.scanned, 0)
  const low = rows.filter((r) => (share(r.scanned, r.due) ?? 100) < 95).length
  const cell = (v: number | null) => (v === null ? <span className="quiet">–</span> : <span style={{ display: 'inline-flex', gap: 8, width: 150 }}><Progress percent={Math.round(v)} size="small" showInfo={false} strokeColor={v < 95 ? '#d46b08' : '#389e0d'} /> <span className="num" style={{ width: 56, color: v < 95 ? '#ad4e00' : undefined }}>{v.toFixed(1)}%</span></span>)
  return (
    <div className="fit" style={{ background: '#fff', padding: 12, borderRadius: 4 }}>
      <Space wrap style={{ marginBottom: 10 }} size="large">
        <DatePicker picker="month" placeholder="月份" value={month ? dayjs(`${month}-01`) : null} onChange={(d) => setParams(d ? { month: d.format('YYYY-MM') } : {})} />
        <span>应采 {count(due)} 盒，实采 {count(got)} 盒，应采率 <b>{due ? ((got / due) * 100).toFixed(1) : '–'}%</b></span>
        <span>低于 95% 的 <b>{low}</b> 行</span>
        <span className="quiet">是指标，不是疑点；饮片、颗粒、院内拆零、无码库等不计应采</span>
      </Space>
      {q.error && <Alert type="error" showIcon title={q.error.message} />}
      <div className="grow">
        <Table<Rate>
          size="small" sticky rowKey={(r) => r.fixmedins_code + r.month} dataSource={rows} loading={q.isPending} pagination={false} scroll={{ x: 900 }}
          locale={{ emptyText: <Empty description="还没有数据：导入费用明细和进销存之后，各机构各月的应采率会出现在这里" /> }}
          columns={[
            { title: '机构', key: 'inst', render: (_, r) => <>{r.fixmedins_name}　<span className="quiet">{r.fixmedins_code}</span></>, sorter: (a, b) => a.fixmedins_code.localeCompare(b.fixmedins_code) },
            { title: '月份', dataIndex: 'month', width: 90, sorter: (a, b) => a.month.localeCompare(b.month) },
            { title: '应采（盒）', dataIndex: 'due', width: 100, align: 'right', render: count, sorter: (a, b) => a.due - b.due },
            { title: '实采（盒）', dataIndex: 'scanned', width: 100, align: 'right', render: count },
            { title: '应采率', key: 'rate', width: 190, render: (_, r) => cell(share(r.scanned, r.due)), sorter: (a, b) => (share(a.scanned, a.due) ?? 0) - (share(b.scanned, b.due) ?? 0), defaultSortOrder: 'ascend' },
            { title: '购进带码率', key: 'coded', width: 190, render: (_, r) => cell(share(r.purchase_rows_coded, r.purchase_rows)) },
          ]}
        />
      </div>
    </div>
  )
}
