import { useQuery } from '@tanstack/react-query'
import { Alert, Checkbox, Empty, InputNumber, Space, Spin, Table } from 'antd'
import { Suspense, lazy, useMemo, useState } from 'react'
import { network } from '../../api/trace'

const Chart = lazy(() => import('../../parts/Chart'))
const kinds = ['开出机构', '人员', '销售机构']
const colours = ['#1d4ed8', '#98a2b3', '#cf1322']

// The three parties stand in three columns, so that who brings what where can be read from left to right.
export function Page() {
  const [min, setMin] = useState(1)
  const [all, setAll] = useState(false)
  const q = useQuery({ queryKey: ['trace-network', min, all], queryFn: () => network(min, all) })
  const option = useMemo(() => {
    const nodes = q.data?.nodes ?? []
    const edges = q.data?.edges ?? []
    const top = Math.max(1, ...nodes.map((n) => n.boxes))
    const columns = kinds.map((k) => nodes.filter((n) => n.kind === k))
    const tall = Math.max(...columns.map((c) => c.length), 1)
    const placed = columns.flatMap((c, i) => c.map((n, j) => ({ name: n.id, category: i, x: 60 + i * 420, y: 30 + ((j + 0.5) * tall * 44) / Math.max(1, c.length), symbolSize: 10 + (n.boxes / top) * 26, value: n.boxes,
      label: { show: true, position: i === 0 ? 'left' : i === 2 ? 'right' : 'top', formatter: n.name || n.id.slice(3) } })))
    return {
      color: colours,
      tooltip: { formatter: (p: { dataType: string; name: string; value: number; data: { source?: string; target?: string } }) => (p.dataType === 'edge' ? `${p.data.source} → ${p.data.target}：${p.value} 盒` : `${p.name}：${p.value} 盒`) },
      legend: { data: kinds, top: 0, left: 0 },
      series: [{ type: 'graph', layout: 'none', roam: true, categories: kinds.map((name) => ({ name })), data: placed, left: 150, right: 150, top: 60, bottom: 30, preserveAspect: 'contain', edgeSymbol: ['none', 'arrow'], edgeSymbolSize: 7,
        links: edges.map((e) => ({ source: e.from, target: e.to, value: e.boxes, lineStyle: { width: 1 + Math.min(6, e.boxes), curveness: 0.08 } })), emphasis: { focus: 'adjacency' } }],
    }
  }, [q.data])
  const edges = q.data?.edges ?? []
  const names = new Map((q.data?.nodes ?? []).map((n) => [n.id, n.name]))
  const who = (id: string) => (names.get(id) ? <>{id.slice(0, 2)} {names.get(id)} <span className="quiet">{id.slice(3)}</span></> : id)
  return (
    <div style={{ background: '#fff', padding: 12, borderRadius: 4 }}>
      <Space wrap style={{ marginBottom: 8 }}>
        <span>至少 <InputNumber min={1} max={1000} value={min} onChange={(v) => setMin(v ?? 1)} style={{ width: 70 }} aria-label="至少多少盒" /> 盒的往来</span>
        <Checkbox checked={all} onChange={(e) => setAll(e.target.checked)}>不限于医院开出、药店卖出</Checkbox>
        <span className="quiet">共 {q.data?.boxes ?? 0} 盒先后售出两次。左：先开出的机构，中：得药的人，右：再卖出的机构</span>
      </Space>
      {q.error && <Alert type="error" showIcon title={q.error.message} />}
      {q.data && !edges.length && <Empty description="没有这样的往来：医院开出的码后来又在药店卖出，才会出现在这里" />}
      {edges.length > 0 && (
        <>
          <Suspense fallback={<Spin />}><Chart option={option} height={Math.min(760, Math.max(300, 90 + Math.max(...kinds.map((k) => (q.data?.nodes ?? []).filter((n) => n.kind === k).length)) * 48))} label={`回流网络：${q.data?.boxes} 盒`} /></Suspense>
          <Table size="small" rowKey={(e) => e.from + e.to} dataSource={edges} pagination={{ pageSize: 20, hideOnSinglePage: true }} columns={[{ title: '从', dataIndex: 'from', render: who }, { title: '到', dataIndex: 'to', render: who }, { title: '盒数', dataIndex: 'boxes', align: 'right', width: 90 }]} />
        </>
      )}
    </div>
  )
}
