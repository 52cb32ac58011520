import { useQuery } from '@tanstack/react-query'
import { Alert, Card, Descriptions, Empty, Input, Skeleton, Table, Tabs } from 'antd'
import { useMemo, useState } from 'react'
import { Link, useParams } from 'react-router'
import { query } from '../../api/client'
import { count, yuan } from '../../parts/words'
import { getRun, type Report } from './api'
import { span } from './words'

export function Page() {
  const run = useParams().run ?? ''
  const q = useQuery({ queryKey: ['run', run], queryFn: () => getRun(run), staleTime: Infinity })
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  if (!q.data) return <Skeleton active />
  const r = q.data
  return (
    <div style={{ display: 'grid', gap: 10, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      {(r.no_points ?? []).length > 0 && (
        <Alert
          type="warning" showIcon title={`${r.points ? '' : '知识库是空的，'}没有知识点，${r.no_points!.length} 张卡因此没有判`}
          description={<>{r.no_points!.join('、')}。没有疑点不等于没有问题：请在“<Link to="/library/points">知识库</Link>”核对，用 mingjian knowledge import 导入国家两库或本地知识点，再审一次。</>}
        />
      )}
      <Card size="small" title={`第 ${r.run} 次审核`}>
        <Descriptions
          size="small" column={4}
          items={[
            { key: 'm', label: '月份', children: months(r.months ?? []) },
            { key: 'p', label: '人', children: count(r.persons) },
            { key: 'l', label: '费用行', children: count(r.lines) },
            { key: 's', label: '用时', children: `${span(r.seconds)}，每秒 ${count(Math.round(r.lines / Math.max(r.seconds, 0.001)))} 行` },
            { key: 'u', label: '没有配对的冲正', children: count(r.unpaired) },
            { key: 'b', label: '计费时间不可信', children: `${count(r.batched?.length ?? 0)} 个机构与项目` },
            { key: 'g', label: '与清算总额不符', children: `${count(r.completeness?.length ?? 0)} 处` },
            { key: 'c', label: '本地规则没有装入', children: `${count(r.refused_cards?.length ?? 0)} 处错误` },
          ]}
        />
      </Card>
      <Card size="small">
        <Tabs
          size="small"
          items={[
            { key: 'c', label: '各规则', children: <Cards r={r} /> },
            { key: 'n', label: `未判 ${count((r.not_judged ?? []).reduce((n, x) => n + x.count, 0))} 项次`, children: <NotJudged r={r} /> },
            { key: 'x', label: `与上次相比的变化`, children: <Changes r={r} /> },
          ]}
        />
      </Card>
    </div>
  )
}

const months = (ms: string[]) => (ms.length > 3 ? `${ms[0]} 至 ${ms[ms.length - 1]}，${ms.length} 个月` : ms.join('、'))

function Cards({ r }: { r: Report }) {
  const rows = useMemo(
    () => Object.entries(r.rules ?? {}).map(([id, x]) => ({ id, ...x, micros: r.micros?.[id] ?? 0 })).sort((a, b) => b.charged_fen - a.charged_fen || a.id.localeCompare(b.id)),
    [r],
  )
  type Row = (typeof rows)[number]
  const by = (f: (x: Row) => number) => (a: Row, b: Row) => f(a) - f(b)
  return (
    <Table<Row>
      size="small" rowKey="id" dataSource={rows} pagination={false} sticky
      columns={[
        { title: '规则', dataIndex: 'id', width: 90, render: (id: string) => <Link to={`/findings${query({ rule: id })}`}>{id}</Link>, sorter: (a, b) => a.id.localeCompare(b.id) },
        { title: '用时', dataIndex: 'micros', align: 'right', render: (n: number) => (n ? `${(n / 1000).toFixed(n < 10_000 ? 1 : 0)} 毫秒` : ''), sorter: by((x) => x.micros) },
        { title: '疑点', dataIndex: 'findings', align: 'right', render: count, sorter: by((x) => x.findings) },
        { title: '违规行', dataIndex: 'lines', align: 'right', render: count, sorter: by((x) => x.lines) },
        { title: '违规金额（元）', dataIndex: 'vola_fen', align: 'right', render: yuan, sorter: by((x) => x.vola_fen) },
        { title: '其中基金（元）', dataIndex: 'fund_fen', align: 'right', render: yuan, sorter: by((x) => x.fund_fen) },
        { title: '拟追（元）', dataIndex: 'charged_fen', align: 'right', render: yuan, sorter: by((x) => x.charged_fen) },
        { title: '新增', dataIndex: 'new', align: 'right', render: count },
        { title: '变更', dataIndex: 'revised', align: 'right', render: count },
        { title: '撤回', dataIndex: 'withdrawn', align: 'right', render: count },
        { title: '未判', dataIndex: 'not_judged', align: 'right', render: count, sorter: by((x) => x.not_judged) },
      ]}
    />
  )
}

function NotJudged({ r }: { r: Report }) {
  const [find, setFind] = useState('')
  const rows = (r.not_judged ?? []).filter((x) => !find || x.rule_id.includes(find.toUpperCase()) || x.fixmedins_code.includes(find) || x.reason.includes(find)).sort((a, b) => b.count - a.count)
  return (
    <>
      <p className="quiet" style={{ marginTop: 0 }}>未判：缺少规则要用的事实，不算命中，也不算合格。哪家机构缺什么，补传后重新审核。</p>
      <Input.Search allowClear placeholder="机构编码、规则或原因" onSearch={setFind} style={{ width: 260, marginBottom: 8 }} />
      <Table
        size="small" rowKey={(x) => `${x.rule_id} ${x.fixmedins_code} ${x.reason}`} dataSource={rows} pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description="没有未判的" /> }}
        columns={[
          { title: '机构', dataIndex: 'fixmedins_code', width: 160, render: (s: string) => s || '全部机构' },
          { title: '规则', dataIndex: 'rule_id', width: 100 },
          { title: '原因', dataIndex: 'reason' },
          { title: '项次', dataIndex: 'count', width: 120, align: 'right', render: count },
        ]}
      />
    </>
  )
}

function Changes({ r }: { r: Report }) {
  const t = r.change_totals ?? {}
  return (
    <>
      <p style={{ marginTop: 0 }}>新增 {count(t.new ?? 0)}，不变 {count(t.same ?? 0)}，变更 {count(t.revised ?? 0)}，撤回 {count(t.withdrawn ?? 0)}</p>
      <Table
        size="small" rowKey={(c) => c.finding_id + c.what} pagination={false} dataSource={r.changes ?? []}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description="没有变更或撤回的疑点" /> }}
        columns={[
          { title: '月份', dataIndex: 'month', width: 90 },
          { title: '规则', dataIndex: 'rule_id', width: 90 },
          { title: '疑点', dataIndex: 'finding_id', width: 220, render: (id: string) => <Link to={`/findings/${id}`}>{id}</Link> },
          { title: '变化', dataIndex: 'what', width: 90 },
          { title: '原因', dataIndex: 'why' },
        ]}
      />
    </>
  )
}
