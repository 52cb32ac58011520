import { useQuery } from '@tanstack/react-query'
import { Alert, Empty, Skeleton, Tooltip } from 'antd'
import { useMemo } from 'react'
import { Link, Navigate, useLocation } from 'react-router'
import { useSession } from '../api/session'
import { get, query } from '../api/client'
import { Box } from '../parts/Box'
import { Severity } from '../parts/Severity'
import { count, percent, severities, wan, yuan } from '../parts/words'

interface Tally {
  rule_id: string; rule_name: string; sev_deg: number; state: string; month: string; findings: number; institutions: number; vola_fen: number; fund_fen: number; charged_fen: number
}

interface Sum {
  findings: number; vola: number; fund: number; charged: number
}

const nothing = (): Sum => ({ findings: 0, vola: 0, fund: 0, charged: 0 })

// by adds the tallies up by a key, in the order in which keys appear.
function by<K>(rows: Tally[], key: (t: Tally) => K) {
  const out = new Map<K, Sum>()
  for (const t of rows) {
    const s = out.get(key(t)) ?? nothing()
    s.findings += t.findings
    s.vola += t.vola_fen
    s.fund += t.fund_fen
    s.charged += t.charged_fen
    out.set(key(t), s)
  }
  return out
}

const steps = ['机审', '初审', '反馈申诉', '补充材料', '复审', '合议', '二次申诉', '终审', '执行', '关闭']

interface Waiting { state: string; holder: string; cases: number; overdue: number; charged_fen: number }

// Page is what each finds first: what waits for him. Those of the bureau see below what the audits found.
export function Page() {
  const { may, session } = useSession()
  const { key } = useLocation()
  // Who only looks begins with the figures. A click on the menu while the figures are still loading is a new way here, to be sent on again.
  if (session?.roles.includes('领导')) return <Navigate key={key} to="/board" replace />
  if (!may('查看看板')) return may('查看疑点') ? <Queue /> : <Empty style={{ marginTop: 120 }} description="请从左边的菜单进入要办的事" />
  return (
    <>
      <Queue />
      <Found />
    </>
  )
}

// Where an institution answers what is in a state; the rest it only looks at.
const order = ['初审', '排除复核', '排除抽查', '待送达', '送达中', '反馈申诉', '复审', '补充材料', '合议', '复审告知', '二次申诉', '终审', '执行', '行政处理']
const answering = ['送达中', '反馈申诉', '补充材料', '二次申诉']

function Queue() {
  const { may, session } = useSession()
  const mine = !!session?.fixmedins_code && may('申诉')
  const to = (state: string) => (mine && answering.includes(state) ? `/answers${query({ state: state === '送达中' ? '待签收' : state })}` : `/findings${query({ state })}`)
  const q = useQuery({ queryKey: ['queue'], queryFn: () => get<{ today: string; items: Waiting[] | null }>('/api/review/queue') })
  if (q.error) return <Alert type="error" showIcon title={q.error.message} style={{ marginBottom: 10 }} />
  const items = (q.data?.items ?? []).filter((x) => x.cases > 0 && x.state !== '关闭').sort((a, b) => (mine ? +answering.includes(b.state) - +answering.includes(a.state) : 0) || order.indexOf(a.state) - order.indexOf(b.state))
  return (
    <Box title="在办" extra={q.data && <span className="quiet">{q.data.today}</span>} style={{ marginBottom: 10 }}>
      {!q.data ? <Skeleton active paragraph={{ rows: 1 }} /> : items.length === 0 ? (
        <span className="quiet">没有在办的疑点。{may0}</span>
      ) : (
        <div style={{ display: 'flex', flexWrap: 'wrap', gap: 10 }}>
          {items.map((x) => (
            <Link key={x.state} to={to(x.state)} style={{ border: '1px solid #d8dde6', borderRadius: 4, padding: '6px 12px', minWidth: 128, color: 'inherit' }}>
              <div>{x.state}<span className="quiet">　{x.holder}</span></div>
              <div style={{ fontSize: 20, fontWeight: 600, fontVariantNumeric: 'tabular-nums' }}>
                {count(x.cases)}
                <span style={{ fontSize: 12, fontWeight: 400 }}> 件　{yuan(x.charged_fen)} 元</span>
              </div>
              <div style={{ fontSize: 12, color: x.overdue > 0 ? '#b42318' : '#5b6675' }}>{x.overdue > 0 ? `已超期 ${count(x.overdue)} 件` : '没有超期'}</div>
            </Link>
          ))}
        </div>
      )}
    </Box>
  )
}

const may0 = '发给您或轮到您办的会出现在这里，并按到期先后排列。'

function Found() {
  const q = useQuery({ queryKey: ['tallies'], queryFn: () => get<{ items: Tally[] }>('/api/tallies/findings') })
  const rows = useMemo(() => q.data?.items ?? [], [q.data])
  const all = useMemo(() => by(rows, () => '').get('') ?? nothing(), [rows])
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  if (!q.data) return <Skeleton active />
  if (!rows.length) return <Empty style={{ marginTop: 120 }} description="还没有疑点：用 mingjian import 导入数据、mingjian audit 审核之后，这里显示要办的事" />
  return (
    <div className="twelve">
      <Figure label="疑点" value={count(all.findings)} unit="条" to="/findings" />
      <Figure label="违规金额" value={wan(all.vola)[0]} unit={wan(all.vola)[1]} hint="各规则分别主张的金额，有重复" />
      <Figure label="其中基金支付" value={wan(all.fund)[0]} unit={wan(all.fund)[1]} />
      <Figure label="拟追（去重后）" value={wan(all.charged)[0]} unit={wan(all.charged)[1]} strong />
      <Box title="办到哪一步" style={{ gridColumn: 'span 4' }}>
        <Steps rows={rows} />
      </Box>
      <Box title="严重程度" style={{ gridColumn: 'span 3' }}>
        <Levels rows={rows} all={all} />
      </Box>
      <Box title="各月拟追（万元）" style={{ gridColumn: 'span 5' }}>
        <Months rows={rows} />
      </Box>
      <Box title="拟追最多的十条规则" style={{ gridColumn: 'span 12' }}>
        <Rules rows={rows} all={all} />
      </Box>
    </div>
  )
}

function Figure({ label, value, unit, to, hint, strong }: { label: string; value: string; unit: string; to?: string; hint?: string; strong?: boolean }) {
  const body = (
    <Box>
      <div className="quiet">{hint ? <Tooltip title={hint}>{label} ⓘ</Tooltip> : label}</div>
      <div style={{ fontSize: 28, fontWeight: 600, lineHeight: 1.4, color: strong ? '#cf1322' : undefined }}>
        {value}<span style={{ fontSize: 14, fontWeight: 400 }}> {unit}</span>
      </div>
    </Box>
  )
  return <div style={{ gridColumn: 'span 3' }}>{to ? <Link to={to} className="plain">{body}</Link> : body}</div>
}

function Steps({ rows }: { rows: Tally[] }) {
  const sums = by(rows, (t) => t.state)
  const names = [...steps.filter((s) => sums.has(s)), ...[...sums.keys()].filter((s) => !steps.includes(s))]
  const most = Math.max(...[...sums.values()].map((s) => s.findings))
  return (
    <div style={{ display: 'grid', gap: 8 }}>
      {names.map((s) => (
        <Link key={s} to={`/findings${query({ state: s })}`} className="plain">
          <Bar label={s} part={sums.get(s)!.findings} most={most} text={`${count(sums.get(s)!.findings)} 条`} colour={s === '关闭' ? '#98a2b3' : '#1458b8'} />
        </Link>
      ))}
    </div>
  )
}

function Levels({ rows, all }: { rows: Tally[]; all: Sum }) {
  const sums = by(rows, (t) => t.sev_deg)
  return (
    <div style={{ display: 'grid', gap: 10 }}>
      {[1, 2, 3].map((n) => {
        const s = sums.get(n) ?? nothing()
        return (
          <div key={n} style={{ display: 'flex', justifyContent: 'space-between', alignItems: 'baseline' }}>
            <Severity level={n} />
            <span>
              <b>{count(s.findings)}</b> 条　<span className="quiet">{percent(s.findings, all.findings)}</span>
              <div className="num quiet" style={{ fontSize: 12 }}>拟追 {yuan(s.charged)} 元</div>
            </span>
          </div>
        )
      })}
    </div>
  )
}

function Months({ rows }: { rows: Tally[] }) {
  const sums = [...by(rows, (t) => t.month)].sort(([a], [b]) => a.localeCompare(b)).slice(-12)
  const most = Math.max(...sums.map(([, s]) => s.charged), 1)
  return (
    <div style={{ display: 'flex', alignItems: 'flex-end', gap: 8, height: 150 }}>
      {sums.map(([m, s]) => (
        <Link key={m} to={`/findings${query({ month: m })}`} className="plain" style={{ flex: 1, maxWidth: 64, textAlign: 'center' }}>
          <Tooltip title={`${m}　${count(s.findings)} 条，拟追 ${yuan(s.charged)} 元`}>
            <div style={{ fontSize: 12 }}>{(s.charged / 1e6).toFixed(1)}</div>
            <div style={{ height: Math.max(2, (s.charged / most) * 100), background: '#5b8def', borderRadius: '3px 3px 0 0' }} />
            <div className="quiet" style={{ fontSize: 11, whiteSpace: 'nowrap' }}>{m.slice(2)}</div>
          </Tooltip>
        </Link>
      ))}
    </div>
  )
}

function Rules({ rows, all }: { rows: Tally[]; all: Sum }) {
  const names = new Map(rows.map((t) => [t.rule_id, { name: t.rule_name, level: t.sev_deg }]))
  const top = [...by(rows, (t) => t.rule_id)].sort(([, a], [, b]) => b.charged - a.charged).slice(0, 10)
  const most = Math.max(...top.map(([, s]) => s.charged), 1)
  return (
    <div style={{ display: 'grid', gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 300px), 1fr))', gap: '8px 32px' }}>
      {top.map(([id, s]) => (
        <Link key={id} to={`/findings${query({ rule: id })}`} className="plain">
          <Bar
            label={`${id} ${names.get(id)?.name ?? ''}`} part={s.charged} most={most} colour={severities[names.get(id)?.level ?? 2]?.colour ?? '#1458b8'}
            text={`${yuan(s.charged)} 元　${percent(s.charged, all.charged)}　${count(s.findings)} 条`}
          />
        </Link>
      ))}
    </div>
  )
}

function Bar({ label, part, most, text, colour }: { label: string; part: number; most: number; text: string; colour: string }) {
  return (
    <div>
      <div style={{ display: 'flex', justifyContent: 'space-between', gap: 8 }}>
        <span style={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{label}</span>
        <span className="num quiet">{text}</span>
      </div>
      <div style={{ height: 6, background: '#eef0f3', borderRadius: 3 }}>
        <div style={{ height: 6, width: `${Math.max(1, (part / most) * 100)}%`, background: colour, borderRadius: 3 }} />
      </div>
    </div>
  )
}
