import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Card, Empty, Skeleton, Table, Tabs } from 'antd'
import { Link, useNavigate } from 'react-router'
import { call } from '../../api/client'
import { Drop } from '../../parts/Drop'
import { Who } from '../../parts/Who'
import { count, yuan } from '../../parts/words'
import { dataState, type ImportItem, listImports, type State } from './api'
import { Jobs } from './Jobs'
import { moment, tables } from './words'

export function Page() {
  const queries = useQueryClient()
  const s = useQuery({ queryKey: ['data-state'], queryFn: dataState })
  if (s.error) return <Alert type="error" showIcon title={s.error.message} />
  return (
    <div style={{ display: 'grid', gap: 10, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      {s.data ? <Heads s={s.data} /> : <Skeleton active paragraph={{ rows: 2 }} />}
      <Card size="small" title="导入文件">
        <Drop
          shelf="/api/data/uploads" title="把文件拖到这里，或点这里选择；可以一次选多个"
          hint="CSV（可压缩为 gz）、Excel、Parquet；按文件名认表，如 settlement.csv、fee_202511.csv.gz；已有的行不会重复入库"
          onSent={(uploads) => call('POST', '/api/data/imports', { uploads }).finally(() => queries.invalidateQueries({ queryKey: ['data-jobs'] }))}
        />
        <Jobs kind="导入" also={['data-state', 'imports']} />
      </Card>
      <Card size="small">
        <Tabs
          size="small"
          items={[
            { key: 'i', label: '做过的导入', children: <Imports /> },
            { key: 'g', label: s.data?.gaps?.length ? `与清算总额不符 ${count(s.data.gaps.length)} 处` : '清算总额核对', children: s.data ? <Gaps s={s.data} /> : null },
            { key: 't', label: '各表各月行数', children: s.data ? <Tables s={s.data} /> : null },
          ]}
        />
      </Card>
    </div>
  )
}

function Heads({ s }: { s: State }) {
  const rows = (t: string) => s.tables?.find((x) => x.table === t)?.rows ?? 0
  const waiting = (s.tables ?? []).reduce((n, t) => n + t.waiting, 0)
  const cards: [string, string, string?][] = [
    ['数据到', s.newest_month || '还没有', s.months?.length ? `共 ${s.months.length} 个月，自 ${s.months[0]}` : '先导入文件'],
    ['结算', `${count(rows('settlement'))} 笔`],
    ['费用明细', `${count(rows('fee'))} 行`],
    ['等人员信息的行', count(waiting), '导入人员表后自动归位'],
    ['与清算总额', s.clearing_totals === 0 ? '没有总额可核对' : s.gaps?.length ? `${count(s.gaps.length)} 处不符` : '全部相符', s.clearing_totals ? `核对 ${count(s.clearing_totals)} 笔` : '导入 clearing_total 表'],
  ]
  return (
    <div style={{ display: 'grid', gap: 10, gridTemplateColumns: 'repeat(5, minmax(0, 1fr))' }}>
      {cards.map(([label, value, hint], i) => (
        <Card size="small" key={label}>
          <div className="quiet">{label}</div>
          <div style={{ fontSize: 20, fontWeight: 600, whiteSpace: 'nowrap', color: i === 4 && s.gaps?.length ? '#cf1322' : undefined }}>{value}</div>
          <div className="quiet" style={{ fontSize: 12, minHeight: 18 }}>{hint}</div>
        </Card>
      ))}
    </div>
  )
}

function Imports() {
  const navigate = useNavigate()
  const q = useInfiniteQuery({ queryKey: ['imports'], queryFn: ({ pageParam }) => listImports(pageParam), initialPageParam: '', getNextPageParam: (l) => l.next || undefined })
  const rows = q.data?.pages.flatMap((p) => p.items ?? []) ?? []
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  return (
    <>
      <Table<ImportItem>
        size="small" rowKey="import_id" dataSource={rows} loading={q.isPending} pagination={false}
        onRow={(r) => ({ onClick: () => navigate(`/data/${r.import_id}`), style: { cursor: 'pointer' } })}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description="还没有导入过" /> }}
        columns={[
          { title: '时间', dataIndex: 'at', width: 140, render: (s: string, r) => <Link to={`/data/${r.import_id}`}>{moment(s)}</Link> },
          { title: '谁', dataIndex: 'by', width: 120, ellipsis: true, render: (l: string) => <Who login={l} /> },
          { title: '文件', dataIndex: 'files', width: 70, align: 'right' },
          { title: '行', dataIndex: 'rows', width: 110, align: 'right', render: count },
          { title: '入库', dataIndex: 'landed', width: 110, align: 'right', render: count },
          { title: '已有', dataIndex: 'known', width: 110, align: 'right', render: count },
          { title: '拒收', dataIndex: 'rejected', width: 90, align: 'right', render: (n: number) => (n ? <b style={{ color: '#cf1322' }}>{count(n)}</b> : 0) },
          { title: '失败的文件', dataIndex: 'failed', width: 100, align: 'right', render: (n: number) => (n ? <b style={{ color: '#cf1322' }}>{n}</b> : 0) },
          { title: '要重新审核的月份', dataIndex: 'months', ellipsis: true, render: (m?: string[]) => m?.join('、') },
        ]}
      />
      {q.hasNextPage && <Button block type="text" loading={q.isFetchingNextPage} onClick={() => q.fetchNextPage()}>再看 20 次</Button>}
    </>
  )
}

function Gaps({ s }: { s: State }) {
  return (
    <Table
      size="small" dataSource={s.gaps ?? []} rowKey={(g) => [g.fixmedins_code, g.month, g.insutype, g.clr_type].join(' ')} pagination={{ pageSize: 50, hideOnSinglePage: true }}
      locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={s.clearing_totals ? '全部相符' : '还没有导入清算总额（clearing_total），无法核对数据是否齐全'} /> }}
      columns={[
        { title: '机构', dataIndex: 'fixmedins_code', width: 140 },
        { title: '月份', dataIndex: 'month', width: 90 },
        { title: '险种', dataIndex: 'insutype', width: 70 },
        { title: '清算类别', dataIndex: 'clr_type', width: 80 },
        { title: '应有笔数', dataIndex: 'want_setl_cnt', align: 'right', render: count },
        { title: '实有笔数', dataIndex: 'have_setl_cnt', align: 'right', render: count },
        { title: '应有基金（元）', dataIndex: 'want_fund_fen', align: 'right', render: yuan },
        { title: '实有基金（元）', dataIndex: 'have_fund_fen', align: 'right', render: yuan },
        { title: '相差（元）', key: 'd', align: 'right', render: (_, g) => <b style={{ color: '#cf1322' }}>{yuan(g.have_fund_fen - g.want_fund_fen)}</b> },
      ]}
    />
  )
}

function Tables({ s }: { s: State }) {
  const months = (s.months ?? []).slice(-12)
  const skip = (s.months ?? []).length - months.length
  return (
    <Table
      size="small" rowKey="table" pagination={false} scroll={{ x: 420 + months.length * 90 }} dataSource={(s.tables ?? []).filter((t) => t.rows + t.waiting > 0)}
      locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description="还没有数据" /> }}
      columns={[
        { title: '表', dataIndex: 'table', width: 200, fixed: 'left', render: (t: string) => <>{tables[t] ?? ''} <span className="quiet">{t}</span></> },
        { title: '行', dataIndex: 'rows', width: 110, align: 'right', render: count },
        { title: '等人员', dataIndex: 'waiting', width: 80, align: 'right', render: count },
        ...months.map((m, i) => ({ title: m, key: m, width: 90, align: 'right' as const, render: (_: unknown, t: { months: number[] | null }) => (t.months?.length ? count(t.months[skip + i] ?? 0) : '') })),
      ]}
    />
  )
}
