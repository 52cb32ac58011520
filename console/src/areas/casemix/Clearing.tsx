import { useQuery } from '@tanstack/react-query'
import { Alert, Card, Empty, Segmented, Skeleton, Table } from 'antd'
import { useState } from 'react'
import { count, yuan } from '../../parts/words'
import { type Budget, budget, type Insured, insuredWord, type Line, share } from './api'
import { beside, Sample, Trouble } from './Note'

type Month = NonNullable<Line['months']>[number]

// The year of a hospital's money: what was paid each month and what the clearing comes to, every step with its numbers.
export function Page() {
  const q = useQuery({ queryKey: ['casemix-budget'], queryFn: budget })
  const [of, setOf] = useState('')
  const [at, setAt] = useState('')
  if (q.error) return <Trouble error={q.error} />
  if (!q.data) return <Skeleton active />
  const all = q.data.insured ?? []
  const x = all.find((i) => i.insutype === of) ?? all[0]
  if (!x) return <Empty style={{ background: '#fff', padding: 40, margin: 0 }} description="您的范围内没有按病组付费的机构" />
  const rows = (x.lines ?? []).filter((l) => l.fixmedins_code)
  const one = rows.find((l) => l.fixmedins_code === at) ?? rows[0]
  return (
    <div style={{ display: 'grid', gap: 10, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <Sample on={q.data.sample} />
      <div style={{ display: 'flex', gap: 12, alignItems: 'center', flexWrap: 'wrap' }}>
        <Segmented value={x.insutype} onChange={(k) => { setOf(k); setAt('') }} options={all.map((i) => ({ value: i.insutype, label: `${insuredWord(i.insutype)}（${i.mode}）` }))} />
        <span className="quiet">{q.data.params}；{q.data.year} 年截至 {q.data.through}</span>
      </div>
      {q.data.through < `${q.data.year}-12` && <Alert type="info" showIcon title="这一年还没有完：下面是按已结算的月份试算的清算，年底会变。" />}
      {rows.length > 1 && <Houses x={x} d={q.data} rows={rows} one={one} pick={setAt} />}
      {one && <One l={one} name={nameOf(q.data, one.fixmedins_code)} />}
    </div>
  )
}

const nameOf = (d: Budget, code: string) => d.places?.find((p) => p.fixmedins_code === code)?.fixmedins_name || code
const stays = (l: Line) => (l.months ?? []).reduce((s, m) => s + m.stays, 0)
const signed = (fen: number) => <span style={{ color: fen < 0 ? '#cf1322' : undefined }}>{yuan(fen)}</span>

function Houses({ x, d, rows, one, pick }: { x: Insured; d: Budget; rows: Line[]; one?: Line; pick: (code: string) => void }) {
  const area = (x.lines ?? []).find((l) => !l.fixmedins_code)
  return (
    <Card size="small" title={`各机构（${rows.length}）`}>
      <Table<Line>
        size="small" rowKey="fixmedins_code" dataSource={rows} pagination={{ pageSize: 12, showSizeChanger: false, hideOnSinglePage: true }} scroll={{ x: 1120 }}
        onRow={(l) => ({ onClick: () => pick(l.fixmedins_code), style: { cursor: 'pointer' } })} rowClassName={(l) => (l === one ? 'ant-table-row-selected' : '')}
        columns={[
          { title: '机构', ellipsis: true, render: (_, l) => <a onClick={() => pick(l.fixmedins_code)}>{nameOf(d, l.fixmedins_code)}</a> },
          { title: '例数', width: 64, align: 'right', render: (_, l) => count(stays(l)) },
          { title: '按项目统筹', width: 112, align: 'right', render: (_, l) => yuan(l.declared) },
          { title: '病组应付', width: 112, align: 'right', render: (_, l) => yuan(l.payable), sorter: (a, b) => a.payable - b.payable },
          { title: '结付率', width: 76, align: 'right', render: (_, l) => share(l.pay_ratio), sorter: (a, b) => a.pay_ratio - b.pay_ratio },
          { title: '结余或超支', width: 118, align: 'right', render: (_, l) => signed(l.payable - l.declared), sorter: (a, b) => a.payable - a.declared - b.payable + b.declared },
          { title: '留用或分担', width: 104, align: 'right', render: (_, l) => yuan(l.retained + l.shared) },
          { title: '应清算', width: 112, align: 'right', render: (_, l) => yuan(l.settled) },
          { title: '已月付', width: 112, align: 'right', render: (_, l) => yuan(l.paid) },
          { title: '应补或应退', width: 118, align: 'right', render: (_, l) => signed(l.due), sorter: (a, b) => a.due - b.due },
        ]}
        summary={() => area && (
          <Table.Summary.Row>
            <Table.Summary.Cell index={0}>合计</Table.Summary.Cell>
            {[count(stays(area)), yuan(area.declared), yuan(area.payable), share(area.pay_ratio), signed(area.payable - area.declared), yuan(area.retained + area.shared), yuan(area.settled), yuan(area.paid), signed(area.due)].map((v, i) => (
              <Table.Summary.Cell key={i} index={i + 1} align="right">{v}</Table.Summary.Cell>
            ))}
          </Table.Summary.Row>
        )}
      />
    </Card>
  )
}

// One hospital: its months on the left, its clearing step by step on the right.
function One({ l, name }: { l: Line; name: string }) {
  const months = l.months ?? []
  const over = l.payable < l.declared
  const steps: [string, React.ReactNode][] = [
    ['病组应付', yuan(l.payable)],
    ['按项目统筹', yuan(l.declared)],
    [over ? '超支' : '结余', signed(l.payable - l.declared)],
    [over ? '其中基金分担' : '其中留用', yuan(over ? l.shared : l.retained)],
    [over ? '应清算 = 病组应付 + 分担' : '应清算 = 按项目统筹 + 留用', <b key="s">{yuan(l.settled)}</b>],
    ['− 已月付', yuan(l.paid)],
    ['− 预付金', yuan(l.advance)],
    [`− 不返还的质保金（扣下 ${yuan(l.deposit)}，考核 ${l.score} 分）`, yuan(l.forfeited)],
    [l.due < 0 ? '= 应退' : '= 应补', <b key="d">{signed(l.due)}</b>],
  ]
  return (
    <div style={{ display: 'grid', gap: 10, gridTemplateColumns: beside(460), alignItems: 'start' }}>
      <Card size="small" title={`${name}　月预结`}>
        <Table<Month>
          size="small" rowKey="month" dataSource={months} pagination={false} scroll={{ x: 640 }}
          columns={[
            { title: '月份', dataIndex: 'month', width: 84 },
            { title: '例数', width: 60, align: 'right', render: (_, m) => count(m.stays) },
            { title: '按项目统筹', align: 'right', render: (_, m) => yuan(m.declared) },
            { title: '病组应付', align: 'right', render: (_, m) => yuan(m.payable) },
            { title: '预结基数', align: 'right', render: (_, m) => yuan(m.base) },
            { title: '质保金', align: 'right', render: (_, m) => yuan(m.deposit) },
            { title: '拨付', align: 'right', render: (_, m) => yuan(m.paid) },
          ]}
          summary={() => (
            <Table.Summary.Row>
              <Table.Summary.Cell index={0}>合计</Table.Summary.Cell>
              {[count(stays(l)), yuan(l.declared), yuan(l.payable), yuan(l.paid + l.deposit), yuan(l.deposit), yuan(l.paid)].map((v, i) => <Table.Summary.Cell key={i} index={i + 1} align="right">{v}</Table.Summary.Cell>)}
            </Table.Summary.Row>
          )}
        />
      </Card>
      <Card size="small" title="年清算（元）">
        <table style={{ width: '100%', borderCollapse: 'collapse' }}>
          <tbody>
            {steps.map(([k, v]) => <tr key={k}><td style={{ padding: '3px 0' }}>{k}</td><td style={{ textAlign: 'right', fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' }}>{v}</td></tr>)}
          </tbody>
        </table>
        {l.clearing?.map((t) => <p key={t} className="quiet" style={{ margin: '6px 0 0' }}>{t}</p>)}
      </Card>
    </div>
  )
}
