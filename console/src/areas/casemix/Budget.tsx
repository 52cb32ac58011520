import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Card, Empty, Progress, Segmented, Skeleton, Statistic, Table, Tag } from 'antd'
import dayjs from 'dayjs'
import { lazy, Suspense, useState } from 'react'
import { Link } from 'react-router'
import { call } from '../../api/client'
import { useSession } from '../../api/session'
import { count, wan, yuan } from '../../parts/words'
import { type Budget, budget, type Insured, insuredWord, type Job, type Line, share } from './api'
import { beside, Sample, Trouble } from './Note'
import { watch } from './watch'

const Chart = lazy(() => import('../../parts/Chart'))

// The double control: the budget against time, and 结付率 with where it is going.
export function Page() {
  const { may, session } = useSession()
  const runs = may('运行审核') && !session?.admdvs // the figures are the whole area's
  const q = useQuery({ queryKey: ['casemix-budget'], queryFn: budget })
  const [of, setOf] = useState('')
  if (q.error) return <div style={{ display: 'grid', gap: 10 }}>{runs && <Again />}<Trouble error={q.error} /></div>
  if (!q.data) return <Skeleton active />
  const all = q.data.insured ?? []
  const x = all.find((i) => i.insutype === of) ?? all[0]
  if (!x) return <Empty style={{ background: '#fff', padding: 40, margin: 0 }} description="您的范围内没有按病组付费的机构" />
  return (
    <div style={{ display: 'grid', gap: 10, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <Sample on={q.data.sample} />
      <div style={{ display: 'flex', gap: 12, alignItems: 'center', flexWrap: 'wrap' }}>
        <Segmented value={x.insutype} onChange={setOf} options={all.map((i) => ({ value: i.insutype, label: `${insuredWord(i.insutype)}（${i.mode}）` }))} />
        <span className="quiet">{q.data.params}；截至 {q.data.through}，{x.floating ? '浮动' : '固定'}{x.mode === 'DRG' ? '费率' : '点值'} {(x.rate / 1e6).toFixed(4)} 元；测算于 {dayjs(q.data.made_at).format('YYYY-MM-DD HH:mm')}</span>
        <span style={{ flex: 1 }} />
        {runs && <Again />}
      </div>
      {q.data.left > 0 && <Left d={q.data} />}
      <Board x={x} d={q.data} />
    </div>
  )
}

// Left tells which insurance types are not paid by case groups here, and how to have them counted.
function Left({ d }: { d: Budget }) {
  const of = (d.left_of ?? []).map((l) => `${l.insutype ? `${insuredWord(l.insutype)}（${l.insutype}）` : '没有写险种'} ${count(l.stays)} 例`)
  return (
    <Alert
      type="info" showIcon title={`另有 ${count(d.left)} 例没有计算：${of.length ? of.join('，') : '它们的险种没有付费参数'}`}
      description={<>{of.length ? '这些险种在付费参数里没有，按原来的办法付，不进下面的数。' : ''}要算的话，在付费参数的 insurance 里加上险种（方式、费率或点值、预算），<code>mingjian payment use --params 文件</code> 选定，再点“重新测算”；不按病组付费的险种可以不管。</>}
    />
  )
}

// Again has the figures made once more.
function Again() {
  const { message } = App.useApp()
  const queries = useQueryClient()
  const go = useMutation({
    mutationFn: async () => watch(await call<Job>('POST', '/api/casemix/boards', {})),
    onSuccess: (j) => { message.success(`测算好了：${j.message}`); void queries.invalidateQueries({ queryKey: ['casemix-budget'] }); void queries.invalidateQueries({ queryKey: ['casemix-hospital'] }) },
    onError: (e) => message.error(e.message, 8),
  })
  return <Button loading={go.isPending} onClick={() => go.mutate()}>重新测算</Button>
}

const money = (fen: number) => wan(fen).join(' ')

function Board({ x, d }: { x: Insured; d: Budget }) {
  const lines = x.lines ?? []
  const area = lines.find((l) => !l.fixmedins_code)
  const rows = lines.filter((l) => l.fixmedins_code)
  const name = (code: string) => d.places?.find((p) => p.fixmedins_code === code)?.fixmedins_name ?? code
  const talk = rows.filter((l) => l.warnings?.length)
  return (
    <>
      {area && <Cards l={area} />}
      {area && <Short l={area} year={d.year} />}
      {area && <Card size="small" title="全区各月"><Suspense fallback={<Skeleton active />}><Trend l={area} /></Suspense></Card>}
      <Card size="small" title={`机构（${rows.length}）；约谈名单 ${talk.length} 家`}>
        <p className="quiet" style={{ margin: '0 0 8px' }}>有预警的列入约谈名单：快于时间进度、预计超预算，或结付率出了上下界（界限在付费参数的 budget 里）。{rows.some((l) => l.budget) ? '' : '参数里没有写各机构的预算，这里只有全区的。'}</p>
        <Table<Line>
          size="small" rowKey="fixmedins_code" dataSource={rows} pagination={{ pageSize: 20, showSizeChanger: false, hideOnSinglePage: true }} sticky scroll={{ x: 1280 }}
          columns={[
            { title: '机构', render: (_, l) => <Link to={`/casemix/hospital?inst=${encodeURIComponent(l.fixmedins_code)}&insutype=${x.insutype}`}>{name(l.fixmedins_code)}</Link>, ellipsis: true },
            { title: '全年预算（元）', width: 130, align: 'right', render: (_, l) => (l.budget ? yuan(l.budget) : '—') },
            { title: '病组应付（元）', width: 130, align: 'right', render: (_, l) => yuan(l.payable), sorter: (a, b) => a.payable - b.payable, defaultSortOrder: 'descend' },
            { title: '按项目统筹（元）', width: 135, align: 'right', render: (_, l) => yuan(l.declared) },
            { title: '结付率', width: 85, align: 'right', render: (_, l) => share(l.pay_ratio), sorter: (a, b) => a.pay_ratio - b.pay_ratio },
            { title: '预计年底', width: 90, align: 'right', render: (_, l) => share(l.ratio_end), sorter: (a, b) => a.ratio_end - b.ratio_end },
            { title: '预计全年应付（元）', width: 145, align: 'right', render: (_, l) => yuan(l.forecast) },
            { title: '应补（负为应退）', width: 125, align: 'right', render: (_, l) => yuan(l.due), sorter: (a, b) => a.due - b.due },
            { title: '预警', width: 250, render: (_, l) => l.warnings?.map((w) => <Tag key={w} color="orange" style={{ whiteSpace: 'normal' }}>{w}</Tag>) },
          ]}
        />
      </Card>
    </>
  )
}

function Cards({ l }: { l: Line }) {
  return (
    <div style={{ display: 'grid', gap: 10, gridTemplateColumns: beside(220) }}>
      <Card size="small">
        <Statistic title="预算执行" value={l.budget ? share(l.spent) : '没有下达预算'} />
        <Progress percent={Number((l.spent / 1e4).toFixed(1))} success={{ percent: 0 }} showInfo={false} status={l.spent > l.time + 50_000 ? 'exception' : 'normal'} />
        <div className="quiet">时间进度 {share(l.time)}；预算 {money(l.budget)}</div>
      </Card>
      <Card size="small"><Statistic title="病组应付" value={money(l.payable)} /><div className="quiet">按项目统筹 {money(l.declared)}；已月付 {money(l.paid)}</div></Card>
      <Card size="small"><Statistic title="结付率" value={share(l.pay_ratio)} /><div className="quiet">照近三个月，年底 {share(l.ratio_end)}</div></Card>
      <Card size="small"><Statistic title="预计全年应付" value={money(l.forecast)} /><div className="quiet">{l.budget ? (l.forecast > l.budget ? `超预算 ${money(l.forecast - l.budget)}` : `预算内，余 ${money(l.budget - l.forecast)}`) : '没有下达预算'}</div></Card>
      {l.warnings?.length ? <Alert style={{ gridColumn: '1 / -1' }} type="warning" showIcon title={`全区：${l.warnings.join('；')}`} /> : null}
    </div>
  )
}

// Short says where the year's figures do not begin in January: then the time gone and the budget used do not go together.
function Short({ l, year }: { l: Line; year: number }) {
  const first = (l.months ?? []).find((m) => m.stays > 0)?.month
  if (!first || first <= `${year}-01`) return null
  return <Alert type="info" showIcon title={`${year} 年只有 ${first} 起的结算：时间进度按全年算，预算执行、预计全年应付里没有之前的月份。`} />
}

function Trend({ l }: { l: Line }) {
  const m = l.months ?? []
  const year = m[0]?.month.slice(0, 4) ?? ''
  const months = Array.from({ length: 12 }, (_, i) => `${year}-${String(i + 1).padStart(2, '0')}`)
  const at = (k: string) => m.find((x) => x.month === k)
  const last = m.slice(-3)
  const ahead = last.length ? last.reduce((s, x) => s + x.payable, 0) / last.length : 0
  const end = m[m.length - 1]?.month ?? ''
  const wanOf = (fen: number) => Number((fen / 1e6).toFixed(2))
  return (
    <Chart
      height={240} label="各月按项目统筹、病组应付与结付率，虚线以后为按近三个月的预测"
      option={{
        grid: { left: 50, right: 50, top: 34, bottom: 56 }, tooltip: { trigger: 'axis' }, legend: { type: 'scroll', bottom: 0, itemGap: 22, itemWidth: 18 },
        xAxis: { type: 'category', data: months }, yAxis: [{ type: 'value', name: '万元' }, { type: 'value', name: '结付率 %', scale: true, splitLine: { show: false } }],
        series: [
          { type: 'bar', name: '按项目统筹', data: months.map((k) => (at(k) ? wanOf(at(k)!.declared) : null)), itemStyle: { color: '#98a2b3' } },
          { type: 'bar', name: '病组应付', data: months.map((k) => (at(k) ? wanOf(at(k)!.payable) : null)), itemStyle: { color: '#1677ff' } },
          { type: 'bar', name: '预测应付', data: months.map((k) => (k > end ? wanOf(ahead) : null)), itemStyle: { color: '#bae0ff', borderColor: '#1677ff', borderType: 'dashed' } },
          { type: 'line', name: '结付率', yAxisIndex: 1, data: months.map((k) => (at(k)?.declared ? Number(((at(k)!.payable / at(k)!.declared) * 100).toFixed(1)) : null)), itemStyle: { color: '#d46b08' } },
        ],
      }}
    />
  )
}
