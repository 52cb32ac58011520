import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Alert, Button, Empty, Space, Table, Tag } from 'antd'
import type { ColumnsType } from 'antd/es/table'
import { Link, useParams, useSearchParams } from 'react-router'
import type { components } from '../../api/schema'
import { get, query } from '../../api/client'
import { Severity } from '../../parts/Severity'
import { count, yuan } from '../../parts/words'
import type { CallRow, DoctorRow, EpisodeRow, SaidRow, VisitRow } from './api'
import { Inbox } from './Inbox'

const names: Record<string, string> = { calls: '调用', visits: '调用涉及的就诊', said: '显示过的提醒', episodes: '提醒事件', wrongs: '提醒有误的反映', doctors: '医生被打断次数' }
const time = (t: string) => t.slice(0, 19).replace('T', ' ')
const to = (list: string, q: Record<string, string>) => `/reminders/list/${list}?${new URLSearchParams(q)}`

// Page is the list that a figure opens into, with the figure's name and what narrows it.
export function Page() {
  const { list = '' } = useParams()
  const [params] = useSearchParams()
  const w = Object.fromEntries(params)
  const dictionary = useQuery({ queryKey: ['indicators'], queryFn: () => get<{ items: components['schemas']['Indicator'][] | null }>('/api/board/dictionary'), retry: false, enabled: !!w.indicator })
  const figure = dictionary.data?.items?.find((i) => i.id === w.indicator)
  const back = `/reminders${query({ from: w.from?.slice(0, 7), to: w.to?.slice(0, 7) })}`
  return (
    <div style={{ background: '#fff', padding: 12, borderRadius: 4 }}>
      <Space wrap style={{ marginBottom: 10 }}>
        <Link to={back}>← 事前提醒监测</Link>
        <b>{figure?.name ?? names[list] ?? '没有这个清单'}</b>
        {w.from && <Tag>{w.from === w.to || !w.to ? w.from : `${w.from} 至 ${w.to}`}</Tag>}
        {[['rule_id', '规则'], ['fixmedins_code', '机构'], ['dept', '科室'], ['doctor', '医生'], ['mdtrt_id', '就诊']].map(([k, label]) => w[k!] && <Tag key={k}>{label} {w[k!]}</Tag>)}
        {figure && <span className="quiet">{figure.means}</span>}
      </Space>
      {list === 'wrongs' ? <Inbox w={w} indicator={w.indicator} /> : list === 'doctors' ? <Doctors w={w} /> : names[list] ? <Rows key={list + params} list={list} w={w} /> : <Empty />}
    </div>
  )
}

const inst = { title: '机构', dataIndex: 'fixmedins_name', width: 180, ellipsis: true }
const rule = { title: '规则', key: 'rule', width: 190, ellipsis: true, render: (_: unknown, r: { rule_id: string; rule_name: string }) => <><span className="quiet">{r.rule_id}</span>　{r.rule_name}</> }
const money = (title: string, dataIndex: string) => ({ title, dataIndex, width: 100, align: 'right' as const, render: yuan })
const visit = { title: '就诊', dataIndex: 'mdtrt_id', width: 150, ellipsis: true, render: (m: string) => <Link to={to('calls', { mdtrt_id: m, from: '2000-01', to: '2100-01' })}>{m}</Link> }
const stages: Record<string, string> = { '3101': '3101 事前分析', '3102': '3102 事中分析' }

const columns: Record<string, ColumnsType<never>> = {
  calls: [
    { title: '时间', dataIndex: 'at', width: 160, render: time }, { title: '交易', dataIndex: 'infno', width: 110, render: (n: string) => stages[n] ?? n }, { title: '场景', dataIndex: 'trig_scen', width: 60 }, inst,
    { title: '操作员', dataIndex: 'opter', width: 90, ellipsis: true }, { title: '结论', dataIndex: 'verdict', width: 80, render: (v: string, r: CallRow) => <>{v}{r.partial && <Tag style={{ marginLeft: 4 }}>未判完</Tag>}</> },
    { title: '医嘱', dataIndex: 'orders', width: 64, align: 'right' }, { title: '命中', dataIndex: 'found', width: 64, align: 'right' }, { title: '弹出', dataIndex: 'shown', width: 64, align: 'right' },
    { title: '毫秒', dataIndex: 'ms', width: 80, align: 'right', render: (n: number) => n.toFixed(1) },
  ] as ColumnsType<CallRow> as ColumnsType<never>,
  visits: [{ title: '首次调用', dataIndex: 'first_at', width: 160, render: time }, visit, inst, { title: '科室', dataIndex: 'dept', width: 90 }, { title: '医生', dataIndex: 'doctor', width: 120 }, { title: '调用', dataIndex: 'calls', width: 70, align: 'right' }] as ColumnsType<VisitRow> as ColumnsType<never>,
  said: [
    { title: '首次显示', dataIndex: 'at', width: 160, render: time }, { title: '次数', dataIndex: 'times', width: 60, align: 'right' }, { title: '程度', dataIndex: 'sev_deg', width: 100, render: (n: number) => <Severity level={n} /> }, rule,
    { title: '提醒的话', dataIndex: 'warn_cont', width: 280, ellipsis: true }, inst, { title: '医生', dataIndex: 'doctor', width: 150, ellipsis: true }, visit, money('涉及（元）', 'vola_fen'),
    { title: '答复', dataIndex: 'choices', width: 160, ellipsis: true, render: (c: string[] | null) => c?.join(' → ') },
  ] as ColumnsType<SaidRow> as ColumnsType<never>,
  episodes: [
    { title: '首次提醒', dataIndex: 'day', width: 100 }, rule, { title: '提醒的话', dataIndex: 'warn_cont', width: 240, ellipsis: true }, inst, { title: '医生', dataIndex: 'doctor', width: 150, ellipsis: true }, visit, { title: '答复', dataIndex: 'choice', width: 80 },
    { title: '结果', dataIndex: 'outcome', width: 150, render: (o: string, r: EpisodeRow) => <>{o}{r.complied && <Tag color="success" style={{ marginLeft: 4 }}>遵从</Tag>}</> }, money('原基金', 'orig_fund_fen'), money('现基金', 'final_fund_fen'),
    money('避免', 'avoided_fen'), money('收回', 'back_fen'), { title: '冻结', dataIndex: 'frozen', width: 64, render: (f: boolean) => (f ? '已冻结' : '') }, { title: '说明', key: 'n', width: 200, ellipsis: true, render: (_: unknown, r: EpisodeRow) => [r.reopened_at, r.note].filter(Boolean).join('　') },
  ] as ColumnsType<EpisodeRow> as ColumnsType<never>,
}
const widths: Record<string, number> = { calls: 960, visits: 760, said: 1460, episodes: 1840 }

function Rows({ list, w }: { list: string; w: Record<string, string> }) {
  const q = useInfiniteQuery({
    queryKey: ['reminders', list, w], initialPageParam: '', queryFn: ({ pageParam }) => get<{ items: Record<string, unknown>[] | null; next: string }>(`/api/reminders/${list}${query({ ...w, cursor: pageParam, limit: 50 })}`),
    getNextPageParam: (p) => p.next || undefined,
  })
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  const rows = (q.data?.pages ?? []).flatMap((p) => p.items ?? [])
  return (
    <>
      <Table
        size="small" rowKey={(r) => String((r as Record<string, unknown>).call_id ?? (r as Record<string, unknown>).episode_id ?? (r as Record<string, unknown>).warn_rslt_id ?? (r as Record<string, unknown>).mdtrt_id)} dataSource={rows as never[]} columns={columns[list]} loading={q.isPending} pagination={false} sticky
        scroll={{ x: widths[list] }} locale={{ emptyText: <Empty description="这段时间没有" /> }}
      />
      <Space style={{ marginTop: 8 }}>
        {!q.isPending && <span className="quiet">已列 {count(rows.length)} 条{q.hasNextPage ? '' : '，全部'}</span>}
        {q.hasNextPage && <Button size="small" onClick={() => q.fetchNextPage()} loading={q.isFetchingNextPage}>再列 50 条</Button>}
      </Space>
    </>
  )
}

function Doctors({ w }: { w: Record<string, string> }) {
  const q = useQuery({ queryKey: ['reminders', 'doctors', w], queryFn: () => get<{ items: DoctorRow[] | null; total: number }>(`/api/reminders/doctors${query({ ...w, limit: 200 })}`) })
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  return (
    <Table<DoctorRow>
      size="small" rowKey={(d) => d.fixmedins_code + d.doctor + d.day} dataSource={q.data?.items ?? []} loading={q.isPending} pagination={{ pageSize: 50, showTotal: () => `共 ${count(q.data?.total ?? 0)} 个医生日，列出打断最多的 200 个`, showSizeChanger: false }}
      columns={[inst, { title: '医生', dataIndex: 'doctor', width: 140 }, { title: '日期', dataIndex: 'day', width: 110 }, { title: '调用', dataIndex: 'calls', width: 80, align: 'right', render: (n: number, d) => <Link to={to('calls', { fixmedins_code: d.fixmedins_code, doctor: d.doctor, from: d.day, to: d.day })}>{count(n)}</Link> }, { title: '被打断', dataIndex: 'interruptions', width: 80, align: 'right', render: (n: number, d) => <Link to={to('calls', { fixmedins_code: d.fixmedins_code, doctor: d.doctor, from: d.day, to: d.day, indicator: 'R33' })}>{count(n)}</Link> }]}
    />
  )
}
