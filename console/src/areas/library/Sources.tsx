import { useQuery } from '@tanstack/react-query'
import { Alert, Card, Empty, Table } from 'antd'
import { Link } from 'react-router'
import { get } from '../../api/client'
import type { components } from '../../api/schema'
import { count } from '../../parts/words'

type S = components['schemas']

const nothing = (text: string) => ({ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={text} /> })

// Page says where the points come from: the sheets taken in and what became of their rows, what waits for a ruling, and which local codes stand for national ones.
export function Page() {
  const q = useQuery({ queryKey: ['library-sources'], queryFn: () => get<S['Sources']>('/api/library/sources') })
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  const pendings = q.data?.pendings ?? []
  const maps = q.data?.maps ?? []
  const whole = q.data?.map_count ?? 0
  return (
    <div style={{ display: 'grid', gap: 10, gridTemplateColumns: 'minmax(0, 1fr)' }}>
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
