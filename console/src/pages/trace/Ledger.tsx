import { useQuery } from '@tanstack/react-query'
import { Alert, Checkbox, Empty, Segmented, Select, Space, Table, Tag } from 'antd'
import { useState } from 'react'
import { useSearchParams } from 'react-router'
import { type LedgerPlace, type Shelf, type ShelfDay, type ShelfLot, ledger, ledgerDays, ledgerLots, places } from '../../api/trace'
import { useSession } from '../../api/session'

const right = 'right' as const

export function Page() {
  const { session } = useSession()
  const [params, setParams] = useSearchParams()
  const own = session?.fixmedins_code ?? ''
  const inst = own || (params.get('inst') ?? '')
  const only = params.get('only') ?? ''
  const set = (k: string, v: string) =>
    setParams((p) => {
      if (v) p.set(k, v)
      else p.delete(k)
      return p
    })
  const ps = useQuery({ queryKey: ['trace-ledger-places'], queryFn: places, enabled: !own })
  const q = useQuery({ queryKey: ['trace-ledger', inst, only], queryFn: () => ledger(inst, only), enabled: !!inst, retry: false })
  return (
    <div className="fit" style={{ background: '#fff', padding: 12, borderRadius: 4 }}>
      <Space wrap style={{ marginBottom: 10 }}>
        {!own && (
          <Select
            showSearch={{ optionFilterProp: 'label' }} allowClear placeholder="选一家机构" value={inst || undefined} onChange={(v?: string) => set('inst', v ?? '')} style={{ width: 320 }} aria-label="机构"
            options={(ps.data?.items ?? []).map((p) => ({ value: p.fixmedins_code, label: `${p.fixmedins_name} ${p.fixmedins_code}` }))}
          />
        )}
        <Checkbox checked={only === 'short'} onChange={(e) => set('only', e.target.checked ? 'short' : '')}>只看卖出多于账面的</Checkbox>
        <span className="quiet">期初 + 购进 − 退供 − 医保 − 自费 ± 变更 = 期末，单位：盒。点品种看逐日、分批次</span>
      </Space>
      {q.error && <Alert type="error" showIcon title={q.error.message} />}
      {!inst && <Places items={ps.data?.items ?? []} loading={ps.isPending} error={ps.error} only={only === 'short'} open={(code) => set('inst', code)} />}
      {inst && <div className="grow">
        <Table<Shelf>
          size="small" sticky rowKey="med_list_codg" dataSource={q.data?.items ?? []} loading={!!inst && q.isPending} scroll={{ x: 1040 }} pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }}
          rowClassName={(r) => (r.short ? 'fault' : '')}
          expandable={{ expandRowByClick: true, expandedRowRender: (r) => <One inst={inst} item={r.med_list_codg} /> }}
          locale={{ emptyText: <Empty description={inst ? '这家机构没有进销存记录' : '输入一家机构的编码'} /> }}
          columns={[
            { title: '品种', dataIndex: 'med_list_codg', width: 210, fixed: 'left' },
            { title: '起止', key: 'span', width: 200, render: (_, r) => <span style={{ whiteSpace: 'nowrap' }}>{r.from} 至 {r.to}</span> },
            { title: '期初', dataIndex: 'opening', align: right, render: (v: string, r) => (r.opening_known ? v : <Tag>期初未知</Tag>) },
            { title: '购进', dataIndex: 'bought', align: right },
            { title: '退供', dataIndex: 'sent_back', align: right },
            { title: '医保结算', dataIndex: 'billed', align: right },
            { title: '自费', dataIndex: 'sold_own', align: right },
            { title: '变更', dataIndex: 'changed', align: right },
            { title: '期末', dataIndex: 'closing', align: right, render: (v: string, r) => <b style={{ color: r.short ? '#a8071a' : undefined }}>{v}</b> },
            { title: '盘点差', dataIndex: 'gap', align: right, render: (v: string) => (v === '0' ? <span className="quiet">0</span> : v) },
            { title: '', key: 'mark', width: 110, render: (_, r) => (r.short ? <Tag color="red">卖多于账面</Tag> : null) },
          ]}
        />
      </div>}
    </div>
  )
}

// Whose ledgers there are, shortages first.
function Places({ items, loading, error, only, open }: { items: LedgerPlace[]; loading: boolean; error: Error | null; only: boolean; open: (code: string) => void }) {
  return (
    <div className="grow">
      {error && <Alert type="error" showIcon title={error.message} />}
      <Table<LedgerPlace>
        size="small" sticky rowKey="fixmedins_code" loading={loading} dataSource={only ? items.filter((p) => p.items_short > 0) : items} pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }}
        rowClassName={(p) => (p.items_short > 0 ? 'fault' : '')} onRow={(p) => ({ onClick: () => open(p.fixmedins_code), style: { cursor: 'pointer' } })}
        locale={{ emptyText: <Empty description="还没有进销存记录：导入购进、销售、库存之后才有台账" /> }}
        columns={[
          { title: '机构', dataIndex: 'fixmedins_name', render: (n: string, p) => <>{n} <span className="quiet">{p.fixmedins_code}</span></> },
          { title: '品种', dataIndex: 'items', width: 110, align: right, sorter: (a, b) => a.items - b.items },
          { title: '盘点过的品种', dataIndex: 'items_known', width: 140, align: right, sorter: (a, b) => a.items_known - b.items_known },
          { title: '卖出多于账面的品种', dataIndex: 'items_short', width: 180, align: right, sorter: (a, b) => a.items_short - b.items_short, render: (n: number) => (n ? <b style={{ color: '#a8071a' }}>{n}</b> : <span className="quiet">0</span>) },
          { title: '最近一天', dataIndex: 'to', width: 120 },
        ]}
      />
    </div>
  )
}

// One item: day by day, or batch by batch. The batches sum to the item.
function One({ inst, item }: { inst: string; item: string }) {
  const [by, setBy] = useState('逐日')
  return (
    <>
      <Segmented size="small" options={['逐日', '分批次']} value={by} onChange={setBy} style={{ marginBottom: 8 }} />
      {by === '逐日' ? <Days inst={inst} item={item} /> : <Lots inst={inst} item={item} />}
    </>
  )
}

function Days({ inst, item }: { inst: string; item: string }) {
  const q = useQuery({ queryKey: ['trace-ledger-days', inst, item], queryFn: () => ledgerDays(inst, item) })
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  return <DayTable days={q.data?.days ?? []} loading={q.isPending} />
}

function DayTable({ days, loading }: { days: ShelfDay[]; loading?: boolean }) {
  const n = (title: string, dataIndex: keyof ShelfDay) => ({ title, dataIndex, align: right })
  return (
    <Table<ShelfDay>
      size="small" rowKey="date" dataSource={days} loading={loading} pagination={{ pageSize: 31, hideOnSinglePage: true }} rowClassName={(d) => (d.opening_known && d.closing.startsWith('-') ? 'fault' : '')}
      columns={[{ title: '日期', dataIndex: 'date' }, n('期初', 'opening'), n('购进', 'bought'), n('退供', 'sent_back'), n('医保结算', 'billed'), n('自费', 'sold_own'), n('变更', 'changed'), n('期末', 'closing'), n('盘点', 'counted'), n('盘点差', 'gap')]}
    />
  )
}

function Lots({ inst, item }: { inst: string; item: string }) {
  const q = useQuery({ queryKey: ['trace-ledger-lots', inst, item], queryFn: () => ledgerLots(inst, item) })
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  const n = (title: string, dataIndex: keyof ShelfLot) => ({ title, dataIndex, align: right })
  return (
    <Table<ShelfLot>
      size="small" rowKey={(l) => `${l.fixmedins_bchno} ${l.manu_lotnum}`} dataSource={q.data?.lots ?? []} loading={q.isPending} pagination={false} rowClassName={(l) => (bad(l) ? 'fault' : '')}
      expandable={{ expandRowByClick: true, expandedRowRender: (l) => <DayTable days={l.days ?? []} /> }}
      columns={[
        { title: '批次', key: 'lot', render: (_, l) => (l.fixmedins_bchno || l.manu_lotnum ? <>{l.fixmedins_bchno} {l.manu_lotnum && <span className="quiet">批号 {l.manu_lotnum}</span>}</> : <span className="quiet">没有注明批次的</span>) },
        { title: '有效期至', dataIndex: 'expy_end', width: 110 },
        n('购进', 'bought'), n('退供', 'sent_back'), n('医保结算', 'billed'), n('自费', 'sold_own'), n('变更', 'changed'), n('期末', 'closing'), n('盘点差', 'gap'),
        { title: '', key: 'mark', width: 210, render: (_, l) => <Marks l={l} /> },
      ]}
    />
  )
}

const some = (q: string) => q !== '0' && !q.startsWith('-')
const bad = (l: ShelfLot) => some(l.sold_late) || some(l.sold_recalled)

function Marks({ l }: { l: ShelfLot }) {
  return (
    <>
      {some(l.sold_late) && <Tag color="red">过期后售出 {l.sold_late} 盒</Tag>}
      {some(l.sold_recalled) && <Tag color="red">召回后售出 {l.sold_recalled} 盒</Tag>}
      {l.expired && some(l.closing) && <Tag color="orange">过期未清 {l.closing} 盒</Tag>}
      {l.recalled && some(l.closing) && <Tag color="orange">已召回，尚存 {l.closing} 盒</Tag>}
    </>
  )
}
