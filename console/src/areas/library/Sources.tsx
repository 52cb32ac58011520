import { useQuery } from '@tanstack/react-query'
import { Alert, Card, Empty, Progress, Table } from 'antd'
import { Link } from 'react-router'
import { get } from '../../api/client'
import type { components } from '../../api/schema'
import { useSession } from '../../api/session'
import { count, percent, wan, yuan } from '../../parts/words'

type S = components['schemas']

const nothing = (text: string) => ({ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={text} /> })

// Covered says how much of a month's money the points speak of, and which large items none does.
function Covered() {
  const q = useQuery({ queryKey: ['library-coverage'], queryFn: () => get<S['Covered']>('/api/library/coverage') })
  const c = q.data?.coverage
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  const whole = c?.fen ?? 0
  const part = (fen: number) => percent(fen, whole)
  return (
    <Card size="small" loading={q.isPending} title={<>覆盖　<span className="quiet" style={{ fontWeight: 400 }}>{c ? `${c.month} 的费用里，有知识点点名的占多少（按金额，冲减后）；${new Date(q.data!.at).toLocaleString('zh-CN', { hour12: false })} 算` : '还没有算过：在服务器上运行 mingjian knowledge coverage --data 数据目录'}</span></>}>
      {c && (
        <div style={{ display: 'grid', gap: 12, gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 420px), 1fr))', alignItems: 'start' }}>
          <div>
            <Progress percent={whole ? Math.round((1000 * c.named.fen) / whole) / 10 : 0} status="normal" />
            <div className="quiet" style={{ marginBottom: 8 }}>{wan(c.named.fen).join(' ')} / {wan(whole).join(' ')}，{count(c.named.items)} / {count(c.items)} 个项目，{count(c.named.lines)} / {count(c.lines)} 行。没有知识点的，价格、重复、身份等不靠知识点的规则照样判</div>
            <Table<S['RuleNames']> size="small" rowKey="rule_id" dataSource={c.rules ?? []} pagination={{ pageSize: 8, hideOnSinglePage: true, size: 'small', showSizeChanger: false }} columns={[
              { title: '规则', dataIndex: 'rule_id', width: 66, render: (v: string) => <Link to={`/library/cards/${v}`}>{v}</Link> }, { title: '名称', dataIndex: 'name', ellipsis: true },
              { title: '项目', dataIndex: 'items', width: 60, align: 'right', render: count }, { title: '金额（元）', dataIndex: 'fen', width: 120, align: 'right', render: yuan }, { title: '占比', key: 's', width: 70, align: 'right', render: (_, x) => part(x.fen) },
            ]} />
          </div>
          <Table<S['OpenItem']> size="small" rowKey="hilist_code" title={() => '没有知识点的项目，按金额'} dataSource={c.open ?? []} locale={nothing('都有知识点')} pagination={{ pageSize: 8, hideOnSinglePage: true, size: 'small', showSizeChanger: false }} columns={[
            { title: '编码', dataIndex: 'hilist_code', width: 170, ellipsis: true }, { title: '名称', dataIndex: 'hilist_name', ellipsis: true },
            { title: '行', dataIndex: 'lines', width: 70, align: 'right', render: count }, { title: '金额（元）', dataIndex: 'fen', width: 120, align: 'right', render: yuan }, { title: '占比', key: 's', width: 70, align: 'right', render: (_, x) => part(x.fen) },
          ]} />
        </div>
      )}
    </Card>
  )
}

// Page says where the points come from: the sheets taken in and what became of their rows, what waits for a ruling, and which local codes stand for national ones.
export function Page() {
  const { session } = useSession()
  const q = useQuery({ queryKey: ['library-sources'], queryFn: () => get<S['Sources']>('/api/library/sources') })
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  const pendings = q.data?.pendings ?? []
  const maps = q.data?.maps ?? []
  const whole = q.data?.map_count ?? 0
  return (
    <div style={{ display: 'grid', gap: 10, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      {!session?.fixmedins_code && <Covered />}
      <Card size="small" title={<>待裁决　<span className="quiet" style={{ fontWeight: 400 }}>国家表里原文与限定值不一致的，没有裁决不生效；要按某种读法用起来，写成本局的知识点导入</span></>}>
        <Table<S['PendingGroup']>
          size="small" rowKey={(p) => p.rule_id + p.name + p.reason} dataSource={pendings} loading={q.isPending} locale={nothing('没有待裁决的')} pagination={{ pageSize: 20, hideOnSinglePage: true, size: 'small' }} scroll={{ x: 700 }}
          columns={[
            { title: '规则', dataIndex: 'rule_id', width: 70, render: (v: string) => <Link to={`/library/cards/${v}`}>{v}</Link> },
            { title: '通用名或项目', dataIndex: 'name', width: 240, ellipsis: true },
            { title: '为什么', dataIndex: 'reason' },
            { title: '编码数', dataIndex: 'points', width: 80, align: 'right', render: count },
          ]}
        />
      </Card>
      <Card size="small" title="导入过的表">
        <Table<S['SourceImport']>
          size="small" rowKey="version" dataSource={q.data?.imports ?? []} loading={q.isPending} locale={nothing('还没有导入过')} pagination={{ pageSize: 10, hideOnSinglePage: true, size: 'small' }} scroll={{ x: 900 }}
          columns={[
            { title: '版本', dataIndex: 'version', width: 60, align: 'right' },
            { title: '时间', dataIndex: 'at', width: 150, render: (t: string) => new Date(t).toLocaleString('zh-CN', { hour12: false }) },
            { title: '文件', key: 'f', ellipsis: true, render: (_, x) => (x.files ?? []).join('、') || '自带的示例知识点' },
            { title: '行', key: 'n', width: 80, align: 'right', render: (_, x) => count(x.rows.rows) },
            { title: '已用', key: 'u', width: 80, align: 'right', render: (_, x) => count(x.rows.used) },
            { title: '待裁决', key: 'p', width: 80, align: 'right', render: (_, x) => count(x.rows.pending) },
            { title: '不能用', key: 'x', width: 80, align: 'right', render: (_, x) => count(x.rows.unusable) },
            { title: '重复', key: 'd', width: 80, align: 'right', render: (_, x) => count(x.rows.duplicate) },
            { title: '等另一半', key: 'w', width: 90, align: 'right', render: (_, x) => count(x.rows.waiting) },
            { title: '生效知识点', dataIndex: 'live', width: 100, align: 'right', render: count },
          ]}
        />
      </Card>
      <Card size="small" title={<>编码对照　<span className="quiet" style={{ fontWeight: 400 }}>{count(whole)} 条{whole > maps.length && `，列出前 ${count(maps.length)} 条`}</span></>}>
        <Table<S['SourceMap']>
          size="small" rowKey={(m) => m.src_code + m.admdvs + m.begndate} dataSource={maps} loading={q.isPending} locale={nothing('没有本地编码对照')} pagination={{ pageSize: 20, hideOnSinglePage: true, size: 'small' }} scroll={{ x: 700 }}
          columns={[
            { title: '本地编码', dataIndex: 'src_code', ellipsis: true }, { title: '国家编码', dataIndex: 'dst_code', ellipsis: true },
            { title: '区划', dataIndex: 'admdvs', width: 90, render: (v: string) => v || '全部' },
            { title: '有效', key: 'v', width: 210, render: (_, m) => `${m.begndate || '…'} 至 ${m.enddate || '…'}` },
          ]}
        />
      </Card>
    </div>
  )
}
