import { useQuery } from '@tanstack/react-query'
import { Alert, Card, Skeleton, Table, Tag } from 'antd'
import { Link } from 'react-router'
import { get } from '../../api/client'
import { Severity } from '../../parts/Severity'
import { Who } from '../../parts/Who'
import { count, wan, yuan } from '../../parts/words'
import { type Batch, type Totals, shortTime } from './types'

// The batches that were sent to the closed loop, and how far they have come.
export function Page() {
  const q = useQuery({ queryKey: ['model-batches'], queryFn: () => get<{ items: Batch[]; totals: Totals }>('/api/models/batches?limit=200') })
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  if (!q.data) return <Skeleton active />
  const t = q.data.totals
  const [sum, unit] = wan(t.money)
  return (
    <Card size="small" title={`模型批次：${t.kinds} 类、${t.batches} 批、${count(t.findings)} 条疑点（依据 ${count(t.facts)} 次就诊或指标），涉及金额 ${sum} ${unit}`}>
      <p className="quiet" style={{ marginTop: 0 }}>金额是涉及金额，模型本身不计拟拒付。同一模型送过的就诊不再送。</p>
      <Table<Batch>
        size="small" rowKey="batch_id" dataSource={q.data.items} pagination={{ pageSize: 50, size: 'small', hideOnSinglePage: true }} sticky scroll={{ x: 960 }}
        locale={{ emptyText: '还没有批次：在模型结果或分析查询里点“送闭环”' }}
        columns={[
          { title: '送出', width: 140, render: (_, b) => <Link to={`/models/batches/${b.batch_id}`}>{shortTime(b.sent_at)}</Link> },
          { title: '来源', width: 60, dataIndex: 'source' },
          { title: '模型', ellipsis: true, render: (_, b) => `${b.model_id} ${b.name}` },
          { title: '程度', width: 100, render: (_, b) => <Severity level={b.severity} /> },
          { title: '送出人', width: 90, render: (_, b) => <Who login={b.actor} /> },
          { title: '疑点', width: 80, align: 'right', render: (_, b) => count(b.findings) },
          { title: '就诊/指标', width: 90, align: 'right', render: (_, b) => count(b.facts) },
          { title: '涉及金额（元）', width: 130, align: 'right', render: (_, b) => yuan(b.money) },
          { title: '状态', width: 260, render: (_, b) => <States of={b.states} /> },
        ]}
      />
    </Card>
  )
}

export function States({ of }: { of: Record<string, number> }) {
  return <>{Object.entries(of).map(([s, n]) => <Tag key={s} color={s === '关闭' ? 'default' : s === '已撤回' ? 'default' : s === '机审' ? 'blue' : s === '执行' ? 'green' : 'processing'}>{s} {count(n)}</Tag>)}</>
}
