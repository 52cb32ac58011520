import { useQuery } from '@tanstack/react-query'
import { Alert, Card, DatePicker, Empty, Skeleton, Space, Table } from 'antd'
import dayjs from 'dayjs'
import { useState } from 'react'
import { get, query } from '../../api/client'
import type { components } from '../../api/schema'
import { count, percent, yuan } from '../../parts/words'

type S = components['schemas']
type Figure = S['PeersFigure']
type Spread = S['PeersSpread']
type Heard = S['Heard']

const two = (hundredths: number, unit: string) => `${(hundredths / 100).toFixed(2)}${unit}`

// Page shows how the institution stands among its like: means of groups of five and more, never another one's figure.
export function Page() {
  const [asked, setSpan] = useState<[string, string]>() // the newest months with findings, until others are asked for
  const q = useQuery({ queryKey: ['peers', asked], queryFn: () => get<S['Compared']>(`/api/peers${query({ from: asked?.[0], to: asked?.[1] })}`), placeholderData: (had) => had })
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  const r = q.data
  return (
    <div style={{ display: 'grid', gap: 10, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <Card
        size="small" title={r ? `${r.fixmedins_name || r.fixmedins_code} 与同级（${r.level}）` : '同级对比'}
        extra={<Space wrap><DatePicker.RangePicker picker="month" size="small" allowClear={false} value={r && [dayjs(`${r.from}-01`), dayjs(`${r.to}-01`)]} onChange={(v) => v?.[0] && v[1] && setSpan([v[0].format('YYYY-MM'), v[1].format('YYYY-MM')])} /></Space>}
      >
        <p className="quiet" style={{ margin: '0 0 8px' }}>先比同级：本县区不足 5 家就放宽到市、省；同级仍不足，就与不分级别的医疗机构比，写明与谁比。只有平均数，没有任何一家的数。</p>
        {!r ? <Skeleton active /> : (
          <div style={{ display: 'grid', gap: 10, gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 220px), 1fr))' }}>
            {(r.figures ?? []).map((f) => <One key={f.id} f={f} />)}
          </div>
        )}
      </Card>
      {r && (
        <Card size="small" title="查出最多的规则">
          <Table
            size="small" rowKey="rule_id" dataSource={r.rules ?? []} pagination={false} scroll={{ x: 800 }}
            locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description="这段时间没有疑点" /> }}
            columns={[
              { title: '规则', key: 'r', ellipsis: true, render: (_, x) => `${x.rule_id} ${x.rule_name}` },
              { title: '疑点', dataIndex: 'findings', width: 90, align: 'right', render: count },
              { title: '每万行', dataIndex: 'own', width: 100, align: 'right', render: (n: number) => two(n, '') },
              { title: '同类平均', key: 'm', width: 110, align: 'right', render: (_, x) => (x.peers.n ? <span title={`${x.peers.group} ${x.peers.n} 家`}>{two(x.peers.mean, '')}</span> : <span className="quiet">不比</span>) },
              { title: '本机构 / 同类', key: 'b', width: 260, render: (_, x) => (x.peers.n ? <Bars own={x.own} mean={x.peers.mean} /> : <span className="quiet">别家不足 5 家，或只有一两家有</span>) },
              { title: '与谁比', key: 'g', width: 170, render: (_, x) => (x.peers.n ? `${x.peers.group} ${x.peers.n} 家` : '') },
              { title: '', key: 'a', width: 130, render: (_, x) => above(x.peers) },
            ]}
          />
        </Card>
      )}
      {r && (
        <div style={{ display: 'grid', gap: 10, gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 420px), 1fr))' }}>
          <House title="各科室的提醒" word="科室" rows={r.depts ?? []} />
          <House title="各医生的提醒" word="医生" rows={r.doctors ?? []} />
        </div>
      )}
    </div>
  )
}

const above = (p: Spread) => (p.n && p.above >= 0 ? `高于其中约 ${p.above} 成` : '')

function One({ f }: { f: Figure }) {
  const p = f.peers
  return (
    <Card size="small" title={f.name}>
      <div style={{ fontSize: 22, fontWeight: 600 }}>{f.has ? two(f.own, f.unit) : '—'}</div>
      {p.n > 0 ? (
        <>
          <div className="quiet">{p.wider && '同级不足，'}与{p.group} {p.n} 家比</div>
          <div>平均 {two(p.mean, f.unit)}{above(p) && `　${above(p)}`}</div>
          {f.has && <Bars own={f.own} mean={p.mean} />}
          {(p.thirds ?? []).length === 3 && <div className="quiet">低、中、高各三分之一平均：{(p.thirds ?? []).map((x) => two(x, '')).join(' / ')}</div>}
        </>
      ) : <div className="quiet">不足 5 家有这个数，或只有一两家不是零，不比</div>}
      <div className="quiet" style={{ fontSize: 12 }}>{f.says}（{count(f.part)} ÷ {count(f.whole)}）</div>
    </Card>
  )
}

// Bars draws two lengths under each other; the numbers stand beside them in words.
function Bars({ own, mean }: { own: number; mean: number }) {
  const most = Math.max(own, mean, 1)
  return (
    <div role="img" aria-label={`本机构 ${two(own, '')}，平均 ${two(mean, '')}`} style={{ display: 'grid', gap: 2, margin: '4px 0' }}>
      <div style={{ height: 6, width: `${(own / most) * 100}%`, background: '#1458b8', borderRadius: 2 }} />
      <div style={{ height: 6, width: `${(mean / most) * 100}%`, background: '#bfbfbf', borderRadius: 2 }} />
    </div>
  )
}

function House({ title, word, rows }: { title: string; word: string; rows: Heard[] }) {
  return (
    <Card size="small" title={title}>
      <Table<Heard>
        size="small" rowKey="key" dataSource={[...rows].sort((a, b) => b.episodes - a.episodes)} pagination={{ pageSize: 10, hideOnSinglePage: true, size: 'small' }} scroll={{ x: 420 }}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description="这段时间没有提醒" /> }}
        columns={[
          { title: word, key: 'k', ellipsis: true, render: (_, x) => (x.name ? <>{x.name}　<span className="quiet">{x.key}</span></> : x.key || '没有写') }, { title: '提醒', dataIndex: 'episodes', width: 70, align: 'right', render: count }, { title: '已有结果', dataIndex: 'ended', width: 90, align: 'right', render: count },
          { title: '遵从率', key: 'c', width: 80, align: 'right', render: (_, x) => percent(x.complied, x.ended) }, { title: '避免（元）', dataIndex: 'avoided_fen', width: 110, align: 'right', render: yuan },
        ]}
      />
    </Card>
  )
}
