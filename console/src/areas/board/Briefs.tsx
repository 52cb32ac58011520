import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Card, DatePicker, Input, Segmented, Select, Skeleton, Space, Table, Tabs } from 'antd'
import dayjs from 'dayjs'
import { lazy, Suspense, useState } from 'react'
import { useSearchParams } from 'react-router'
import { get, query } from '../../api/client'
import type { components } from '../../api/schema'
import { useSession } from '../../api/session'
import { Plans } from './Plans'

const Chart = lazy(() => import('../../parts/Chart'))

type Form = components['schemas']['Form']
type Preview = components['schemas']['Preview']
type Block = components['schemas']['PreviewBlock']
type Drawn = components['schemas']['PreviewChart']

// Page is the papers that are made when somebody asks, and those that make themselves.
export function Page() {
  const [params, setParams] = useSearchParams()
  const forms = useQuery({ queryKey: ['briefs'], queryFn: () => get<{ items: Form[] | null }>('/api/board/briefs') })
  return (
    <Tabs
      activeKey={params.get('tab') ?? 'now'} onChange={(k) => setParams(k === 'now' ? {} : { tab: k })} destroyOnHidden
      items={[{ key: 'now', label: '现在出', children: <Now /> }, { key: 'plans', label: '定期报表', children: <Plans forms={forms.data?.items ?? []} /> }]}
    />
  )
}

// Now: choose the form, the months and the area; look; take the file.
function Now() {
  const [params, setParams] = useSearchParams()
  const { session } = useSession()
  const [area, setArea] = useState(params.get('admdvs') ?? '')
  const last = dayjs().subtract(1, 'month').format('YYYY-MM')
  const form = params.get('form') ?? 'briefing'
  const w = { from: params.get('from') ?? '', to: params.get('to') ?? '', admdvs: params.get('admdvs') ?? '', against: params.get('against') ?? '上年同期' }
  const set = (parts: Record<string, string>) =>
    setParams((p) => {
      for (const [k, v] of Object.entries(parts)) v ? p.set(k, v) : p.delete(k)
      return p
    })
  const forms = useQuery({ queryKey: ['briefs'], queryFn: () => get<{ items: Form[] | null }>('/api/board/briefs') })
  const q = useQuery({ queryKey: ['brief', form, w], queryFn: () => get<Preview>(`/api/board/briefs/${form}/preview${query(w)}`), retry: false })
  const file = (kind: string) => `/api/board/briefs/${form}${query({ ...w, kind })}`
  return (
    <div style={{ display: 'grid', gap: 10, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <Space wrap>
        <Select value={form} style={{ width: 250 }} aria-label="哪一种" onChange={(v) => set({ form: v })} options={(forms.data?.items ?? []).map((f) => ({ value: f.form, label: f.title, title: f.about }))} />
        <DatePicker.RangePicker
          picker="month" value={w.from ? [dayjs(`${w.from}-01`), dayjs(`${w.to || w.from}-01`)] : null} placeholder={['起月', '止月']} presets={[{ label: '上个月', value: [dayjs(`${last}-01`), dayjs(`${last}-01`)] }]}
          onChange={(d) => set(d?.[0] && d[1] ? { from: d[0].format('YYYY-MM'), to: d[1].format('YYYY-MM') } : { from: '', to: '' })}
        />
        <Segmented options={['上年同期', '上年全年']} value={w.against} onChange={(v) => set({ against: String(v) })} aria-label="和什么比" />
        <Input.Search value={area} onChange={(e) => setArea(e.target.value)} onSearch={(v) => set({ admdvs: v.trim() })} placeholder={session?.admdvs ? `区划 ${session.admdvs} 之内` : '区划代码，不写为全部'} allowClear style={{ width: 220 }} aria-label="区划" maxLength={6} />
        <Button type="primary" href={file('docx')} disabled={!q.data}>下载 Word</Button>
        <Button href={file('pdf')} disabled={!q.data}>下载 PDF</Button>
      </Space>
      <span className="quiet">{forms.data?.items?.find((f) => f.form === form)?.about}。数字都出自指标字典；模板可以改成本局的，办法见《运维手册》。</span>
      {q.error ? <Alert type="error" showIcon title={q.error.message} /> : !q.data ? <Skeleton active /> : <Sheet p={q.data} />}
    </div>
  )
}

function Sheet({ p }: { p: Preview }) {
  return (
    <Card style={{ maxWidth: 900 }} styles={{ body: { padding: '24px 32px' } }}>
      <div style={{ textAlign: 'center', color: '#c00000', fontSize: 28, fontWeight: 700, borderBottom: '2px solid #c00000', paddingBottom: 8 }}>{p.head}</div>
      {p.number && <div style={{ textAlign: 'center' }}>{p.number}</div>}
      <h1 style={{ textAlign: 'center', fontSize: 20, margin: '14px 0' }}>{p.title}</h1>
      {(p.blocks ?? []).map((b, i) => <One key={i} b={b} />)}
    </Card>
  )
}

function One({ b }: { b: Block }) {
  const text = (b.text ?? []).map((s, i) => (s.bold ? <b key={i}>{s.text}</b> : <span key={i}>{s.text}</span>))
  switch (b.kind) {
    case 'heading':
      return <h2 style={{ fontSize: 15, margin: '10px 0 6px' }}>{text}</h2>
    case 'charts':
      return <div style={{ display: 'grid', gap: 8, gridTemplateColumns: `repeat(auto-fit, minmax(min(100%, 340px), 1fr))` }}>{(b.charts ?? []).map((c) => <Bars key={c.title} c={c} />)}</div>
    case 'table':
      return (
        <Table
          size="small" bordered pagination={false} rowKey={(r) => r.join('|')} dataSource={(b.rows ?? []).map((r) => r ?? [])} style={{ margin: '6px 0' }} scroll={{ x: 'max-content' }}
          columns={(b.head ?? []).map((h, i) => ({ title: h, key: i, align: (b.align?.[i] ?? 'left') as 'left', render: (_: unknown, r: string[]) => r[i] }))}
        />
      )
  }
  return <p style={{ margin: '4px 0', lineHeight: 1.8, textIndent: b.right ? 0 : '2em', textAlign: b.right ? 'right' : undefined }}>{text}</p>
}

function Bars({ c }: { c: Drawn }) {
  const names = { type: 'category' as const, data: c.names ?? [], axisLabel: { width: 120, overflow: 'truncate' as const, fontSize: 11 }, inverse: c.across }
  const values = { type: 'value' as const, axisLabel: { fontSize: 10 } }
  const option = {
    title: { text: c.unit ? `${c.title}（${c.unit}）` : c.title, left: 0, textStyle: { fontSize: 13 } }, tooltip: { trigger: 'axis' }, legend: (c.series ?? []).length > 1 ? { top: 2, right: 0, itemWidth: 14 } : undefined,
    grid: { left: c.across ? 130 : 44, right: 40, top: 34, bottom: 22 }, xAxis: c.across ? { ...values, show: false } : names, yAxis: c.across ? names : values,
    series: (c.series ?? []).map((s) => ({ name: s.name, type: 'bar', itemStyle: { color: s.colour }, label: c.across ? { show: true, position: 'right', fontSize: 10 } : undefined, data: (s.values ?? []).map(Number) })),
  }
  return <Suspense fallback={<Skeleton active />}><Chart option={option} height={220} label={c.title} /></Suspense>
}
