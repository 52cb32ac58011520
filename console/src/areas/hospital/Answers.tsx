import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Alert, Button, Empty, Segmented, Space, Table } from 'antd'
import { useState } from 'react'
import { useNavigate, useSearchParams } from 'react-router'
import { get } from '../../api/client'
import { type Item, listItems } from '../../api/review'
import { Severity } from '../../parts/Severity'
import { useKeys } from '../../parts/keys'
import { keepList } from '../../parts/trail'
import { count, yuan } from '../../parts/words'
import { Left } from '../review/Decide'
import { Together } from '../review/Together'
import { Files } from './Files'
import { Notices, useNotices } from './Notices'

interface Waiting { state: string; cases: number; overdue: number }

// The states in which an institution is asked, then all.
const tabs = ['反馈申诉', '补充材料', '二次申诉', '终审']
const names: Record<string, string> = { 反馈申诉: '待答复', 补充材料: '待补充材料', 二次申诉: '可二次申诉', 终审: '等终审' }

// Page is where an institution answers: what runs out first stands first.
export function Page() {
  const navigate = useNavigate()
  const [params, setParams] = useSearchParams()
  const state = params.get('state') ?? '反馈申诉'
  const signing = state === '待签收'
  const [at, setAt] = useState(0)
  const [picked, setPicked] = useState<string[]>([])
  const [files, setFiles] = useState<File[] | null>(null)
  const counts = useQuery({ queryKey: ['queue'], queryFn: () => get<{ items: Waiting[] }>('/api/review/queue') })
  const notices = useNotices()
  const q = useInfiniteQuery({
    queryKey: ['answers', state],
    queryFn: ({ pageParam }) => listItems({ state: state === '全部' ? '' : state, order: 'due', cursor: pageParam, limit: 50 }),
    initialPageParam: '', getNextPageParam: (last) => last.next || undefined, enabled: !signing,
  })
  const rows = q.data?.pages.flatMap((p) => p.items) ?? []
  const open = (id: string) => {
    keepList({ back: `/answers?${params}`, ids: rows.map((r) => r.finding_id) })
    navigate(`/findings/${id}`)
  }
  const pick = (id: string) => setPicked((p) => (p.includes(id) ? p.filter((x) => x !== id) : [...p, id]))
  useKeys({
    j: () => setAt((i) => Math.min(i + 1, rows.length - 1)), k: () => setAt((i) => Math.max(i - 1, 0)),
    x: () => rows[at] && pick(rows[at].finding_id), Enter: () => rows[at] && open(rows[at].finding_id),
  })
  const n = (s: string) => counts.data?.items.find((x) => x.state === s)
  const chosen = rows.filter((r) => picked.includes(r.finding_id))
  return (
    <div className="fit" style={{ background: '#fff', padding: 12, borderRadius: 4 }}>
      <Space wrap style={{ marginBottom: 10, maxWidth: '100%', overflowX: 'auto' }}>
        <Segmented
          value={state} onChange={(v) => { setParams({ state: v }); setPicked([]); setAt(0) }}
          options={[{ value: '待签收', label: <span>待签收 <b style={{ color: notices.data?.items.length ? '#b42318' : undefined }}>{notices.data?.items.length ?? 0}</b></span> }, ...tabs.map((s) => ({ value: s, label: <span>{names[s]} <b>{n(s)?.cases ?? 0}</b>{(n(s)?.overdue ?? 0) > 0 && <span style={{ color: '#b42318' }}>（超期 {n(s)!.overdue}）</span>}</span> })), { value: '全部', label: '全部' }]}
        />
        <Button onClick={() => setFiles([])}>批量上传附件</Button>
        <span className="quiet"><kbd>J</kbd> <kbd>K</kbd> 移动，<kbd>X</kbd> 勾选，<kbd>Enter</kbd> 打开</span>
      </Space>
      {q.error && <Alert type="error" showIcon title={q.error.message} style={{ marginBottom: 8 }} />}
      <Together chosen={chosen} onDone={() => setPicked([])} />
      {signing ? <Notices /> : <div className="grow">
        <Table<Item>
          size="small" rowKey="finding_id" dataSource={rows} loading={q.isPending} pagination={false} sticky scroll={{ x: 900 }}
          rowSelection={{ selectedRowKeys: picked, onChange: (k) => setPicked(k as string[]), columnWidth: 36 }}
          rowClassName={(_, i) => (i === at ? 'picked' : '')}
          onRow={(f, i) => ({ onClick: () => open(f.finding_id), onMouseEnter: () => setAt(i ?? 0), style: { cursor: 'pointer' } })}
          locale={{ emptyText: <Empty description={state === '反馈申诉' ? '没有待答复的疑点。医保局发来的先在上面签收，签收之后出现在这里' : '这里没有疑点'} /> }}
          columns={[
            { title: '期限', key: 'due', width: 130, render: (_, f) => (f.due ? <Left days={f.days_left} due={f.due} paused={f.paused} /> : <span className="quiet">不计时</span>) },
            { title: '程度', dataIndex: 'sev_deg', width: 96, render: (s: number) => <Severity level={s} /> },
            { title: '规则', key: 'rule', width: 190, ellipsis: true, render: (_, f) => <><span className="quiet">{f.rule_id}</span>　{f.rule_name}</> },
            { title: '说明', dataIndex: 'vola_cont', ellipsis: true },
            { title: '就诊号', dataIndex: 'mdtrt_id', width: 150, ellipsis: true },
            { title: '月份', dataIndex: 'month', width: 78 },
            { title: '违规金额（元）', dataIndex: 'vola_fen', width: 116, align: 'right', render: yuan },
            { title: '拟追（元）', dataIndex: 'charged_fen', width: 104, align: 'right', render: yuan },
            { title: '状态', dataIndex: 'state', width: 84 },
          ]}
        />
      </div>}
      {!signing && q.hasNextPage && <Button block type="text" loading={q.isFetchingNextPage} onClick={() => q.fetchNextPage()}>再看 50 条（已显示 {count(rows.length)} 条）</Button>}
      {files && <Files onClose={() => setFiles(null)} />}
    </div>
  )
}
