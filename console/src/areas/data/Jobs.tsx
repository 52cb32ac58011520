import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Empty, Popconfirm, Progress, Space, Table, Tag } from 'antd'
import { useEffect, useRef } from 'react'
import { call } from '../../api/client'
import { Who } from '../../parts/Who'
import { going, type Job, listJobs } from './api'
import { moment, span } from './words'

const colours: Record<string, string> = { 等待: 'default', 进行: 'processing', 完成: 'success', 失败: 'error', 取消: 'default', 中断: 'warning' }

// Jobs shows imports and audits as they go, tells when one has ended, and asks what hangs on it again.
export function Jobs({ kind, also }: { kind: '导入' | '审核'; also: string[] }) {
  const queries = useQueryClient()
  const { message } = App.useApp()
  const q = useQuery({ queryKey: ['data-jobs'], queryFn: listJobs, refetchInterval: (x) => (x.state.data?.items?.some(going) ? 1000 : 15_000) })
  const jobs = (q.data?.items ?? []).filter((j) => j.kind === kind)
  const were = useRef(new Set<string>())
  useEffect(() => {
    for (const j of jobs) {
      if (going(j)) were.current.add(j.job_id)
      else if (were.current.delete(j.job_id)) {
        if (j.state === '完成') message.success(`${j.kind}做完了：${j.message}`)
        else message.warning(`${j.kind}${j.state}：${j.message}`, 8)
        for (const key of also) void queries.invalidateQueries({ queryKey: [key] })
      }
    }
  })
  const act = useMutation({
    mutationFn: ({ id, what }: { id: string; what: 'cancel' | 'resume' }) => call<Job>('POST', `/api/data/jobs/${id}/${what}`),
    onError: (e) => message.error(e.message),
    onSettled: () => queries.invalidateQueries({ queryKey: ['data-jobs'] }),
  })
  return (
    <Table<Job>
      size="small" rowKey="job_id" dataSource={jobs} pagination={false} loading={q.isPending}
      locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={`还没有${kind}任务`} /> }}
      columns={[
        { title: kind === '导入' ? '文件' : '范围', dataIndex: 'subject', ellipsis: true },
        { title: '状态', dataIndex: 'state', width: 80, render: (s: string) => <Tag color={colours[s]}>{s}</Tag> },
        { title: '进度', key: 'p', width: 170, render: (_, j) => <Bar j={j} /> },
        { title: '结果', dataIndex: 'message', width: 360 },
        { title: '谁', dataIndex: 'actor', width: 90, render: (l: string) => <Who login={l} /> },
        { title: '开始', dataIndex: 'made_at', width: 130, render: moment },
        {
          title: '', key: 'do', width: 80,
          render: (_, j) => (
            <Space>
              {going(j) && (
                <Popconfirm title="取消这个任务？" okText="取消任务" cancelText="不" onConfirm={() => act.mutate({ id: j.job_id, what: 'cancel' })}>
                  <Button size="small" type="link">取消</Button>
                </Popconfirm>
              )}
              {['中断', '失败', '取消'].includes(j.state) && <Button size="small" type="link" onClick={() => act.mutate({ id: j.job_id, what: 'resume' })}>接着做</Button>}
            </Space>
          ),
        },
      ]}
    />
  )
}

function Bar({ j }: { j: Job }) {
  if (j.state === '等待') return <span className="quiet">排队</span>
  if (j.state !== '进行') return <span className="quiet">{j.started_at && j.finished_at ? `用时 ${span((Date.parse(j.finished_at) - Date.parse(j.started_at)) / 1000)}` : ''}</span>
  const gone = (Date.now() - Date.parse(j.started_at)) / 1000
  const part = j.total > 0 ? j.done / j.total : 0
  return (
    <div>
      <Progress percent={Math.floor(part * 100)} size="small" />
      <span className="quiet" style={{ fontSize: 12 }}>已用 {span(gone)}{part > 0.02 && gone > 2 ? `，约剩 ${span((gone * (1 - part)) / part)}` : ''}</span>
    </div>
  )
}
