import { DownloadOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Alert, Card, Skeleton, Table, Tag } from 'antd'
import { useParams } from 'react-router'
import { useSession } from '../../api/session'
import { count } from '../../parts/words'
import { getImport } from './api'
import { moment, span, tables } from './words'

export function Page() {
  const id = useParams().id ?? ''
  const { may } = useSession()
  const q = useQuery({ queryKey: ['import', id], queryFn: () => getImport(id) })
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  if (!q.data) return <Skeleton active />
  const r = q.data
  return (
    <div style={{ display: 'grid', gap: 10, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <Card size="small" title={`${moment(r.at)} 的导入`} extra={<span className="quiet">{r.by}，用时 {span(r.seconds)}</span>}>
        <Table
          size="small" rowKey="file" pagination={false} dataSource={r.files ?? []}
          columns={[
            { title: '文件', dataIndex: 'file', ellipsis: true },
            { title: '表', dataIndex: 'table', width: 160, render: (t: string) => <>{tables[t] ?? ''} <span className="quiet">{t}</span></> },
            { title: '行', dataIndex: 'rows', width: 100, align: 'right', render: count },
            { title: '入库', dataIndex: 'landed', width: 100, align: 'right', render: count },
            { title: '更正', dataIndex: 'corrected', width: 80, align: 'right', render: count },
            { title: '作废', dataIndex: 'withdrawn', width: 80, align: 'right', render: count },
            { title: '已有', dataIndex: 'known', width: 100, align: 'right', render: count },
            { title: '拒收', dataIndex: 'rejected', width: 80, align: 'right', render: (n: number) => (n ? <b style={{ color: '#cf1322' }}>{count(n)}</b> : 0) },
            { title: '说明', key: 'say', ellipsis: true, render: (_, f) => (f.error ? <Tag color="red">{f.error}</Tag> : [f.note, f.unknown_columns?.length ? `不认识的列：${f.unknown_columns.join('、')}` : ''].filter(Boolean).join('；')) },
          ]}
        />
      </Card>
      {(r.rejects ?? []).length > 0 && (
        <Card size="small" title="拒收的行">
          {(r.rejects ?? []).map((p) => {
            const name = p.split('/').pop() ?? ''
            return <p key={p} style={{ margin: 4 }}>{may('导出') ? <a href={`/api/data/imports/${id}/rejects/${name}`} download><DownloadOutlined /> {name}</a> : name}</p>
          })}
          <p className="quiet" style={{ margin: 4 }}>每行写明文件、行号、字段、值和原因，改好后重新导入即可；含个人信息，下载会记入操作日志。</p>
        </Card>
      )}
      {(r.flags ?? []).filter((f) => f.count > 0).length > 0 && (
        <Card size="small" title="已入库、但请看一看的">
          <Table
            size="small" rowKey={(f) => `${f.kind} ${f.table}`} pagination={false} dataSource={(r.flags ?? []).filter((f) => f.count > 0)}
            columns={[
              { title: '疑问', dataIndex: 'name' },
              { title: '表', dataIndex: 'table', width: 160, render: (t: string) => tables[t] ?? t },
              { title: '行', dataIndex: 'count', width: 100, align: 'right', render: count },
              { title: '例如', key: 's', ellipsis: true, render: (_, f) => (f.samples ?? []).slice(0, 2).map((s) => `${s.file} 第 ${s.row} 行 ${s.field}=${s.value}`).join('；') },
            ]}
          />
        </Card>
      )}
    </div>
  )
}
