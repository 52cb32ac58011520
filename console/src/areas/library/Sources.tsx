import { useQuery } from '@tanstack/react-query'
import { Alert, Card, Empty, Table, Tabs } from 'antd'
import { useSearchParams } from 'react-router'
import { get } from '../../api/client'
import type { components } from '../../api/schema'
import { useSession } from '../../api/session'
import { count } from '../../parts/words'
import { rows } from './api'
import { Covered } from './Coverage'
import { Rows } from './Rows'
import { Sheets } from './Sheets'

type S = components['schemas']

const nothing = (text: string) => ({ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={text} /> })

// Page says where the points come from: the rows that wait for a ruling, the sheets taken in and what became of their rows, how much of the money the
// points speak of, and which local codes stand for national ones.
export function Page() {
  const { session, may } = useSession()
  const [params, setParams] = useSearchParams()
  const whole = may('维护两库') || may('批准两库')
  const q = useQuery({ queryKey: ['library-sources'], queryFn: () => get<S['Sources']>('/api/library/sources') })
  const ws = useQuery({ queryKey: ['library-rows'], queryFn: rows })
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  const open = (ws.data?.items ?? []).filter((x) => x.state === '未裁决').length
  const asked = (ws.data?.items ?? []).filter((x) => x.state === '待批').length
  return (
    <div className="fit" style={{ background: '#fff', padding: '4px 12px 12px', borderRadius: 4, overflow: 'auto' }}>
      <Tabs
        size="small" activeKey={params.get('tab') ?? 'rows'} onChange={(tab) => setParams({ tab }, { replace: true })}
        items={[
          { key: 'rows', label: `待裁决 ${ws.data ? count(open) : ''}${asked ? `，待确认 ${count(asked)}` : ''}`, children: <Rows /> },
          { key: 'sheets', label: '导入', children: <div style={{ display: 'grid', gap: 10, gridTemplateColumns: 'minmax(0, 1fr)' }}>{whole && <Sheets />}<Past rows={q.data?.imports ?? []} loading={q.isPending} /></div> },
          ...(session?.fixmedins_code ? [] : [{ key: 'coverage', label: '覆盖', children: <Covered /> }]),
          { key: 'maps', label: `编码对照 ${q.data ? count(q.data.map_count) : ''}`, children: <Maps rows={q.data?.maps ?? []} whole={q.data?.map_count ?? 0} loading={q.isPending} /> },
        ]}
      />
    </div>
  )
}

function Past({ rows, loading }: { rows: S['SourceImport'][]; loading: boolean }) {
  return (
    <Card size="small" title="知识库的各个版本">
      <Table<S['SourceImport']>
        size="small" rowKey="version" dataSource={rows} loading={loading} locale={nothing('还没有导入过')} pagination={{ pageSize: 10, hideOnSinglePage: true, size: 'small' }} scroll={{ x: 900 }}
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
  )
}

function Maps({ rows, whole, loading }: { rows: S['SourceMap'][]; whole: number; loading: boolean }) {
  return (
    <>
      <p className="quiet" style={{ margin: '0 0 8px' }}>本地编码按这里找国家编码的知识点；增改用“导入”交 code_map.csv{whole > rows.length && `；共 ${count(whole)} 条，列出前 ${count(rows.length)} 条`}</p>
      <Table<S['SourceMap']>
        size="small" rowKey={(m) => m.src_code + m.admdvs + m.begndate} dataSource={rows} loading={loading} locale={nothing('没有本地编码对照')} pagination={{ pageSize: 20, hideOnSinglePage: true, size: 'small' }} scroll={{ x: 700 }}
        columns={[
          { title: '本地编码', dataIndex: 'src_code', ellipsis: true }, { title: '国家编码', dataIndex: 'dst_code', ellipsis: true },
          { title: '区划', dataIndex: 'admdvs', width: 90, render: (v: string) => v || '全部' },
          { title: '有效', key: 'v', width: 210, render: (_, m) => `${m.begndate || '…'} 至 ${m.enddate || '…'}` },
        ]}
      />
    </>
  )
}
