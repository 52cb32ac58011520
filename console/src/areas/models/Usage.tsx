import { useQuery } from '@tanstack/react-query'
import { Alert, Card, Input, Skeleton, Table, Tabs } from 'antd'
import { Suspense, lazy, useMemo } from 'react'
import { Link, useSearchParams } from 'react-router'
import { get } from '../../api/client'
import { count, yuan } from '../../parts/words'
import { below, beside, part } from './layout'
import { called } from './names'
import { type Grid, monthWord, recs } from './types'

const Chart = lazy(() => import('../../parts/Chart'))
const price = (millionth: number) => (millionth / 1e6).toFixed(2)
const rise = (now: number, before: number) => (before > 0 ? (now - before) / before : undefined)
const riseWord = (r?: number) => (r === undefined ? '新用' : `${r >= 0 ? '↑' : '↓'}${Math.abs(r * 100).toFixed(1)}%`)

// What is used: quantity, money, growth, price; one of them by month, institution and doctor.
export function Page() {
  const [at, setAt] = useSearchParams()
  const kind = at.get('kind') ?? 'drug'
  const item = at.get('item') ?? ''
  const q = useQuery({ queryKey: ['usage', kind], queryFn: () => get<Grid>(`/api/models/usage?kind=${kind}&limit=1000`), staleTime: 300_000 })
  const names = q.data?.names
  const find = at.get('find') ?? ''
  const all = useMemo(() => recs(q.data).filter((x) => !find || called(names?.items, x.item as string).includes(find)), [q.data, find]) // eslint-disable-line
  return (
    <div style={below}>
      {item && <One item={item} />}
      <Card size="small" title="使用情况监测（近十二个月；增长为最近整月比上一月）">
        <Tabs size="small" activeKey={kind} onChange={(k) => setAt({ kind: k })} items={[{ key: 'drug', label: '药品' }, { key: 'consumable', label: '耗材' }, { key: 'item', label: '诊疗项目' }]} />
        <Input.Search size="small" allowClear defaultValue={find} placeholder="名称或编码的一部分" onSearch={(v) => setAt({ kind, ...(v ? { find: v } : {}) })} style={{ width: 240, marginBottom: 8 }} aria-label="按名称或编码找" />
        {q.error && <Alert type="error" showIcon title={q.error.message} />}
        {!q.data && !q.error && <Skeleton active />}
        {q.data && (
          <Table
            size="small" rowKey="item" dataSource={all} pagination={{ pageSize: item ? 10 : 30, size: 'small' }} sticky scroll={{ x: 1180 }} rowClassName={(x) => (x.item === item ? 'ant-table-row-selected' : '')}
            columns={[
              { title: '名称、编码', ellipsis: true, width: 300, render: (_, x) => <><Link to={`/models/usage?kind=${kind}&item=${x.item}`}>{names?.items?.[x.item] ?? x.item}</Link> <span className="quiet">{names?.items?.[x.item] ? x.item : ''}</span></> },
              { title: '金额（元）', width: 130, align: 'right', sorter: (a, b) => a.money - b.money, render: (_, x) => yuan(x.money) },
              { title: '数量', width: 110, align: 'right', sorter: (a, b) => a.cnt - b.cnt, render: (_, x) => count(x.cnt / 1e4) },
              { title: '最近整月', width: 110, align: 'right', sorter: (a, b) => a.now - b.now, render: (_, x) => yuan(x.now) },
              { title: '增长', width: 90, align: 'right', sorter: (a, b) => (rise(a.now, a.before) ?? 99) - (rise(b.now, b.before) ?? 99), render: (_, x) => riseWord(rise(x.now, x.before)) },
              { title: '机构', width: 76, align: 'right', sorter: (a, b) => a.insts - b.insts, dataIndex: 'insts' },
              { title: '医师', width: 70, align: 'right', dataIndex: 'doctors' }, { title: '人', width: 80, align: 'right', render: (_, x) => count(x.persons) },
              { title: '单价中位（元）', width: 110, align: 'right', render: (_, x) => price(x.price) },
              { title: '最低—最高', width: 130, align: 'right', render: (_, x) => `${price(x.low)} — ${price(x.high)}` },
              { title: '最高/中位', width: 90, align: 'right', sorter: (a, b) => a.high / a.price - b.high / b.price, render: (_, x) => (x.price > 0 ? (x.high / x.price).toFixed(2) : '') },
            ]}
          />
        )}
      </Card>
    </div>
  )
}

function One({ item }: { item: string }) {
  const q = useQuery({ queryKey: ['usage-one', item], queryFn: () => get<{ months: Grid; institutions: Grid; doctors: Grid }>(`/api/models/usage/${encodeURIComponent(item)}`), staleTime: 300_000 })
  const names = { ...q.data?.institutions.names?.institutions, ...q.data?.doctors.names?.doctors, ...q.data?.doctors.names?.institutions }
  const months = recs(q.data?.months)
  const insts = recs(q.data?.institutions)
  const prices = insts.map((x) => x.price as number).sort((a, b) => a - b)
  const mid = prices[Math.floor(prices.length / 2)] ?? 0
  const chart = useMemo(() => ({
    grid: { left: 60, right: 50, top: 28, bottom: 24 }, tooltip: { trigger: 'axis' }, legend: { top: 0 }, xAxis: { type: 'category', data: months.map((m) => monthWord(m.months)) },
    yAxis: [{ type: 'value', name: '万元' }, { type: 'value', name: '数量' }], series: [{ name: '金额', type: 'bar', data: months.map((m) => Math.round(m.money / 1e4) / 100) }, { name: '数量', type: 'line', yAxisIndex: 1, data: months.map((m) => m.cnt / 1e4) }],
  }), [q.data]) // eslint-disable-line
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  if (!q.data) return <Skeleton active />
  return (
    <Card size="small" title={`${called(q.data.months.names?.items ?? q.data.institutions.names?.items, item)}：谁在用`}>
      <div style={beside}>
        <div style={part(2, 300)}><Suspense fallback={<Skeleton active />}><Chart option={chart} height={240} label="每月金额和数量" /></Suspense></div>
        <Table style={part(3, 420)} scroll={{ x: 420 }} size="small" rowKey="inst" dataSource={insts} pagination={{ pageSize: 8, size: 'small', hideOnSinglePage: true }} columns={[
          { title: '机构', ellipsis: true, render: (_, x) => called(names, x.inst) }, { title: '金额（元）', width: 110, align: 'right', render: (_, x) => yuan(x.money) }, { title: '数量', width: 80, align: 'right', render: (_, x) => count(x.cnt / 1e4) },
          { title: '均价', width: 80, align: 'right', render: (_, x) => price(x.price) }, { title: '比同行中位', width: 90, align: 'right', sorter: (a, b) => a.price - b.price, render: (_, x) => (mid > 0 ? `${((x.price / mid) * 100).toFixed(0)}%` : '') },
        ]} />
        <Table style={part(2, 300)} size="small" rowKey={(x) => x.inst + x.doctor} dataSource={recs(q.data.doctors)} pagination={{ pageSize: 8, size: 'small', hideOnSinglePage: true }} columns={[
          { title: '医师', render: (_, x) => <Link to={`/models/portraits/doctor/${encodeURIComponent(`${x.inst}~${x.doctor}`)}`}>{called(names, x.doctor)}</Link> }, { title: '金额（元）', width: 110, align: 'right', render: (_, x) => yuan(x.money) }, { title: '人', width: 60, align: 'right', dataIndex: 'persons' },
        ]} />
      </div>
    </Card>
  )
}
