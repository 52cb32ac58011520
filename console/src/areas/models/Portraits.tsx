import { useQuery } from '@tanstack/react-query'
import { Alert, Card, Input, Skeleton, Space, Table, Tabs, Tag } from 'antd'
import { Link, useSearchParams } from 'react-router'
import { get, query } from '../../api/client'
import { count, yuan } from '../../parts/words'

export interface Measure { id: string; title: string; unit: string; weight: number }
export interface Kind { id: string; title: string; peers: string; measures: Measure[] }
export interface Figure { measure: string; value: number; peer: number; percentile: number; part: number }
export interface Portrait { id: string; key: string[]; names?: string[]; admdvs?: string; dept?: string; peers: number; score: number; scored: boolean; figures: Figure[]; findings: number; charged: number }
// titled is what a subject is called: its names where it has some, with the code that tells it apart.
export const titled = (p: Portrait) => (p.names?.length ? `${p.names.join(' · ')}` : p.key.join(' · '))

export interface Weights { by: Record<string, number>; labels: number; positive: number; note: string }

export function shown(m: Measure | undefined, v: number) {
  if (m?.unit === '分') return yuan(v)
  if (m?.unit === '%') return `${(v * 100).toFixed(1)}%`
  return Number.isInteger(v) ? count(v) : v.toFixed(2)
}

// Subjects of a kind by their score: where to look first.
export function Page() {
  const [at, setAt] = useSearchParams()
  const kind = at.get('kind') ?? 'institution'
  const find = at.get('find') ?? ''
  const q = useQuery({ queryKey: ['portraits', kind, find], queryFn: () => get<{ kind: Kind; weights: Weights; total: number; cut: boolean; items: Portrait[] }>(`/api/models/portraits/${kind}${query({ find })}`) })
  const kinds = useQuery({ queryKey: ['portrait-kinds'], queryFn: () => get<Kind[]>('/api/models/portraits'), staleTime: Infinity })
  const measures = q.data?.kind.measures ?? []
  const parts = (p: Portrait) => p.figures.filter((f) => f.part > 0).sort((a, b) => b.part - a.part).slice(0, 3)
  return (
    <Card size="small" title="智能画像：与同行比，先看谁">
      <Tabs size="small" activeKey={kind} onChange={(k) => setAt({ kind: k })} items={(kinds.data ?? []).map((k) => ({ key: k.id, label: k.title }))} />
      {q.error && <Alert type="error" showIcon title={q.error.message} />}
      {!q.data && !q.error && <Skeleton active />}
      {q.data && (
        <>
          <Space style={{ marginBottom: 8 }} wrap>
            <Input.Search size="small" allowClear defaultValue={find} placeholder="名称或编号的一部分" onSearch={(v) => setAt({ kind, ...(v ? { find: v } : {}) })} style={{ width: 220 }} aria-label="按名称或编号找" />
            <span className="quiet">{count(q.data.total)} 个{q.data.kind.title}{q.data.cut && '（太多，没有全部画）'}；同行是{q.data.kind.peers}。风险分是各指标超出同行中间水平的部分相加，不是疑点。{q.data.weights.note}（标签 {q.data.weights.labels} 个）。</span>
          </Space>
          <Table<Portrait>
            size="small" rowKey="id" dataSource={q.data.items} pagination={{ pageSize: 50, size: 'small' }} sticky scroll={{ x: 1040 }}
            columns={[
              { title: q.data.kind.title, width: 260, render: (_, p) => <><Link to={`/models/portraits/${kind}/${encodeURIComponent(p.id)}`}>{titled(p)}</Link>{p.names?.length ? <div className="quiet">{p.key.join(' · ')}</div> : null}</> },
              { title: '风险分', width: 130, align: 'right', sorter: (a, b) => a.score - b.score, render: (_, p) => (p.scored ? <span><Bar v={p.score} /> {p.score.toFixed(1)}</span> : <span className="quiet" title={`同行只有 ${p.peers} 个`}>同行太少</span>) },
              { title: '主要来自', width: 260, render: (_, p) => parts(p).map((f) => { const m = measures.find((x) => x.id === f.measure); return <Tag key={f.measure} title={`同行中位数 ${shown(m, f.peer)}，百分位 ${(f.percentile * 100).toFixed(0)}`}>{m?.title} {shown(m, f.value)}（+{f.part.toFixed(1)}）</Tag> }) },
              { title: '同行', width: 60, align: 'right', dataIndex: 'peers' },
              ...measures.filter((m) => m.id === 'visits' || m.id === 'fund').map((m) => ({ title: m.unit === '分' ? `${m.title}（元）` : m.title, width: 120, align: 'right' as const, render: (_: unknown, p: Portrait) => { const f = p.figures.find((x) => x.measure === m.id); return f ? shown(m, f.value) : '' } })),
              { title: '疑点', width: 70, align: 'right', sorter: (a, b) => a.findings - b.findings, render: (_, p) => (kind === 'department' || kind === 'doctor' ? <span className="quiet" title="所在机构的疑点">{count(p.findings)}</span> : count(p.findings)) },
              { title: '拟扣（元）', width: 110, align: 'right', render: (_, p) => yuan(p.charged) },
            ]}
          />
        </>
      )}
    </Card>
  )
}

function Bar({ v }: { v: number }) {
  return <span aria-hidden style={{ display: 'inline-block', width: 50, height: 8, background: '#f0f0f0', verticalAlign: 'middle' }}><span style={{ display: 'block', width: `${Math.min(100, v)}%`, height: 8, background: '#d46b08' }} /></span>
}
