import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Alert, Button, Empty, Input, Select, Space, Table, Tag } from 'antd'
import { useEffect, useState } from 'react'
import { useNavigate, useSearchParams } from 'react-router'
import { type Clue, clueCounts, clues } from '../../api/trace'
import { useSession } from '../../api/session'
import { count } from '../../parts/words'

export const states = ['待自述', '待核查', '待结论', '已结论', '已移交', '已撤回']

export function Page() {
  const { session } = useSession()
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
        <span className="quiet"><kbd>J</kbd> <kbd>K</kbd> 上下移动，<kbd>Enter</kbd> 打开</span>
      </Space>
      {q.error && <Alert type="error" showIcon title={q.error.message} style={{ marginBottom: 8 }} />}
      <div className="grow">
        <Table<Clue>
          size="small" rowKey="clue_id" dataSource={rows} loading={q.isPending} pagination={false} sticky scroll={{ x: 1080 }} rowClassName={(_, i) => (i === at ? 'picked' : '')}
          onRow={(c, i) => ({ onClick: () => navigate(`/trace/clues/${c.clue_id}`), onMouseEnter: () => setAt(i ?? 0), style: { cursor: 'pointer' } })}
          locale={{ emptyText: <Empty description="没有线索：审核之后运行 mingjian trace clues --save，净重复而没有解释的码会列在这里" /> }}
          columns={[
            { title: '进度', dataIndex: 'state', width: 76, fixed: 'left', render: (s: string, c) => <Tag color={c.late ? 'red' : s === '待自述' ? 'orange' : s.startsWith('已') ? 'green' : 'blue'}>{s}</Tag> },
            { title: '类别', dataIndex: 'class', width: 138 },
            { title: '追溯码', dataIndex: 'drug_trac_codg', width: 176, ellipsis: true },
            { title: '品种', dataIndex: 'hilist_code', width: 110, ellipsis: true },
            { title: '机构', dataIndex: 'fixmedins_code', width: 120 },
            { title: '售出时间', dataIndex: 'sel_retn_time', width: 146 },
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
