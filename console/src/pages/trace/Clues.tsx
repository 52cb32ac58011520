import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Empty, Input, Select, Space, Table, Tag } from 'antd'
import { Fragment, useEffect, useState } from 'react'
import { useNavigate, useSearchParams } from 'react-router'
import { type Clue, clueCounts, clues, collect, funnel } from '../../api/trace'
import { useSession } from '../../api/session'
import { count } from '../../parts/words'

export const states = ['待自述', '待核查', '待结论', '已结论', '已移交', '已撤回']

export function Page() {
  const { session, may } = useSession()
  const { message } = App.useApp()
  const client = useQueryClient()
  const [params, setParams] = useSearchParams()
  const navigate = useNavigate()
  const filter = { state: params.get('state') ?? '', class: params.get('class') ?? '', fixmedins_code: params.get('inst') ?? '' }
  const set = (k: string, v?: string) =>
    setParams((p) => {
      if (v) p.set(k, v)
      else p.delete(k)
      return p
    })
  const sums = useQuery({ queryKey: ['trace-clue-counts'], queryFn: clueCounts })
  const q = useInfiniteQuery({ queryKey: ['trace-clues', filter], queryFn: ({ pageParam }) => clues(filter, pageParam), initialPageParam: '', getNextPageParam: (l) => l.next || undefined })
  const office = !session?.fixmedins_code
  const again = useMutation({
    mutationFn: collect,
    onSuccess: (r) => {
      message.success(r.added ? `新列入 ${count(r.added)} 条；存疑的共 ${count(r.doubtful)} 条` : `没有新的，存疑的 ${count(r.doubtful)} 条都在清单上`)
      for (const key of ['trace-clues', 'trace-clue-counts', 'trace-funnel']) client.invalidateQueries({ queryKey: [key] })
    },
  })
  const mayCollect = office && ['初审', '派单', '稽核', '确认扣款'].some(may)
  const rows = q.data?.pages.flatMap((p) => p.items ?? []) ?? []
  const [at, setAt] = useState(0)
  useEffect(() => {
    const key = (e: KeyboardEvent) => {
      if (e.target instanceof HTMLElement && /INPUT|TEXTAREA|SELECT/.test(e.target.tagName)) return
      if (e.key === 'j') setAt((i) => Math.min(i + 1, rows.length - 1))
      else if (e.key === 'k') setAt((i) => Math.max(i - 1, 0))
      else if (e.key === 'Enter' && rows[at]) navigate(`/trace/clues/${rows[at].clue_id}`)
      else return
      e.preventDefault()
    }
    window.addEventListener('keydown', key)
    return () => window.removeEventListener('keydown', key)
  }, [rows, at, navigate])
  const of = (k: 'state' | 'class', v: string) => (sums.data?.items ?? []).filter((i) => i[k] === v).reduce((n, i) => n + i.n, 0)
  const classes = [...new Set((sums.data?.items ?? []).map((i) => i.class))]
  return (
    <div className="fit" style={{ background: '#fff', padding: 12, borderRadius: 4 }}>
      <Space wrap style={{ marginBottom: 10 }}>
        {states.map((s) => (
          <Button key={s} size="small" type={filter.state === s ? 'primary' : 'default'} onClick={() => set('state', filter.state === s ? '' : s)}>{s} {count(of('state', s))}</Button>
        ))}
        <Select placeholder="类别" allowClear style={{ width: 170 }} value={filter.class || undefined} onChange={(v?: string) => set('class', v)} options={classes.map((c) => ({ value: c, label: `${c} ${of('class', c)}` }))} />
        {!session?.fixmedins_code && <Input.Search placeholder="机构编码" allowClear defaultValue={filter.fixmedins_code} onSearch={(v) => set('inst', v.trim())} style={{ width: 190 }} aria-label="机构编码" />}
        {mayCollect && <Button loading={again.isPending} onClick={() => again.mutate()}>整理线索</Button>}
        <span className="quiet"><kbd>J</kbd> <kbd>K</kbd> 上下移动，<kbd>Enter</kbd> 打开</span>
      </Space>
      {office && session?.admdvs === '' && <Steps />}
      {again.error && <Alert type="error" showIcon title={again.error.message} style={{ marginBottom: 8 }} />}
      {q.error && <Alert type="error" showIcon title={q.error.message} style={{ marginBottom: 8 }} />}
      <div className="grow">
        <Table<Clue>
          size="small" rowKey="clue_id" dataSource={rows} loading={q.isPending} pagination={false} sticky scroll={{ x: 1060 }} rowClassName={(_, i) => (i === at ? 'picked' : '')}
          onRow={(c, i) => ({ onClick: () => navigate(`/trace/clues/${c.clue_id}`), onMouseEnter: () => setAt(i ?? 0), style: { cursor: 'pointer' } })}
          locale={{ emptyText: <Empty description="没有线索。导入结算、购进和销售之后点“整理线索”，净重复而没有解释的码会列在这里" /> }}
          columns={[
            { title: '进度', dataIndex: 'state', width: 76, fixed: 'left', render: (s: string, c) => <Tag color={c.late ? 'red' : s === '待自述' ? 'orange' : s.startsWith('已') ? 'green' : 'blue'}>{s}</Tag> },
            { title: '类别', dataIndex: 'class', width: 126 },
            { title: '追溯码', dataIndex: 'drug_trac_codg', width: 166, ellipsis: true },
            { title: '品种', dataIndex: 'hilist_code', width: 96, ellipsis: true },
            { title: '机构', dataIndex: 'fixmedins_name', width: 144, ellipsis: true, render: (n: string, c) => n || c.fixmedins_code },
            { title: '售出时间', dataIndex: 'sel_retn_time', width: 128, render: (t: string) => t.slice(0, 16) },
            { title: '隔日', dataIndex: 'gap_days', width: 56, align: 'right' },
            { title: '购进凭证', dataIndex: 'proof', width: 94, render: (p: string) => (p === '有购进' ? p : <span style={{ color: '#ad4e00' }}>{p}</span>) },
            { title: '自述期限', dataIndex: 'due', width: 96, render: (d: string, c) => <span style={{ color: c.late ? '#a8071a' : undefined }}>{d.slice(0, 10)}</span> },
            { title: '结论', dataIndex: 'verdict', width: 72 },
            { title: '疑点', dataIndex: 'finding_id', width: 64, render: (f: string) => (f ? '已入池' : <span className="quiet">无</span>) },
          ]}
        />
      </div>
      {q.hasNextPage && <Button block type="text" loading={q.isFetchingNextPage} onClick={() => q.fetchNextPage()}>再看 50 条（已显示 {count(rows.length)} 条）</Button>}
    </div>
  )
}

// What the net duplicates came down to, step by step.
function Steps() {
  const q = useQuery({ queryKey: ['trace-funnel'], queryFn: funnel, retry: false })
  const f = q.data
  if (!f) return null
  const out: [string, number][] = [['已退货', f.returned], ['重复提交', f.resent], ['拆零', f.parts], ['前次已退', f.cleared], ['病区统一扫码', f.ward]]
  const steps: [string, string, string][] = [
    ['见过的码', count(f.codes), '#f2f4f7'], ['多售', count(f.repeated), '#f2f4f7'], ...out.filter(([, n]) => n).map(([w, n]): [string, string, string] => [w, `−${count(n)}`, '#f6ffed']),
    ['存疑', count(f.doubtful), '#fff1f0'], ['其中无购进凭证', count(f.unproved), '#fff1f0'],
  ]
  return (
    <div style={{ display: 'flex', flexWrap: 'wrap', gap: 6, alignItems: 'center', marginBottom: 10 }} role="group" aria-label="净重复的去向">
      {steps.map(([word, n, colour], i) => (
        <Fragment key={word}>
          {i > 0 && <span className="quiet">›</span>}
          <span style={{ padding: '2px 8px', borderRadius: 4, background: colour }}>{word} <b>{n}</b></span>
        </Fragment>
      ))}
      <span className="quiet">涉及 {f.instances} 家机构</span>
    </div>
  )
}
