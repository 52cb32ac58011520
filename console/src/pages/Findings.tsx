import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Alert, Button, Checkbox, DatePicker, Empty, Input, Select, Space, Table, Tag } from 'antd'
import dayjs from 'dayjs'
import { useEffect, useState } from 'react'
import { useNavigate, useSearchParams } from 'react-router'
import { get, query } from '../api/client'
import { type Item as Finding, listItems } from '../api/review'
import { Left } from '../areas/review/Decide'
import { Filters } from '../areas/review/Filters'
import { Sheet } from '../areas/review/Sheet'
import { Together } from '../areas/review/Together'
import { Severity } from '../parts/Severity'
import { useKeys } from '../parts/keys'
import { keepList } from '../parts/trail'
import { count, severities, yuan } from '../parts/words'

const size = 50
const states = ['机审', '初审', '排除复核', '排除抽查', '待送达', '送达中', '反馈申诉', '补充材料', '复审', '合议', '复审告知', '二次申诉', '终审', '执行', '行政处理', '关闭']

// The filters live in the address, so that the way back keeps them and a list can be sent to a colleague.
export function Page() {
  const [params, to] = useSearchParams()
  const setParams = (next: Parameters<typeof to>[0]) => to(next, { state: { chosen: true } }) // chosen here, not come to: see Filters
  const navigate = useNavigate()
  const filter = {
    rule_id: params.get('rule') ?? '', month: params.get('month') ?? '', fixmedins_code: params.get('inst') ?? '', state: params.get('state') ?? '', package_id: params.get('package') ?? '',
    sev_deg: params.get('sev') ?? '', mdtrt_id: params.get('stay') ?? '', overdue: params.get('overdue') ?? '', order: params.get('order') ?? '',
    indicator: params.get('indicator') ?? '', from: params.get('from') ?? '', to: params.get('to') ?? '', admdvs: params.get('admdvs') ?? '',
  }
  const set = (k: string, v?: string) =>
    setParams((p) => {
      if (v) p.set(k, v)
      else p.delete(k)
      return p
    })
  const q = useInfiniteQuery({
    queryKey: ['findings', filter],
    queryFn: ({ pageParam }) => listItems({ ...filter, cursor: pageParam, limit: size }),
    initialPageParam: '',
    getNextPageParam: (last) => last.next || undefined,
  })
  const rows = q.data?.pages.flatMap((p) => p.items) ?? []
  const [at, setAt] = useState(0)
  const [picked, setPicked] = useState<string[]>([])
  const [last, setLast] = useState(0) // where shift counts from
  const open = (id: string) => {
    keepList({ back: `/findings?${params}`, ids: rows.map((r) => r.finding_id) })
    navigate(`/findings/${id}`)
  }
  const pick = (i: number, through: boolean) => {
    const ids = rows.slice(through ? Math.min(last, i) : i, (through ? Math.max(last, i) : i) + 1).map((r) => r.finding_id)
    const on = !picked.includes(rows[i]!.finding_id)
    setPicked((p) => (on ? [...new Set([...p, ...ids])] : p.filter((x) => !ids.includes(x))))
    setLast(i)
  }
  useEffect(() => setPicked([]), [params]) // what is not on the screen is not chosen
  useKeys({
    j: () => setAt((i) => Math.min(i + 1, rows.length - 1)), k: () => setAt((i) => Math.max(i - 1, 0)),
    x: () => rows[at] && pick(at, false), X: () => rows[at] && pick(at, true), Enter: () => rows[at] && open(rows[at].finding_id),
    '/': () => document.querySelector<HTMLInputElement>('input[aria-label="规则编号"]')?.focus(),
  })
  useEffect(() => {
    document.querySelector('tr.picked')?.scrollIntoView({ block: 'nearest' }) // some browsers answer with a promise, which is no clean-up
  }, [at])
  const filtered = Object.values(filter).some(Boolean)
  const chosen = rows.filter((r) => picked.includes(r.finding_id))
  return (
    <div className="fit" style={{ background: '#fff', padding: 12, borderRadius: 4 }}>
      <Space wrap style={{ marginBottom: 8 }}>
        <Filters now={params.toString()} onPick={(s) => setParams(new URLSearchParams(s))} onBegin={(s) => to(new URLSearchParams(s), { replace: true })} />
        <Select placeholder="状态" allowClear style={{ width: 112 }} value={filter.state || undefined} onChange={(v?: string) => set('state', v)} options={states.map((s) => ({ value: s, label: s }))} aria-label="状态" />
        <DatePicker picker="month" placeholder="月份" style={{ width: 112 }} value={filter.month ? dayjs(`${filter.month}-01`) : null} onChange={(d) => set('month', d ? d.format('YYYY-MM') : '')} />
        <Select placeholder="程度" allowClear style={{ width: 112 }} value={filter.sev_deg || undefined} onChange={(v?: string) => set('sev', v)} options={[1, 2, 3].map((n) => ({ value: String(n), label: severities[n]!.text }))} aria-label="程度" />
        <Input.Search key={`r${filter.rule_id}`} placeholder="规则编号" allowClear defaultValue={filter.rule_id} onSearch={(v) => set('rule', v.trim().toUpperCase())} style={{ width: 130 }} aria-label="规则编号" />
        <Input.Search key={`i${filter.fixmedins_code}`} placeholder="机构编码" allowClear defaultValue={filter.fixmedins_code} onSearch={(v) => set('inst', v.trim())} style={{ width: 160 }} aria-label="机构编码" />
        <Input.Search key={`s${filter.mdtrt_id}`} placeholder="就诊号" allowClear defaultValue={filter.mdtrt_id} onSearch={(v) => set('stay', v.trim())} style={{ width: 150 }} aria-label="就诊号" />
        <Checkbox checked={filter.overdue === 'true'} onChange={(e) => set('overdue', e.target.checked ? 'true' : '')}>只看超期</Checkbox>
        <Checkbox checked={filter.order === 'due'} onChange={(e) => set('order', e.target.checked ? 'due' : '')}>先到期的在前</Checkbox>
        <Sheet search={query(filter)} />
        {filter.indicator && <Counted id={filter.indicator} from={filter.from} to={filter.to} onClose={() => { setParams((p) => { for (const k of ['indicator', 'from', 'to']) p.delete(k); return p }) }} />}
        {filtered && <Button type="link" onClick={() => setParams({})}>清除条件</Button>}
        <span className="quiet"><kbd>J</kbd> <kbd>K</kbd> 移动　<kbd>X</kbd> 勾选（按住 Shift 连选）　<kbd>1</kbd>–<kbd>9</kbd> 办理　<kbd>Enter</kbd> 打开　<kbd>/</kbd> 查找</span>
      </Space>
      {q.error && <Alert type="error" showIcon title={q.error.message} style={{ marginBottom: 8 }} />}
      <Together chosen={chosen} onDone={() => setPicked([])} />
      <div className="grow">
        <Table<Finding>
          size="small" rowKey="finding_id" dataSource={rows} loading={q.isPending} pagination={false} sticky scroll={{ x: 1080 }}
          rowSelection={{ selectedRowKeys: picked, onChange: (k) => setPicked(k as string[]), columnWidth: 36, fixed: true }}
          rowClassName={(_, i) => (i === at ? 'picked' : '')}
          onRow={(f, i) => ({ onClick: () => open(f.finding_id), onMouseEnter: () => setAt(i ?? 0), style: { cursor: 'pointer' } })}
          locale={{ emptyText: <Empty description={filtered ? '没有符合条件的疑点' : '还没有疑点：导入数据并审核之后，疑点会出现在这里'} /> }}
          columns={[
            { title: '严重程度', dataIndex: 'sev_deg', width: 100, fixed: 'left', render: (n: number) => <Severity level={n} /> },
            { title: '规则', key: 'rule', width: 210, ellipsis: true, render: (_, f) => <><span className="quiet">{f.rule_id}</span>　{f.rule_name}</> },
            { title: '说明', dataIndex: 'vola_cont', ellipsis: true },
            { title: '机构', key: 'inst', width: 140, ellipsis: true, render: (_, f) => f.fixmedins_name || f.fixmedins_code },
            { title: '月份', dataIndex: 'month', width: 80 },
            { title: '期限', key: 'due', width: 124, render: (_, f) => f.due && <Left days={f.days_left} due={f.due} paused={f.paused} /> },
            { title: '违规金额（元）', dataIndex: 'vola_fen', width: 116, align: 'right', render: yuan },
            { title: '拟追（元）', dataIndex: 'charged_fen', width: 104, align: 'right', render: yuan },
            ...(rows.some((f) => f.moved_fen) ? [{ title: '期内入账（元）', dataIndex: 'moved_fen', width: 116, align: 'right' as const, render: yuan }] : []),
            { title: '状态', dataIndex: 'state', width: 84, render: (s: string, f) => (f.withdrawn ? <span className="quiet">已撤回</span> : s) },
          ]}
        />
      </div>
      {q.hasNextPage && <Button block type="text" loading={q.isFetchingNextPage} onClick={() => q.fetchNextPage()}>再看 {size} 条（已显示 {count(rows.length)} 条）</Button>}
    </div>
  )
}

// Counted says which figure the list was opened from.
function Counted({ id, from, to, onClose }: { id: string; from: string; to: string; onClose: () => void }) {
  const q = useQuery({ queryKey: ['indicators'], queryFn: () => get<{ items: { id: string; name: string; means: string }[] | null }>('/api/board/dictionary') })
  const i = q.data?.items?.find((x) => x.id === id)
  return <Tag closable color="blue" title={i?.means} onClose={(e) => { e.preventDefault(); onClose() }}>指标 {i?.name ?? id}　{from === to ? from : `${from} 至 ${to}`}</Tag>
}
