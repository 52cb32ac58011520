import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Card, Checkbox, DatePicker, Empty, Form, Input, Table } from 'antd'
import type { Dayjs } from 'dayjs'
import { Link, useNavigate } from 'react-router'
import { call } from '../../api/client'
import { count, yuan } from '../../parts/words'
import { type Job, listRuns, type RunItem } from './api'
import { Jobs } from './Jobs'
import { moment, span } from './words'

export function Page() {
  return (
    <div style={{ display: 'grid', gap: 10, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <Card size="small" title="开始审核">
        <Start />
        <Jobs kind="审核" also={['runs', 'tallies', 'findings']} />
      </Card>
      <Card size="small" title="做过的审核"><Runs /></Card>
    </div>
  )
}

function Start() {
  const { message } = App.useApp()
  const queries = useQueryClient()
  const start = useMutation({
    mutationFn: (v: { months?: [Dayjs, Dayjs]; rules?: string; force?: boolean }) =>
      call<Job>('POST', '/api/data/audits', {
        from: v.months?.[0].format('YYYY-MM'), to: v.months?.[1].format('YYYY-MM'), force: v.force || undefined,
        rules: v.rules?.split(/[\s,，、]+/).filter(Boolean).map((x) => x.toUpperCase()),
      }),
    onError: (e) => message.error(e.message, 6),
    onSettled: () => queries.invalidateQueries({ queryKey: ['data-jobs'] }),
  })
  return (
    <Form layout="inline" onFinish={(v) => start.mutate(v)} style={{ marginBottom: 10 }}>
      <Form.Item name="months" label="月份"><DatePicker.RangePicker picker="month" placeholder={['全部', '全部']} /></Form.Item>
      <Form.Item name="rules" label="只审规则"><Input placeholder="全部；或 A011,B023" allowClear style={{ width: 200 }} /></Form.Item>
      <Form.Item name="force" valuePropName="checked"><Checkbox>没有变化的月份也重审</Checkbox></Form.Item>
      <Button type="primary" htmlType="submit" loading={start.isPending}>开始审核</Button>
      <span className="quiet" style={{ alignSelf: 'center', marginLeft: 12 }}>离开这一页照样进行；取消或中断的从停下的地方接着做</span>
    </Form>
  )
}

function Runs() {
  const navigate = useNavigate()
  const q = useInfiniteQuery({ queryKey: ['runs'], queryFn: ({ pageParam }) => listRuns(pageParam), initialPageParam: '', getNextPageParam: (l) => l.next || undefined })
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  return (
    <>
      <Table<RunItem>
        size="small" rowKey="run" dataSource={q.data?.pages.flatMap((p) => p.items ?? []) ?? []} loading={q.isPending} pagination={false}
        onRow={(r) => ({ onClick: () => navigate(`/runs/${r.run}`), style: { cursor: 'pointer' } })}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description="还没有审核过：导入数据后点“开始审核”" /> }}
        columns={[
          { title: '次', dataIndex: 'run', width: 60, render: (n: number) => <Link to={`/runs/${n}`}>{n}</Link> },
          { title: '开始', dataIndex: 'started', width: 140, render: moment },
          { title: '月份', dataIndex: 'months', ellipsis: true, render: (m?: string[]) => m?.join('、') },
          { title: '人', dataIndex: 'persons', width: 100, align: 'right', render: count },
          { title: '费用行', dataIndex: 'lines', width: 120, align: 'right', render: count },
          { title: '用时', dataIndex: 'seconds', width: 100, align: 'right', render: span },
          { title: '每秒行数', key: 's', width: 110, align: 'right', render: (_, r) => (r.seconds > 0 ? count(Math.round(r.lines / r.seconds)) : '') },
          { title: '疑点', dataIndex: 'findings', width: 100, align: 'right', render: count },
          { title: '拟追（元）', dataIndex: 'charged_fen', width: 130, align: 'right', render: yuan },
          { title: '未判', dataIndex: 'not_judged', width: 110, align: 'right', render: count },
          { title: '没有知识点的卡', dataIndex: 'no_points', width: 120, align: 'right', render: (n?: number) => (n ? <b style={{ color: '#ad4e00' }}>{n}</b> : <span className="quiet">0</span>) },
        ]}
      />
      {q.hasNextPage && <Button block type="text" loading={q.isFetchingNextPage} onClick={() => q.fetchNextPage()}>再看 20 次</Button>}
    </>
  )
}
