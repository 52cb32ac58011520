import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Alert, Button, Card, Empty, Segmented, Space, Table, Tag } from 'antd'
import { useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { type Item, listItems } from '../../api/review'
import { useSession } from '../../api/session'
import { Who } from '../../parts/Who'
import { yuan } from '../../parts/words'
import { Convene } from './Convene'
import { Left } from './Decide'
import { type PanelLine, panels } from './panel'
import { Ties } from './Ties'

// Page is the work list of panels: for an expert those he sits on, for the bureau also what still waits for a panel.
export function Page() {
  const { may } = useSession()
  const navigate = useNavigate()
  const [state, setState] = useState('评议中')
  const q = useInfiniteQuery({
    queryKey: ['panels', state], queryFn: ({ pageParam }) => panels(state === '全部' ? '' : state, pageParam), initialPageParam: '', getNextPageParam: (last) => last.next || undefined,
  })
  const rows = q.data?.pages.flatMap((p) => p.items) ?? []
  const expert = may('合议')
  return (
    <div style={{ display: 'grid', gap: 10, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      {(may('复审') || may('确认扣款')) && <Unassigned />}
      <Card size="small" title={expert ? '我在席的合议' : '合议'} extra={<Segmented size="small" value={state} onChange={setState} options={['评议中', '已结论', '全部']} />}>
        {q.error && <Alert type="error" showIcon title={q.error.message} style={{ marginBottom: 8 }} />}
        <Table<PanelLine>
          size="small" rowKey="panel_id" dataSource={rows} loading={q.isPending} pagination={false} scroll={{ x: 900 }}
          onRow={(p) => ({ onClick: () => navigate(`/panels/${p.panel_id}`), style: { cursor: 'pointer' } })}
          locale={{ emptyText: <Empty description={expert ? '没有请您评议的：请到之后出现在这里。只在聘期内能看到' : '没有合议：复审“提请合议”之后在上面召集'} /> }}
          columns={[
            { title: '规则', key: 'r', ellipsis: true, render: (_, p) => <Link to={`/panels/${p.panel_id}`} onClick={(e) => e.stopPropagation()}><span className="quiet">{p.rule_id}</span>　{p.rule_name}</Link> },
            { title: '疑点', key: 'n', width: 150, render: (_, p) => <>{p.cases} 条{p.open > 0 && `，${p.open} 条未结论`}</> },
            ...(expert ? [{ title: '等我表决', key: 'v', width: 100, render: (_: unknown, p: PanelLine) => (p.to_vote > 0 ? <Tag color="blue">{p.to_vote} 条</Tag> : <span className="quiet">没有</span>) }] : []),
            { title: '最近期限', key: 'd', width: 140, render: (_, p) => (p.due ? <Left days={p.days_left} due={p.due} paused={false} /> : '') },
            { title: '状态', dataIndex: 'state', width: 90 }, { title: '组长', dataIndex: 'chair', width: 110, render: (l: string) => <Who login={l} /> }, { title: '召集人', dataIndex: 'convened_by', width: 110, render: (l: string) => <Who login={l} /> },
            { title: '召集', dataIndex: 'convened_at', width: 104, render: (s: string) => s.slice(0, 10) }, { title: '结论', dataIndex: 'decided_at', width: 104, render: (s: string) => s.slice(0, 10) },
          ]}
        />
        {q.hasNextPage && <Button block type="text" onClick={() => q.fetchNextPage()}>再看一页</Button>}
      </Card>
      {(expert || ['确认扣款', '初审', '复审', '稽核'].some(may)) && <Card size="small" title="回避关系"><Ties /></Card>}
    </div>
  )
}

// Unassigned are the cases that were referred and that no panel has.
function Unassigned() {
  const q = useQuery({ queryKey: ['unassigned'], queryFn: () => listItems({ state: '合议', order: 'due', limit: 200 }) })
  const rows = (q.data?.items ?? []).filter((x) => !x.panel_id)
  const [picked, setPicked] = useState<string[]>([])
  const [asking, setAsking] = useState(false)
  const chosen = rows.filter((r) => picked.includes(r.finding_id))
  const one = new Set(chosen.map((c) => c.rule_id)).size <= 1
  return (
    <Card
      size="small" title="等待召集"
      extra={<Space>{!one && <span style={{ color: '#b42318' }}>一次合议只办同一条规则的疑点</span>}<Button size="small" type="primary" disabled={!chosen.length || !one} onClick={() => setAsking(true)}>召集合议（{chosen.length}）</Button></Space>}
    >
      {q.error && <Alert type="error" showIcon title={q.error.message} style={{ marginBottom: 8 }} />}
      <Table<Item>
        size="small" rowKey="finding_id" dataSource={rows} loading={q.isPending} pagination={false} scroll={{ x: 800, y: 240 }}
        rowSelection={{ selectedRowKeys: picked, onChange: (k) => setPicked(k as string[]) }}
        locale={{ emptyText: <span className="quiet">提请合议的疑点都已交给合议组</span> }}
        columns={[
          { title: '期限', key: 'd', width: 130, render: (_, f) => f.due && <Left days={f.days_left} due={f.due} paused={f.paused} /> },
          { title: '规则', key: 'r', width: 230, ellipsis: true, render: (_, f) => <Link to={`/findings/${f.finding_id}`}><span className="quiet">{f.rule_id}</span>　{f.rule_name}</Link> },
          { title: '说明', dataIndex: 'vola_cont', ellipsis: true }, { title: '机构', key: 'i', width: 180, ellipsis: true, render: (_, f) => f.fixmedins_name || f.fixmedins_code },
          { title: '拟追（元）', dataIndex: 'charged_fen', width: 110, align: 'right', render: yuan },
        ]}
      />
      {asking && <Convene cases={chosen} onClose={() => { setAsking(false); setPicked([]) }} />}
    </Card>
  )
}
