import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Card, Skeleton, Table, Tag } from 'antd'
import { Link } from 'react-router'
import { get } from '../../api/client'
import { useSession } from '../../api/session'
import { Who } from '../../parts/Who'
import { count } from '../../parts/words'
import { type DraftItem, shortTime } from './types'

export const draftColours: Record<string, string> = { 草稿: 'blue', 待批准: 'gold', 已批准: 'green', 已退回: 'orange', 已停用: 'default' }

// Models that are being made here.
export function Page() {
  const q = useQuery({ queryKey: ['model-drafts'], queryFn: () => get<{ items: DraftItem[] }>('/api/models/drafts?limit=200') })
  const { may } = useSession()
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  if (!q.data) return <Skeleton active />
  return (
    <Card size="small" title="做成模型：草稿 → 样例检查 → 历史试算 → 另一人批准 → 进模型库" extra={may('运行审核') && <Link to="/models/drafts/new"><Button size="small" type="primary">新的草稿</Button></Link>}>
      <Table<DraftItem>
        size="small" rowKey="draft_id" dataSource={q.data.items} pagination={{ pageSize: 50, size: 'small', hideOnSinglePage: true }} scroll={{ x: 860 }}
        locale={{ emptyText: '还没有草稿：在分析查询里点“做成模型”，或点“新的草稿”' }}
        columns={[
          { title: '编号', width: 70, dataIndex: 'model_id' },
          { title: '模型', render: (_, d) => <Link to={`/models/drafts/${d.draft_id}`}>{d.name}</Link> },
          { title: '状态', width: 90, render: (_, d) => <Tag color={draftColours[d.state]}>{d.state}</Tag> },
          { title: '样例', width: 80, render: (_, d) => (d.checked ? '通过' : '未过') },
          { title: '试算', width: 200, render: (_, d) => (d.trial ? `${count(d.trial.cases)} 例；新增 ${count(d.trial.added)}，不再 ${count(d.trial.lost)}` : '没有') },
          { title: '作者', width: 90, render: (_, d) => <Who login={d.author} /> },
          { title: '批准', width: 90, render: (_, d) => (d.approver ? <Who login={d.approver} /> : '') },
          { title: '改动', width: 140, render: (_, d) => shortTime(d.changed_at) },
        ]}
      />
    </Card>
  )
}
