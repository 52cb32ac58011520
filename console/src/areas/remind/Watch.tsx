import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Card, DatePicker, Segmented, Skeleton, Space, Table, Tabs, Tag, Tooltip } from 'antd'
import dayjs from 'dayjs'
import { lazy, Suspense, useMemo, useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { useSession } from '../../api/session'
import { useDivisions } from '../../parts/divisions'
import { usePhone } from '../../parts/phone'
import { count, percent, wan, yuan } from '../../parts/words'
import { Grid } from '../board/Board'
import { change, type Figure, shown } from '../board/figures'
import { askBoard, askParts, type Board, opened, outcomes, outcomeOf, type Part, type Wanted } from './api'
import { Inbox } from './Inbox'
import { Silence } from './Silence'

const Chart = lazy(() => import('../../parts/Chart'))

const first = ['R01', 'R02', 'R03', 'R04', 'R07', 'R08', 'R34']
const second = ['R06', 'R09', 'R05', 'R33', 'R32', 'R31', 'R35', 'R37', 'R42']

export function Page() {
  const area = useDivisions()
  const [params, setParams] = useSearchParams()
  const [tab, setTab] = useState('parts')
  const office = !useSession().session?.fixmedins_code
  const asked: Wanted = { from: params.get('from') ?? '', to: params.get('to') ?? '', fixmedins_code: params.get('fixmedins_code') ?? '' }
  const q = useQuery({ queryKey: ['reminders', asked], queryFn: () => askBoard(asked) })
  const set = (parts: Record<string, string>) =>
    setParams((p) => {
      for (const [k, v] of Object.entries(parts)) v ? p.set(k, v) : p.delete(k)
      return p
    })
  if (q.error) return <Alert type="error" showIcon title={q.error.message} action={<Button onClick={() => setParams({})}>回到缺省期间</Button>} />
  if (!q.data) return <Skeleton active />
  const b = q.data
  const w: Wanted = { ...asked, from: b.period.from, to: b.period.to }
  const of = (ids: string[]) => ids.map((id) => b.figures?.find((f) => f.id === id)).filter((f): f is Figure => !!f)
  return (
    <div style={{ display: 'grid', gap: 10, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <Space wrap>
        <DatePicker.RangePicker
          picker="month" allowClear={false} value={[dayjs(`${b.period.from}-01`), dayjs(`${b.period.to}-01`)]}
          onChange={(d) => d?.[0] && d[1] && set({ from: d[0].format('YYYY-MM'), to: d[1].format('YYYY-MM') })}
        />
        {office && b.fixmedins_code && <Tag closable onClose={() => set({ fixmedins_code: '' })}>{b.fixmedins_name || b.fixmedins_code}</Tag>}
        {b.admdvs && <span className="quiet">{area(b.admdvs)}</span>}
        <span className="quiet">效果以结算为准：审核之后算一次，结算满 30 天冻结。避免的金额与拒付、追回不相加。</span>
        {office && <Link to="/indicators">指标怎么算</Link>}
      </Space>
      {b.alarm && <Alert type="warning" showIcon title={`有的日子一半以上的医生被打断超过 ${b.median_alarm} 次，提醒太多就没人看了：请收紧规则，或看下面的静默建议。`} />}
      <Grid min={150}>{of(first).map((f) => <Block key={f.id} f={f} w={w} big alarm={f.id === 'R34' && f.value > b.median_alarm} />)}</Grid>
      <Grid min={120}>{of(second).map((f) => <Block key={f.id} f={f} w={w} alarm={f.id === 'R42' && (of(['R43'])[0]?.value ?? 0) > 0} />)}</Grid>
      <Grid min={420}>
        <Outcomes b={b} w={w} />
        <Money b={b} w={w} />
      </Grid>
      <Grid min={420}>
        <Loads b={b} w={w} />
        <Latency b={b} w={w} />
      </Grid>
      <Card size="small">
        <Tabs
          activeKey={tab} onChange={setTab} size="small"
          items={[
            { key: 'parts', label: '分规则、机构、科室、医生、日期', children: <Split w={w} office={office} /> },
            { key: 'wrongs', label: `提醒有误（待答复 ${count(of(['R42'])[0]?.value ?? 0)}）`, children: <Inbox w={asked} /> },
            ...(office ? [{ key: 'silence', label: '静默建议', children: <Silence /> }] : []),
          ]}
        />
      </Card>
    </div>
  )
}

function Block({ f, w, big, alarm }: { f: Figure; w: Wanted; big?: boolean; alarm?: boolean }) {
  const [n, unit] = shown(f)
  const c = change(f)
  const to = opened(f, w)
  const body = (
    <Card size="small" hoverable={!!to} style={{ height: '100%' }} styles={{ body: { padding: '8px 10px' } }}>
      <div className="quiet" style={{ fontSize: 13 }}>{f.name}</div>
      <div style={{ fontSize: big ? 24 : 18, fontWeight: 600, lineHeight: 1.4, color: alarm ? '#b42318' : undefined, whiteSpace: 'nowrap' }}>
        {n}<span style={{ fontSize: 13, fontWeight: 400 }}> {unit}{alarm && (f.id === 'R42' ? ' 有超期的' : ' 超过上限')}</span>
      </div>
      <div className="quiet" style={{ fontSize: 12 }}>{f.missing ? <Tooltip title={f.missing}>暂无这个数</Tooltip> : c ? `上年同期 ${shown(f, true).join(' ')} ${c.up ? '▲' : '▼'} ${c.text}` : '上年同期没有'}</div>
    </Card>
  )
  return to ? <Link to={to} className="plain" aria-label={`${f.name} ${n} ${unit}，打开清单`}>{body}</Link> : body
}

const figure = (b: Board, id: string) => b.figures?.find((f) => f.id === id)

function Outcomes({ b, w }: { b: Board; w: Wanted }) {
  const whole = figure(b, 'R06')?.value ?? 0
  const rows = outcomes.map((name) => ({ name, f: figure(b, outcomeOf[name]!) })).filter((r) => r.f)
  const good = ['撤回', '减至限额', '替换']
  return (
    <Card size="small" title={<>提醒之后怎样了　<span className="quiet" style={{ fontWeight: 400 }}>每件恰有一个结果，合计 {count(whole)} 件</span></>}>
      <Table
        size="small" rowKey="name" dataSource={rows} pagination={false}
        columns={[
          { title: '结果', dataIndex: 'name', width: 130, render: (n: string, r) => <Link to={opened(r.f!, w)}>{n}</Link> },
          { title: '件数', key: 'n', width: 70, align: 'right', render: (_, r) => count(r.f!.value) },
          { title: '占比', key: 'p', width: 66, align: 'right', render: (_, r) => percent(r.f!.value, whole) },
          { title: '', key: 'bar', responsive: ['sm'], render: (_, r) => <div aria-hidden style={{ height: 10, borderRadius: 2, width: `${whole ? (100 * r.f!.value) / whole : 0}%`, minWidth: r.f!.value ? 2 : 0, background: good.includes(r.name) ? '#0b7a55' : r.name === '转自费' ? '#1458b8' : '#98a2b3' }} /> },
          { title: '算遵从', key: 'c', width: 66, render: (_, r) => (good.includes(r.name) ? '是' : outcomes.indexOf(r.name) > 6 ? '不计' : '否') },
        ]}
      />
    </Card>
  )
}

function Money({ b, w }: { b: Board; w: Wanted }) {
  const phone = usePhone()
  const rows = ['R08', 'R11', 'R10', 'R12'].map((id) => figure(b, id)).filter((f): f is Figure => !!f)
  const words: Record<string, string> = { R08: '撤回、减量、替换、转自费省下的基金', R11: '结算满冻结期，不再变动', R10: '结算未满冻结期，还可能变动', R12: '7 日内又在别处开了同一项目，不算避免' }
  const option = useMemo(
    () => ({
      tooltip: {}, grid: { left: 70, right: 80, top: 8, bottom: 8 }, xAxis: { type: 'value', show: false }, yAxis: { type: 'category', inverse: true, data: ['已冻结', '形成中', '已收回'], axisTick: { show: false } },
      series: [{ type: 'bar', barMaxWidth: 22, label: { show: true, position: 'right', formatter: (p: { value: number }) => wan(p.value * 100).join(' ') },
        data: ['R11', 'R10', 'R12'].map((id, i) => ({ value: (figure(b, id)?.value ?? 0) / 100, itemStyle: { color: ['#0b7a55', '#5b9bff', '#98a2b3'][i] } })) }],
    }),
    [b],
  )
  return (
    <Card size="small" title="事前避免的基金">
      <Suspense fallback={<Skeleton active />}><Chart option={option} height={130} label="已冻结、形成中、已收回的避免金额" /></Suspense>
      <Table
        size="small" rowKey="id" dataSource={rows} pagination={false} showHeader={false}
        columns={[
          { key: 'n', width: phone ? undefined : 150, render: (_, f) => <><Link to={opened(f, w)}>{f.name}</Link>{phone && <div className="quiet">{words[f.id]}</div>}</> },
          { key: 'v', align: 'right', width: 120, render: (_, f) => `${yuan(f.value)} 元` },
          { key: 'w', responsive: ['sm'], render: (_, f) => <span className="quiet">{words[f.id]}</span> },
        ]}
      />
    </Card>
  )
}

function Loads({ b, w }: { b: Board; w: Wanted }) {
  const [as, setAs] = useState<string>('图')
  const rows = b.loads ?? []
  const option = useMemo(
    () => ({
      tooltip: { trigger: 'axis' }, legend: { top: 0, left: 'center', itemGap: 12, textStyle: { fontSize: 11 } }, grid: { left: 44, right: 44, top: 34, bottom: 26 }, xAxis: { type: 'category', data: rows.map((d) => d.day.slice(5)) },
      yAxis: [{ type: 'value' }, { type: 'value', minInterval: 1, splitLine: { show: false } }],
      series: [
        { name: '调用', type: 'bar', itemStyle: { color: '#b7cdec' }, data: rows.map((d) => d.calls) },
        { name: '每名医生被打断（中位数）', type: 'line', yAxisIndex: 1, itemStyle: { color: '#d46b08' }, data: rows.map((d) => d.median), markLine: { symbol: 'none', lineStyle: { color: '#b42318' }, label: { formatter: `上限 ${b.median_alarm}`, position: 'insideEndTop' }, data: [{ yAxis: b.median_alarm }] } },
        { name: '打断最多的医生', type: 'line', yAxisIndex: 1, itemStyle: { color: '#98a2b3' }, lineStyle: { type: 'dashed' }, data: rows.map((d) => d.most) },
      ],
    }),
    [rows, b.median_alarm],
  )
  return (
    <Card size="small" title={<>每天打断医生几次　<Link to={`/reminders/list/doctors?indicator=R34&from=${w.from}&to=${w.to}${w.fixmedins_code ? `&fixmedins_code=${w.fixmedins_code}` : ''}`} style={{ fontWeight: 400 }}>哪些医生</Link></>} extra={<Segmented size="small" options={['图', '表']} value={as} onChange={(v) => setAs(String(v))} aria-label="打断看图还是看表" />}>
      {as === '图' ? (
        <Suspense fallback={<Skeleton active />}><Chart option={option} height={260} label="逐日调用次数和医生被打断的中位数" /></Suspense>
      ) : (
        <Table
          size="small" rowKey="day" dataSource={rows} pagination={false} scroll={{ y: 220 }}
          columns={[
            { title: '日期', dataIndex: 'day', width: 100, render: (d: string) => <Link to={`/reminders/list/calls?from=${d}&to=${d}`}>{d}</Link> },
            { title: '医生', dataIndex: 'doctors', align: 'right', render: count },
            { title: '调用', dataIndex: 'calls', align: 'right', render: count },
            { title: '打断', dataIndex: 'interruptions', align: 'right', render: count },
            { title: '中位数', dataIndex: 'median', align: 'right' },
            { title: '最多', dataIndex: 'most', align: 'right' },
            { title: '', dataIndex: 'alarm', render: (a: boolean) => a && <Tag color="error">超过上限</Tag> },
          ]}
        />
      )}
    </Card>
  )
}

function Latency({ b, w }: { b: Board; w: Wanted }) {
  const rows = b.latency ?? []
  const whole = rows.reduce((n, r) => n + r.calls, 0)
  const name = (r: { upto_ms: number }, i: number) => (r.upto_ms ? `≤ ${r.upto_ms} 毫秒` : `> ${rows[i - 1]?.upto_ms} 毫秒`)
  const slow = figure(b, 'R37')
  const mean = figure(b, 'R35')
  const most = figure(b, 'R36')
  return (
    <Card size="small" title={<>判断耗时　<span className="quiet" style={{ fontWeight: 400 }}>平均 {mean && shown(mean).join(' ')}，最长 {most && shown(most).join(' ')}，不含网络</span></>} extra={slow && slow.value > 0 && <Link to={opened(slow, w)}>超过 500 毫秒的 {count(slow.value)} 次</Link>}>
      <Table
        size="small" rowKey="upto_ms" dataSource={rows.map((r, i) => ({ ...r, name: name(r, i) }))} pagination={false}
        columns={[
          { title: '耗时', dataIndex: 'name', width: 110 },
          { title: '调用', dataIndex: 'calls', width: 90, align: 'right', render: count },
          { title: '占比', key: 'p', width: 70, align: 'right', render: (_, r) => percent(r.calls, whole) },
          { title: '', key: 'bar', responsive: ['sm'], render: (_, r) => <div aria-hidden style={{ height: 10, borderRadius: 2, width: `${whole ? (100 * r.calls) / whole : 0}%`, minWidth: r.calls ? 2 : 0, background: r.upto_ms ? '#1458b8' : '#b42318' }} /> },
        ]}
      />
    </Card>
  )
}

const parts = [{ value: 'rule', label: '规则' }, { value: 'inst', label: '机构' }, { value: 'dept', label: '科室' }, { value: 'doctor', label: '医生' }, { value: 'day', label: '日期' }]

function Split({ w, office }: { w: Wanted; office: boolean }) {
  const phone = usePhone()
  const [by, setBy] = useState('rule')
  const q = useQuery({ queryKey: ['reminders', 'parts', w, by], queryFn: () => askParts(w, by) })
  const at = (p: Part): Record<string, string> => ({ from: by === 'day' ? p.key : w.from!, to: by === 'day' ? p.key : w.to!, fixmedins_code: p.fixmedins_code || w.fixmedins_code || '', ...(by === 'rule' ? { rule_id: p.key } : by === 'dept' ? { dept: p.name } : by === 'doctor' ? { doctor: p.name } : {}) })
  const link = (p: Part, list: string, n: number, more: Record<string, string> = {}) => (p.key && n ? <Link to={`/reminders/list/${list}?${new URLSearchParams({ ...at(p), ...more })}`}>{count(n)}</Link> : count(n))
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  const total = q.data?.total
  const rows = [...(q.data?.items ?? []), ...(total ? [total] : [])]
  const cut = (p: Part) => (by === 'dept' || by === 'doctor' ? <>{p.name || '未填'}　<span className="quiet">{p.fixmedins_name}</span></> : by === 'rule' && p.key ? <><span className="quiet">{p.key}</span>　{p.name}</> : p.name)
  return (
    <>
      <Space wrap style={{ marginBottom: 8 }}>
        <Segmented options={office ? parts : parts.filter((p) => p.value !== 'inst')} value={by} onChange={(v) => setBy(String(v))} aria-label="按什么分" />
        <span className="quiet">同一提醒、同一次调用涉及两个部分的各算一次，合计只算一次。</span>
      </Space>
      <Table<Part>
        size="small" rowKey={(p) => p.key || '合计'} dataSource={rows} loading={q.isPending} pagination={rows.length > 21 ? { pageSize: 20, showSizeChanger: false } : false} scroll={phone ? undefined : { x: 980 }}
        columns={[
          { title: parts.find((p) => p.value === by)!.label, key: 'name', ellipsis: !phone, ...(phone ? {} : { fixed: 'left' as const, width: 240 }), render: (_, p) => (by === 'inst' && p.key ? <Link to={`/reminders?${new URLSearchParams({ from: w.from!, to: w.to!, fixmedins_code: p.key })}`}>{p.name}</Link> : cut(p)) },
          ...(by === 'rule' ? [] : [{ title: '调用', key: 'calls', width: 80, align: 'right' as const, responsive: ['sm' as const], render: (_: unknown, p: Part) => link(p, 'calls', p.calls) }]),
          { title: '提示违规', key: 'v', width: 80, align: 'right', responsive: ['sm'], render: (_, p) => link(p, 'said', p.violations, { indicator: 'R03' }) },
          { title: '提示警告', key: 'd', width: 80, align: 'right', responsive: ['sm'], render: (_, p) => link(p, 'said', p.doubts, { indicator: 'R04' }) },
          { title: '提醒件数', key: 'e', width: 80, align: 'right', render: (_, p) => link(p, 'episodes', p.episodes) },
          { title: '已有结果', key: 'n', width: 80, align: 'right', responsive: ['sm'], render: (_, p) => link(p, 'episodes', p.ended, { indicator: 'R09' }) },
          { title: '遵从', key: 'c', width: 70, align: 'right', responsive: ['sm'], render: (_, p) => link(p, 'episodes', p.complied, { indicator: 'R05' }) },
          { title: '遵从率', key: 'r', width: 76, align: 'right', render: (_, p) => percent(p.complied, p.ended) },
          { title: '说明后继续', key: 'go', width: 90, align: 'right', responsive: ['sm'], render: (_, p) => link(p, 'episodes', p.outcomes?.['说明理由后继续'] ?? 0, { indicator: 'R26' }) },
          { title: '未回应', key: 'no', width: 76, align: 'right', responsive: ['sm'], render: (_, p) => link(p, 'episodes', p.outcomes?.['未回应'] ?? 0, { indicator: 'R27' }) },
          { title: '避免（元）', dataIndex: 'avoided_fen', width: 110, align: 'right', responsive: ['sm'], render: yuan },
          { title: '收回（元）', dataIndex: 'back_fen', width: 100, align: 'right', responsive: ['sm'], render: yuan },
        ]}
      />
    </>
  )
}
