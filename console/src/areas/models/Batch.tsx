import { useSession } from '../../api/session'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Alert, Button, Card, Descriptions, Skeleton, Table } from 'antd'
import { Link, useParams } from 'react-router'
import { get } from '../../api/client'
import { Who } from '../../parts/Who'
import { count, yuan } from '../../parts/words'
import { States } from './Batches'
import { below } from './layout'
import { type Batch, type BatchItem, shortTime } from './types'

// One batch with its findings.
export function Page() {
  const { id = '' } = useParams()
  const { session } = useSession()
  const q = useInfiniteQuery({
    queryKey: ['model-batch', id], initialPageParam: '', queryFn: ({ pageParam }) => get<Batch & { items: BatchItem[]; next: string }>(`/api/models/batches/${id}?limit=200&after=${pageParam}`),
    getNextPageParam: (p) => p.next || undefined,
  })
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  const b = q.data?.pages[0]
  if (!b) return <Skeleton active />
  return (
    <div style={below}>
      <Card size="small" title={`批次：${b.model_id} ${b.name}`} extra={<Link to="/models/batches">全部批次</Link>}>
        <Descriptions size="small" column={{ xs: 1, sm: 1, md: 2, lg: 3 }}>
          <Descriptions.Item label="送出">{shortTime(b.sent_at)}　<Who login={b.actor} /></Descriptions.Item>
          <Descriptions.Item label="来源">{b.run_id && !session?.admdvs ? <Link to={`/models/${b.run_id}/${b.model_id}`}>运行 {b.run_id}</Link> : b.run_id ? `运行 ${b.run_id}` : b.source}</Descriptions.Item>
          <Descriptions.Item label="状态"><States of={b.states} /></Descriptions.Item>
          <Descriptions.Item label="疑点">{count(b.findings)} 条，依据 {count(b.facts)} 次就诊或指标</Descriptions.Item>
          <Descriptions.Item label="涉及金额">{yuan(b.money)} 元（不是拟拒付）</Descriptions.Item>
          <Descriptions.Item label="说明">{b.why || '—'}</Descriptions.Item>
          <Descriptions.Item label="依据" span="filled">{b.basis}</Descriptions.Item>
        </Descriptions>
        {b.sql && <pre style={{ margin: 0, whiteSpace: 'pre-wrap' }}>{b.sql}</pre>}
      </Card>
      <Card size="small" title="疑点">
        <Table<BatchItem>
          size="small" rowKey="finding_id" dataSource={q.data!.pages.flatMap((p) => p.items)} pagination={false} sticky scroll={{ x: 760 }}
          columns={[
            { title: '机构', width: 240, render: (_, x) => <Link to={`/findings/${x.finding_id}`}>{x.fixmedins_name || x.fixmedins_code}{x.fixmedins_name && <span className="quiet"> {x.fixmedins_code}</span>}</Link> },
            { title: '说明', dataIndex: 'cont', ellipsis: true },
            { title: '状态', width: 90, dataIndex: 'state' },
            { title: '人', width: 60, align: 'right', render: (_, x) => count(x.persons) },
            { title: '涉及金额（元）', width: 130, align: 'right', render: (_, x) => yuan(x.money) },
          ]}
        />
        {q.hasNextPage && <Button style={{ marginTop: 8 }} loading={q.isFetchingNextPage} onClick={() => q.fetchNextPage()}>再取一些</Button>}
      </Card>
    </div>
  )
}
