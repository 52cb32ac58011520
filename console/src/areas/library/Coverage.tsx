import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Card, Empty, Progress, Table } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { call, get } from '../../api/client'
import type { components } from '../../api/schema'
import { useSession } from '../../api/session'
import { count, percent, wan, yuan } from '../../parts/words'
import { type Job, job } from './api'

type S = components['schemas']

const nothing = (text: string) => ({ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={text} /> })

// Covered says how much of a month's money the points speak of, and which large items none does.
export function Covered() {
  const q = useQuery({ queryKey: ['library-coverage'], queryFn: () => get<S['Covered']>('/api/library/coverage') })
  const client = useQueryClient()
  const { may } = useSession()
  const [run, setRun] = useState('')
  const again = useMutation({ mutationFn: () => call<Job>('POST', '/api/library/coverage'), onSuccess: (j) => setRun(j.job_id) })
  const j = useQuery({
    queryKey: ['job', run], enabled: !!run, refetchInterval: (x) => (x.state.data && x.state.data.state !== '等待' && x.state.data.state !== '进行' ? false : 1000),
    queryFn: async () => {
      const x = await job(run)
      if (x.state === '完成') for (const k of ['library-coverage', 'library-rows']) void client.invalidateQueries({ queryKey: [k] })
      return x
    },
  })
  const busy = again.isPending || (!!run && (!j.data || j.data.state === '等待' || j.data.state === '进行'))
  const c = q.data?.coverage
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  const whole = c?.fen ?? 0
  const part = (fen: number) => percent(fen, whole)
  return (
    <Card size="small" loading={q.isPending} title={<>覆盖　<span className="quiet" style={{ fontWeight: 400 }}>{c ? `${c.from && c.from !== c.month ? `${c.from} 至 ${c.month}` : c.month} 的费用里，有知识点点名的占多少（按金额，冲减后）；${new Date(q.data!.at).toLocaleString('zh-CN', { hour12: false })} 算` : '还没有算过'}</span></>}
      extra={(may('维护两库') || may('批准两库')) && <Button size="small" loading={busy} onClick={() => again.mutate()}>{c ? '重算' : '现在算'}</Button>}>
      {(again.error || j.data?.state === '失败') && <Alert type="error" showIcon title={again.error?.message ?? j.data?.message} style={{ marginBottom: 8 }} />}
      {!c && !q.isPending && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description="知识点点名的费用占多少、没有知识点的大项目，算过就在这里" />}
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

