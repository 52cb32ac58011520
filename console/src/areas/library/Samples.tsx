import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, DatePicker, Empty, Input, Space, Table, Tag } from 'antd'
import dayjs from 'dayjs'
import { useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { get } from '../../api/client'
import { useSession } from '../../api/session'
import { percent } from '../../parts/words'
import { type Precision, type Sheet, draw, judge, precisions, sheets } from './api'

const words: Record<string, string> = { right: '对', wrong: '错', unclear: '说不清' }

// A judge sees his own judgements; the other's only when both have judged.
export function Page() {
  const { may } = useSession()
  const { message } = App.useApp()
  const client = useQueryClient()
  const [params, setParams] = useSearchParams()
  const newest = useQuery({ queryKey: ['sample-month'], queryFn: () => get<{ month: string }>('/api/rules/sample-month'), staleTime: 600_000, retry: false })
  const month = params.get('month') ?? (newest.data?.month || (newest.isPending ? '' : dayjs().subtract(1, 'month').format('YYYY-MM')))
  const [notes, setNotes] = useState<Record<string, string>>({})
  const q = useQuery({ queryKey: ['library-samples', month], queryFn: () => sheets(month), retry: false, enabled: !!month })
  const ps = useQuery({ queryKey: ['library-precisions', month], queryFn: () => precisions(month), enabled: !!month })
  const again = () => { for (const k of ['library-samples', 'library-precisions']) void client.invalidateQueries({ queryKey: [k] }) }
  const take = useMutation({ mutationFn: () => draw(month), onSuccess: (r) => { message.success(r.drawn ? `抽了 ${r.drawn} 条` : '这个月没有可再抽的'); again() } })
  const say = useMutation({
    mutationFn: ({ s, v }: { s: Sheet; v: 'right' | 'wrong' | 'unclear' }) => judge(s.finding_id, v, notes[s.finding_id] ?? ''),
    onSuccess: (r) => { if (r.put_back) message.warning(r.put_back); again() }, onError: (e) => message.error(e.message),
  })
  const canJudge = ['初审', '复审', '合议', '稽核'].some(may)
  const canDraw = may('维护两库') || may('批准两库')
  const rows = q.data?.sheets ?? []
  const left = rows.filter((s) => !s.mine).length
  return (
    <div className="fit" style={{ background: '#fff', padding: 12, borderRadius: 4 }}>
      <Space wrap style={{ marginBottom: 10 }}>
        <DatePicker picker="month" value={month ? dayjs(month) : null} allowClear={false} onChange={(d) => d && setParams({ month: d.format('YYYY-MM') })} aria-label="月份" />
        {canDraw && <Button loading={take.isPending} onClick={() => take.mutate()}>抽取样本</Button>}
        <span className="quiet">每张卡 30 条，两人分别判；{rows.length > 0 && canJudge ? `您还有 ${left} 条没有判` : '判完准确率低于下限的卡自动退回影子'}</span>
      </Space>
      {(take.error ?? q.error) && <Alert type="error" showIcon title={(take.error ?? q.error)?.message} style={{ marginBottom: 8 }} />}
      {(ps.data ?? []).length > 0 && (
        <Table<Precision> size="small" rowKey="rule_id" pagination={{ pageSize: 6, hideOnSinglePage: true, size: 'small', showSizeChanger: false }} dataSource={ps.data ?? []} style={{ marginBottom: 10 }}
          columns={[
            { title: '规则', dataIndex: 'rule_id', width: 80, render: (r: string) => <Link to={`/library/cards/${r}`}>{r}</Link> }, { title: '抽取', dataIndex: 'drawn', align: 'right' }, { title: '两人都判了', dataIndex: 'both', align: 'right' },
            { title: '对', dataIndex: 'right', align: 'right' }, { title: '错', dataIndex: 'wrong', align: 'right' },
            { title: '准确率', key: 's', align: 'right', render: (_, p) => (p.both ? `${percent(p.share, 1)}（${percent(p.low, 1)}–${percent(p.high, 1)}）` : '—') },
            { title: '下限', dataIndex: 'bound', align: 'right', render: (b: number) => (b ? percent(b, 1) : '不设') }, { title: '', key: 'f', render: (_, p) => (p.failing ? <Tag color="red">低于下限</Tag> : null) },
          ]} />
      )}
      <div className="grow">
        <Table<Sheet>
          size="small" sticky rowKey="finding_id" dataSource={[...rows].sort((a, b) => Number(!!a.mine) - Number(!!b.mine))} loading={q.isPending} pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }}
          locale={{ emptyText: <Empty description="这个月还没有抽样" /> }}
          columns={[
            { title: '规则', dataIndex: 'rule_id', width: 80 },
            { title: '疑点', dataIndex: 'finding_id', width: 210, render: (f: string) => <Link to={`/findings/${f}`} target="_blank">{f}</Link> },
            { title: '我的判断', key: 'mine', width: 230, render: (_, s) => s.mine ? <b>{words[s.mine] ?? s.mine}</b> : canJudge ? (
              <Space size={4}>{(['right', 'wrong', 'unclear'] as const).map((v) => <Button key={v} size="small" danger={v === 'wrong'} loading={say.isPending && say.variables?.s === s && say.variables.v === v} onClick={() => say.mutate({ s, v })}>{words[v]}</Button>)}</Space>) : <span className="quiet">等评判人</span> },
            { title: '说明', key: 'note', render: (_, s) => (s.mine ? s.note : canJudge && <Input size="small" value={notes[s.finding_id] ?? ''} onChange={(e) => setNotes({ ...notes, [s.finding_id]: e.target.value })} placeholder="为什么（错的请写）" />) },
            { title: '另一人', dataIndex: 'other', width: 100, render: (o: string, s) => (s.full ? o.split('、').map((v) => words[v] ?? v).join('、') : <span className="quiet" title="两人都判了才显示">—</span>) },
          ]}
        />
      </div>
    </div>
  )
}
