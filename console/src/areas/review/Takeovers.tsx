import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Card, Empty, Space, Table, Tag } from 'antd'
import { Link, useNavigate } from 'react-router'
import { Drop } from '../../parts/Drop'
import { Who } from '../../parts/Who'
import { count } from '../../parts/words'
import { colours, fates, rowsIn, shelf, startTakeover, type Takeover, takeovers } from './takeover'

// The three tables, as bureaus fill them in: names of columns and an example.
const forms: [string, string, string][] = [
  ['旧规则对应表', '旧规则,现规则,备注', '3,A002,限性别用药'],
  ['旧疑点', '旧编号,旧规则,机构编码,人员编号,就诊号,结算号,明细号,结算月份,违规金额,基金金额,可扣金额,状态,送达日,收回月份,说明', 'Y2024-0001,3,H99010100001,P1,M1,S1,1,2024-11,100.00,70.00,100.00,关闭,,2024-12,限女性用药'],
  ['已收回总额', '机构编码,文号,行号,金额,到账日', 'H99010100001,医保追〔2024〕12号,1,5000.00,2024-12-20'],
]

function save(name: string, head: string, example: string) {
  const a = document.createElement('a')
  a.href = URL.createObjectURL(new Blob([`\ufeff${head}\r\n${example}\r\n`], { type: 'text/csv' }))
  a.download = `${name}.csv`
  a.click()
  URL.revokeObjectURL(a.href)
}

// Page takes the files of an older system, which are checked row by row before anything is taken over.
export function Page() {
  const navigate = useNavigate()
  const queries = useQueryClient()
  const q = useQuery({ queryKey: ['takeovers'], queryFn: takeovers })
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  return (
    <div style={{ display: 'grid', gap: 10, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <Card size="small" title="接管旧系统" extra={<Space size={4}><span className="quiet">表样：</span>{forms.map(([name, head, example]) => <Button key={name} size="small" type="link" onClick={() => save(name, head, example)}>{name}</Button>)}</Space>}>
        <Drop
          shelf={shelf} title="把旧系统的文件一起拖到这里，或点这里选择"
          hint="CSV（UTF-8 或 GB18030，可压缩为 gz）、Excel；认三种表：旧规则对应表、旧疑点（在办的和已收回的）、已收回的总额。先逐行检查，确认后才接管"
          onSent={async (ids) => {
            const t = await startTakeover(ids)
            await queries.invalidateQueries({ queryKey: ['takeovers'] })
            await navigate(`/takeover/${t.takeover_id}`)
          }}
        />
        <p className="quiet" style={{ margin: 0 }}>已收回的款从此占住那一费用行，新审核再命中也不重复收；收回月份记到当月，年度比较不受影响；没有人办过之前，可以整批撤销。</p>
      </Card>
      <Card size="small" title="做过的接管">
        <Table<Takeover>
          size="small" rowKey="takeover_id" loading={q.isPending} dataSource={q.data?.items ?? []} pagination={{ pageSize: 20, hideOnSinglePage: true }}
          locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description="还没有接管过旧系统" /> }}
          columns={[
            { title: '时间', dataIndex: 'made_at', width: 150, render: (s: string, t) => <Link to={`/takeover/${t.takeover_id}`}>{s.slice(0, 16).replace('T', ' ')}</Link> },
            { title: '谁', dataIndex: 'made_by', width: 100, render: (l: string) => <Who login={l} /> },
            { title: '文件', dataIndex: 'files', ellipsis: true },
            { title: '行', dataIndex: 'row_count', width: 80, align: 'right', render: count },
            ...fates.map((f) => ({ title: f, key: f, width: 70, align: 'right' as const, render: (_: unknown, t: Takeover) => count(rowsIn(t, f)) })),
            { title: '状态', dataIndex: 'state', width: 90, render: (s: string) => <Tag color={colours[s]}>{s}</Tag> },
          ]}
        />
      </Card>
    </div>
  )
}
