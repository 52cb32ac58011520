import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, DatePicker, Empty, Segmented, Space, Table, Tag } from 'antd'
import dayjs from 'dayjs'
import { useMemo } from 'react'
import { Link, useSearchParams } from 'react-router'
import { get } from '../../api/client'
import { useSession } from '../../api/session'
import { percent } from '../../parts/words'
import { type Precision, type Sheet, cards, draw, precisions, sheets } from './api'
import { Judging } from './Judging'

const words: Record<string, string> = { right: '对', wrong: '错', unclear: '说不清' }

// A judge sees the case and his own judgements; the other's only when both have judged. Who keeps the library sees how the month stands.
export function Page() {
  const { may } = useSession()
  const { message } = App.useApp()
  const client = useQueryClient()
  const [params, setParams] = useSearchParams()
  const newest = useQuery({ queryKey: ['sample-month'], queryFn: () => get<{ month: string }>('/api/rules/sample-month'), staleTime: 600_000, retry: false })
  const month = params.get('month') ?? (newest.data?.month || (newest.isPending ? '' : dayjs().subtract(1, 'month').format('YYYY-MM')))
  const canJudge = ['初审', '复审', '合议', '稽核'].some(may)
  const canDraw = may('维护两库') || may('批准两库')
  const view = params.get('view') ?? (canJudge ? 'judge' : 'sum')
  const set = (more: Record<string, string>) => setParams((p) => { for (const [k, v] of Object.entries(more)) if (v) p.set(k, v); else p.delete(k); return p }, { replace: true })
  const q = useQuery({ queryKey: ['library-samples', month], queryFn: () => sheets(month), retry: false, enabled: !!month })
  const cs = useQuery({ queryKey: ['library-cards'], queryFn: cards })
  const names = useMemo(() => new Map((cs.data?.items ?? []).map((c) => [c.rule_id, c.name])), [cs.data])
  const again = () => { for (const k of ['library-samples', 'library-precisions']) void client.invalidateQueries({ queryKey: [k] }) }
  const take = useMutation({ mutationFn: () => draw(month), onSuccess: (r) => { message.success(r.drawn ? `抽了 ${r.drawn} 条` : '这个月没有可再抽的'); again() } })
  const rows = q.data?.sheets ?? []
  const left = rows.filter((s) => !s.mine && !s.full).length
  return (
    <div className="fit" style={{ background: '#fff', padding: 12, borderRadius: 4 }}>
      <Space wrap style={{ marginBottom: 10 }}>
        <DatePicker picker="month" value={month ? dayjs(month) : null} allowClear={false} onChange={(d) => d && setParams({ month: d.format('YYYY-MM') })} aria-label="月份" />
        {canJudge && <Segmented value={view} onChange={(v) => set({ view: v })} options={[{ value: 'judge', label: '判断' }, { value: 'mine', label: '我判过的' }, { value: 'sum', label: '各规则' }]} />}
        {canDraw && <Button loading={take.isPending} onClick={() => take.mutate()}>抽取样本</Button>}
        <span className="quiet">每条规则 30 条，两人分别判；{rows.length > 0 && canJudge ? `您还有 ${left} 条没有判` : '判完准确率低于下限的规则自动退回影子'}</span>
      </Space>
      {(take.error ?? q.error) && <Alert type="error" showIcon title={(take.error ?? q.error)?.message} style={{ marginBottom: 8 }} />}
      {view === 'judge' && canJudge && <Judging month={month} rows={rows} names={names} loading={q.isPending} again={again} at={params.get('finding') ?? ''} go={(f) => set({ finding: f })} />}
      {view === 'mine' && canJudge && <Mine rows={rows.filter((s) => s.mine)} names={names} />}
      {(view === 'sum' || !canJudge) && <Sums month={month} names={names} drawn={rows.length} />}
    </div>
  )
}

// Mine is what one has judged; the other's answer when both are in.
function Mine({ rows, names }: { rows: Sheet[]; names: Map<string, string> }) {
  return (
    <div className="grow">
      <Table<Sheet>
        size="small" sticky rowKey="finding_id" dataSource={rows} pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }} locale={{ emptyText: <Empty description="这个月还没有判过" /> }}
        columns={[
          { title: '规则', dataIndex: 'rule_id', width: 300, ellipsis: true, render: (r: string) => <><b>{r}</b> {names.get(r)}</> },
          { title: '我的判断', dataIndex: 'mine', width: 96, render: (v: string) => <b>{words[v] ?? v}</b> },
          { title: '另一人', dataIndex: 'other', width: 96, render: (o: string, s) => (s.full ? o.split('、').map((v) => words[v] ?? v).join('、') : <span className="quiet" title="两人都判了才显示">还没有判</span>) },
          { title: '说明', dataIndex: 'note', ellipsis: true },
          { title: '', key: 'f', width: 90, render: (_, s) => (s.full ? <Link to={`/findings/${s.finding_id}`}>看疑点</Link> : null) },
        ]}
      />
    </div>
  )
}

// Sums is the precision of each rule.
function Sums({ month, names, drawn }: { month: string; names: Map<string, string>; drawn: number }) {
  const ps = useQuery({ queryKey: ['library-precisions', month], queryFn: () => precisions(month), enabled: !!month })
  return (
    <div className="grow">
      <Table<Precision> size="small" sticky rowKey="rule_id" loading={ps.isPending} pagination={false} dataSource={ps.data ?? []} locale={{ emptyText: <Empty description={drawn ? '没有' : '这个月还没有抽样'} /> }}
        columns={[
          { title: '规则', dataIndex: 'rule_id', ellipsis: true, render: (r: string) => <Link to={`/library/cards/${r}`}><b>{r}</b> {names.get(r)}</Link> },
          { title: '抽取', dataIndex: 'drawn', width: 80, align: 'right' }, { title: '两人都判了', dataIndex: 'both', width: 110, align: 'right' },
          { title: '对', dataIndex: 'right', width: 70, align: 'right' }, { title: '错', dataIndex: 'wrong', width: 70, align: 'right' }, { title: '另议', dataIndex: 'open', width: 70, align: 'right' },
          { title: '准确率（95% 区间）', key: 's', width: 200, align: 'right', render: (_, p) => (p.right + p.wrong ? `${percent(p.share, 1)}（${percent(p.low, 1)}–${percent(p.high, 1)}）` : '—') },
          { title: '下限', dataIndex: 'bound', width: 90, align: 'right', render: (b: number) => (b ? percent(b, 1) : '不设') }, { title: '', key: 'f', width: 100, render: (_, p) => (p.failing ? <Tag color="red">低于下限</Tag> : null) },
        ]} />
    </div>
  )
}
