import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Card, DatePicker, Empty, Segmented, Skeleton, Space, Table, Tooltip } from 'antd'
import dayjs from 'dayjs'
import { lazy, type ReactNode, Suspense, useMemo, useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { useSession } from '../../api/session'
import { usePhone } from '../../parts/phone'
import { count, percent, wan, yuan } from '../../parts/words'
import { askHome, change, type Figure, type Home, listOf, opened, shown, span } from './figures'

const Chart = lazy(() => import('../../parts/Chart'))

// address is where a figure's list is: findings, or what the reminder service did.
const address = listOf

const money = ['M01', 'M02', 'M03', 'R08']
const small = ['F01', 'F05', 'F02', 'C01', 'C02', 'C13', 'M04', 'C05']

export function Page() {
  const [params, setParams] = useSearchParams()
  const wanted = { from: params.get('from') ?? '', to: params.get('to') ?? '', against: params.get('against') ?? '' }
  const q = useQuery({ queryKey: ['board', wanted], queryFn: () => askHome(wanted) })
  const set = (parts: Record<string, string>) =>
    setParams((p) => {
      for (const [k, v] of Object.entries(parts)) p.set(k, v)
      return p
    })
  if (q.error) return <Alert type="error" showIcon title={q.error.message} action={<Button onClick={() => setParams({})}>回到缺省期间</Button>} />
  if (!q.data) return <Skeleton active />
  const b = q.data
  return (
    <div style={{ display: 'grid', gap: 10, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <Space wrap>
        <DatePicker.RangePicker
          picker="month" allowClear={false} value={[dayjs(`${b.period.from}-01`), dayjs(`${b.period.to}-01`)]}
          onChange={(d) => d?.[0] && d[1] && set({ from: d[0].format('YYYY-MM'), to: d[1].format('YYYY-MM') })}
        />
        <Segmented options={['上年同期', '上年全年']} value={b.against} onChange={(v) => set({ against: String(v) })} aria-label="和什么比" />
        <span className="quiet">{(b.figures ?? []).some((f) => f.no_before?.includes('超过一年')) ? '期间超过一年，不作同比' : `对比 ${b.against}（${span(b.before)}）`}　超期以 {b.as_of} 计{b.admdvs && `　${b.admdvs_name}`}</span>
        <Link to={`/wall?${params}`}>大屏</Link>
        <Link to="/indicators">指标怎么算</Link>
      </Space>
      <Blocks b={b} />
      <Grid min={420}>
        <Trend b={b} />
        <Insts b={b} />
      </Grid>
      <Grid min={330}>
        <Areas b={b} />
        <Late b={b} />
        <Sample b={b} />
      </Grid>
      <Rules b={b} />
    </div>
  )
}

export function Grid({ min, children }: { min: number; children: ReactNode }) {
  return <div style={{ display: 'grid', gap: 10, gridTemplateColumns: `repeat(auto-fit, minmax(min(100%, ${min}px), 1fr))` }}>{children}</div>
}

const pickFigures = (b: Home, ids: string[]) => ids.map((id) => b.figures?.find((f) => f.id === id)).filter((f): f is Figure => !!f)

function Blocks({ b }: { b: Home }) {
  return (
    <>
      <Grid min={150}>{pickFigures(b, money).map((f) => <Block key={f.id} b={b} f={f} big />)}</Grid>
      <Grid min={130}>{pickFigures(b, small).map((f) => <Block key={f.id} b={b} f={f} />)}</Grid>
    </>
  )
}

function Block({ b, f, big }: { b: Home; f: Figure; big?: boolean }) {
  const [n, unit] = shown(f)
  const c = change(f)
  const warn = f.id === 'C02' && f.value > 0
  const body = (
    <Card size="small" hoverable={!!address(b, f)} style={{ height: '100%' }}>
      <div className="quiet">{f.name}</div>
      <div style={{ fontSize: big ? 'clamp(22px, 2.1vw, 28px)' : 20, fontWeight: 600, lineHeight: 1.4, color: warn ? '#b42318' : undefined, whiteSpace: 'nowrap' }}>
        {n}<span style={{ fontSize: 13, fontWeight: 400 }}> {unit}</span>
      </div>
      <div className="quiet" style={{ fontSize: 12 }}>
        {f.missing ? <Tooltip title={f.missing}>暂无这个数</Tooltip> : c ? <>{b.against} {shown(f, true).join(' ')}　{c.up ? '▲' : '▼'} {c.text}</> : f.no_before ? '　' : `${b.against} ${shown(f, true).join(' ')}`}
      </div>
    </Card>
  )
  const to = address(b, f)
  return to ? <Link to={to} className="plain" aria-label={`${f.name} ${n} ${unit}，打开清单`}>{body}</Link> : body
}

function Trend({ b }: { b: Home }) {
  const [as, setAs] = useState<string>('图')
  const rows = b.trend ?? []
  const option = useMemo(
    () => ({
      tooltip: { trigger: 'axis' }, legend: { top: 0, right: 0 }, grid: { left: 56, right: 12, top: 34, bottom: 26 },
      xAxis: { type: 'category', data: rows.map((m) => m.month) }, yAxis: { type: 'value', name: '万元' },
      series: [['拟追', 'charged_fen', '#1458b8'], ['拒付', 'refused_fen', '#d46b08'], ['已追回', 'recovered_fen', '#0b7a55']].map(([name, key, color]) => ({
        name, type: 'bar', itemStyle: { color }, data: rows.map((m) => +((m[key as 'charged_fen'] ?? 0) / 1e6).toFixed(2)),
      })),
    }),
    [rows],
  )
  return (
    <Card size="small" title={<>趋势　<span className="quiet" style={{ fontWeight: 400 }}>拟追按结算月份，拒付、已追回按账务月份</span></>} extra={<Segmented size="small" options={['图', '表']} value={as} onChange={(v) => setAs(String(v))} aria-label="趋势看图还是看表" />}>
      {as === '图' ? (
        <Suspense fallback={<Skeleton active />}><Chart option={option} height={300} label="各月拟追、拒付、已追回金额" /></Suspense>
      ) : (
        <Table
          size="small" rowKey="month" dataSource={rows} pagination={false} scroll={{ y: 260 }}
          columns={[
            { title: '月份', dataIndex: 'month', width: 84, render: (m: string) => <Link to={`/findings?indicator=F01&from=${m}&to=${m}`}>{m}</Link> },
            { title: '疑点', dataIndex: 'findings', align: 'right', responsive: ['sm'], render: count },
            { title: '拟追（元）', dataIndex: 'charged_fen', align: 'right', render: yuan },
            { title: '拒付（元）', dataIndex: 'refused_fen', align: 'right', render: yuan },
            { title: '已追回（元）', dataIndex: 'recovered_fen', align: 'right', render: yuan },
          ]}
        />
      )}
    </Card>
  )
}

function Insts({ b }: { b: Home }) {
  const phone = usePhone()
  const { items, rest, total } = b.institutions
  const rows = [...(items ?? []), ...(rest.count ? [rest] : [])]
  return (
    <Card size="small" title="拟追最多的机构">
      <Table
        size="small" rowKey={(s) => s.key || s.name} dataSource={rows} pagination={false} locale={{ emptyText: <Empty description="期内没有疑点" /> }}
        columns={[
          { title: '机构', dataIndex: 'name', ellipsis: !phone, render: (n: string, s) => (s.key ? <Link to={opened(b, 'F05', { inst: s.key })}>{n}</Link> : n) },
          { title: '疑点', dataIndex: 'count', width: 70, align: 'right', responsive: ['sm'], render: count },
          { title: '拟追（元）', dataIndex: 'fen', width: 112, align: 'right', render: yuan },
          { title: '占比', key: 'share', width: 62, align: 'right', render: (_, s) => percent(s.fen, total.fen) },
        ]}
      />
    </Card>
  )
}

function Areas({ b }: { b: Home }) {
  const { items, rest, total } = b.areas
  const rows = [...(items ?? []), ...(rest.count ? [rest] : [])]
  return (
    <Card size="small" title={<>区划排名　<span className="quiet" style={{ fontWeight: 400 }}>按拟追金额{b.place && `；本区划在同级 ${b.place.of} 个区划里第 ${b.place.rank}`}</span></>}>
      <Table
        size="small" rowKey={(s) => s.key || s.name} dataSource={rows} pagination={false} locale={{ emptyText: <Empty description="期内没有疑点" /> }}
        columns={[
          { title: '名次', key: 'n', width: 50, responsive: ['sm'], render: (_, s, i) => (s.name === '未列明' ? '' : i + 1) },
          { title: '区划', dataIndex: 'name', ellipsis: true, render: (n: string, s) => (s.key ? <Link to={opened(b, 'F05', { admdvs: s.key })}>{n}</Link> : n) },
          { title: '疑点', dataIndex: 'count', width: 66, align: 'right', responsive: ['sm'], render: count },
          { title: '拟追（元）', dataIndex: 'fen', width: 112, align: 'right', render: yuan },
          { title: '占比', key: 'share', width: 62, align: 'right', render: (_, s) => percent(s.fen, total.fen) },
        ]}
      />
    </Card>
  )
}

function Late({ b }: { b: Home }) {
  const { states, institutions, cases } = b.overdue
  return (
    <Card size="small" title={<>超期在谁手里　<span className="quiet">共 {count(cases)} 件</span></>}>
      {cases === 0 ? (
        <span className="quiet">没有超期的。</span>
      ) : (
        <Grid min={190}>
          {[['环节', states, 'state'] as const, ['机构', institutions, 'inst'] as const].map(([title, rows, key]) => (
            <Table
              key={title} size="small" rowKey={(x) => x.state + x.fixmedins_code} dataSource={rows ?? []} pagination={false}
              columns={[
                { title, key: 'who', ellipsis: true, render: (_, x) => <Link to={opened(b, 'C02', key === 'state' ? { state: x.state } : { inst: x.fixmedins_code })}>{x.state || x.fixmedins_name}</Link> },
                { title: '件数', dataIndex: 'cases', width: 64, align: 'right', render: count },
              ]}
            />
          ))}
        </Grid>
      )}
    </Card>
  )
}

function Sample({ b }: { b: Home }) {
  const s = b.sample
  const { may } = useSession()
  const share = s ? percent(s.right, s.right + s.wrong) : ''
  const precise = ['初审', '复审', '批准两库'].some(may) ? <Link to="/library/samples" className="plain">{share}</Link> : share
  return (
    <Card size="small" title="盲样精确率">
      {!s ? (
        <span className="quiet">{b.admdvs ? '盲样只有全部区划的。' : '还没有盲样：规则库每月抽样、两人互不知情各判一次之后，这里显示精确率。'}</span>
      ) : (
        <>
          <div style={{ fontSize: 28, fontWeight: 600 }}>{precise}</div>
          <div className="quiet">{s.month}：抽 {count(s.drawn)} 条，两人都判了 {count(s.both)} 条；都判成立 {count(s.right)}，都判不成立 {count(s.wrong)}，不一致 {count(s.open)}（不计入）</div>
        </>
      )}
    </Card>
  )
}

// eighty says which rules make four fifths of the money: how many of them it takes, whatever the ten make.
function eighty({ need, cards, items, total }: Home['rules']) {
  if (!need || !items?.length) return ''
  const ten = items[Math.min(10, items.length) - 1]!
  return `${count(cards)} 条规则有拟追金额，其中 ${count(need)} 条占八成${need > 10 ? `，前十条占 ${percent(ten.upto_fen, total.fen)}` : ''}`
}

function Rules({ b }: { b: Home }) {
  const { items, need, rest, total } = b.rules
  const phone = usePhone()
  const [all, setAll] = useState(false)
  const rows = items ?? []
  const few = all ? rows : rows.slice(0, 10)
  const wrong = (r: (typeof rows)[number]) => (r.decided ? percent(r.overturned, r.decided) : '—')
  return (
    <Card size="small" title="哪些规则占拟追金额的八成">
      <div className="quiet" style={{ marginBottom: 6 }}>{eighty(b.rules)}{rest.fen > 0 && `；没有列出的规则合计 ${wan(rest.fen).join(' ')}`}</div>
      <Table
        size="small" rowKey="key" dataSource={few} pagination={false} locale={{ emptyText: <Empty description="期内没有疑点" /> }}
        rowClassName={(_, i) => (i === need - 1 ? 'upto' : i >= need ? 'beyond' : '')}
        columns={[
          { title: '', key: 'i', width: 36, align: 'right', responsive: ['sm'], render: (_, __, i) => <span className="quiet">{i + 1}</span> },
          { title: '规则', key: 'rule', ellipsis: !phone, render: (_, r) => <Link to={opened(b, 'F05', { rule: r.key })}><span className="quiet">{r.key}</span>　{r.name}</Link> },
          { title: '疑点', dataIndex: 'count', width: 70, align: 'right', responsive: ['sm'], render: count },
          { title: '拟追（元）', dataIndex: 'fen', width: phone ? 100 : 120, align: 'right', render: yuan },
          { title: '累计占比', key: 'upto', width: 118, align: 'right', responsive: ['sm'], render: (_, r, i) => <>{i === need - 1 && <span className="quiet">八成　</span>}{percent(r.upto_fen, total.fen)}</> },
          { title: '已有结论', dataIndex: 'decided', width: 84, align: 'right', responsive: ['sm'], render: (n: number, r) => (n ? <Link to={opened(b, 'C03', { rule: r.key })}>{count(n)}</Link> : <span className="quiet">还没有</span>) },
          { title: <Tooltip title="人看过以后认为规则错了：结论为不违规或规则误报">未支持</Tooltip>, dataIndex: 'overturned', width: 70, align: 'right', responsive: ['sm'], render: (n: number, r) => (n ? <Link to={opened(b, 'C04', { rule: r.key })}>{count(n)}</Link> : '0') },
          { title: <Tooltip title="未支持的占已有结论的">未支持率</Tooltip>, key: 'wrong', width: phone ? 72 : 84, align: 'right', render: (_, r) => (phone && r.overturned ? <Link to={opened(b, 'C04', { rule: r.key })}>{wrong(r)}</Link> : wrong(r)) },
        ]}
      />
      {rows.length > 10 && <Button block type="text" onClick={() => setAll(!all)}>{all ? '只看前十条' : `再看后面 ${rows.length - 10} 条，到八成为止`}</Button>}
    </Card>
  )
}
