import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Empty, Input, Modal, Space, Spin, Table } from 'antd'
import { useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { useSession } from '../../api/session'
import { Box } from '../../parts/Box'
import { Who } from '../../parts/Who'
import { count, yuan } from '../../parts/words'
import { type Gone, type Resting, resting, withdrawBasis, withdrawnBases } from './api'

type Sum = NonNullable<Resting['findings']>[number]

// Page finds what rests on a document, and notes that a document no longer holds.
export function Page() {
  const [at, setAt] = useSearchParams()
  const { may } = useSession()
  const text = at.get('text') ?? ''
  const [find, setFind] = useState(text)
  const [saying, setSaying] = useState(false)
  const q = useQuery({ queryKey: ['library-basis', text], queryFn: () => resting(text), enabled: text.length >= 4, retry: false })
  const gone = useQuery({ queryKey: ['library-bases-gone'], queryFn: withdrawnBases })
  const noted = gone.data?.items?.find((g) => g.basis === text)
  const x = q.data
  return (
    <div style={{ display: 'grid', gap: 12, alignContent: 'start' }}>
      <Box title="一份文件废止了，牵涉什么">
        <Space wrap>
          <Input.Search value={find} onChange={(e) => setFind(e.target.value)} onSearch={(v) => setAt(v.trim() ? { text: v.trim() } : {})} enterButton="查" placeholder="文号或文件名，至少 4 个字，如 医保办函〔2025〕5号" maxLength={200} style={{ width: 460, maxWidth: '90vw' }} aria-label="文号或文件名" allowClear />
          {x && (may('维护两库') || may('批准两库')) && <Button danger disabled={!!noted} onClick={() => setSaying(true)}>登记废止</Button>}
          <span className="quiet">{noted ? `已登记过废止：${noted.why || '没有写理由'}` : '登记只生成待办，规则、知识点、疑点都不自动改，由人修订、停用或复核'}</span>
        </Space>
        {text && text.length < 4 && <Alert type="warning" showIcon title="请写明文号或文件名，至少 4 个字" style={{ marginTop: 8 }} />}
        {q.error && <Alert type="error" showIcon title={q.error.message} style={{ marginTop: 8 }} />}
      </Box>
      {text.length >= 4 && q.isPending && <Spin description="正在查规则、知识点和疑点" />}
      {x && <Rests x={x} />}
      <Box title="登记过废止的">
        <Table<Gone>
          size="small" rowKey="basis" loading={gone.isPending} dataSource={gone.data?.items ?? []} pagination={{ pageSize: 20, hideOnSinglePage: true }} scroll={{ x: 900 }}
          locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description="还没有登记过。新文件废止旧文件时，先查旧文件牵涉什么，再登记" /> }}
          columns={[
            { title: '依据', dataIndex: 'basis', ellipsis: true, render: (b: string) => <Link to={`/library/basis?text=${encodeURIComponent(b)}`} onClick={() => setFind(b)}>{b}</Link> },
            { title: '还写着它的规则', dataIndex: 'cards', width: 130, align: 'right', render: (n: number) => (n ? <b style={{ color: '#ad4e00' }}>{count(n)} 条</b> : '没有了') },
            { title: '还写着它的知识点', dataIndex: 'points', width: 140, align: 'right', render: (n: number) => (n ? <b style={{ color: '#ad4e00' }}>{count(n)} 个</b> : '没有了') },
            { title: '理由', dataIndex: 'why', ellipsis: true },
            { title: '登记人', dataIndex: 'actor', width: 90, ellipsis: true, render: (l: string) => <Who login={l} /> },
            { title: '登记时间', dataIndex: 'at', width: 150, render: (t: string) => moment(t) },
          ]}
        />
      </Box>
      {saying && x && <Say x={x} close={() => setSaying(false)} />}
    </div>
  )
}

const moment = (t: string) => new Date(Date.parse(t) + 8 * 3600e3).toISOString().slice(0, 16).replace('T', ' ')
const total = (fs: Sum[], of: (f: Sum) => number) => fs.reduce((n, f) => n + of(f), 0)

// Rests is what names the document: cards, points, and the findings that cite it by card, month and state.
function Rests({ x }: { x: Resting }) {
  const cards = x.cards ?? []
  const points = x.points ?? []
  const sums = x.findings ?? []
  if (!cards.length && !points.length && !sums.length) return <Alert type="info" showIcon title={`没有规则、知识点、疑点写着“${x.basis}”。文号的括号、年份要和规则里写的一样，也可以只写一段，如“〔2025〕5号”。`} />
  return (
    <div style={{ display: 'grid', gap: 12, gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 420px), 1fr))', alignItems: 'start' }}>
      <Box title={`规则 ${count(cards.length)} 条`}>
        <Table size="small" rowKey="rule_id" dataSource={cards} pagination={{ pageSize: 8, hideOnSinglePage: true, size: 'small', showSizeChanger: false }} locale={{ emptyText: '没有规则写着它' }}
          columns={[{ title: '规则', dataIndex: 'rule_id', width: 190, ellipsis: true, render: (v: string, c) => <Link to={`/library/cards/${v}`} title={c.name}><b>{v}</b> {c.name}</Link> }, { title: '依据', dataIndex: 'basis', ellipsis: true }]} />
      </Box>
      <Box title={`知识点 ${count(points.length)} 个`}>
        <Table size="small" rowKey="point_id" dataSource={points} pagination={{ pageSize: 8, hideOnSinglePage: true, size: 'small', showSizeChanger: false }} locale={{ emptyText: '没有知识点写着它' }}
          columns={[{ title: '规则', dataIndex: 'rule_id', width: 64, render: (v: string) => <Link to={`/library/points?rule_id=${v}`}>{v}</Link> }, { title: '依据和来源', dataIndex: 'basis', ellipsis: true }]} />
      </Box>
      <Box title={`引用它的疑点 ${count(total(sums, (f) => f.findings))} 条，拟追 ${yuan(total(sums, (f) => f.charged_fen))} 元，已追回 ${yuan(total(sums, (f) => f.received_fen))} 元，已拒付 ${yuan(total(sums, (f) => f.refused_fen))} 元`} style={{ gridColumn: '1 / -1' }}>
        <Table<Sum> size="small" rowKey={(f) => `${f.rule_id} ${f.month} ${f.state} ${f.withdrawn}`} dataSource={sums} pagination={{ pageSize: 12, hideOnSinglePage: true, size: 'small', showSizeChanger: false }} locale={{ emptyText: '没有疑点引用它' }} scroll={{ x: 900 }}
          columns={[
            { title: '规则', dataIndex: 'rule_id', width: 80, render: (v: string, f) => <Link to={`/findings?rule=${v}&month=${f.month}`}>{v}</Link> },
            { title: '月份', dataIndex: 'month', width: 90 },
            { title: '状态', dataIndex: 'state', render: (s: string, f) => <>{s}{f.withdrawn && <span className="quiet">　审核已不再提出</span>}</> },
            { title: '疑点（条）', dataIndex: 'findings', width: 96, align: 'right', render: count },
            ...([['违规金额（元）', 'vola_fen'], ['基金（元）', 'fund_fen'], ['拟追（元）', 'charged_fen'], ['已追回（元）', 'received_fen'], ['已拒付（元）', 'refused_fen']] as const).map(([title, dataIndex]) => ({ title, dataIndex, width: 120, align: 'right' as const, render: (v: number) => yuan(v) })),
          ]} />
      </Box>
    </div>
  )
}

function Say({ x, close }: { x: Resting; close: () => void }) {
  const { message } = App.useApp()
  const client = useQueryClient()
  const [why, setWhy] = useState('')
  const send = useMutation({
    mutationFn: () => withdrawBasis(x.basis, why.trim()),
    onSuccess: (r) => { message.success(`已登记，生成待办 ${count(r.tasks)} 件`); void client.invalidateQueries({ queryKey: ['library-bases-gone'] }); close() },
  })
  return (
    <Modal open title={`登记“${x.basis}”废止`} okText="登记废止" cancelText="取消" onCancel={close} onOk={() => send.mutate()} okButtonProps={{ danger: true, disabled: !why.trim(), loading: send.isPending }}>
      <p>给 {count((x.cards ?? []).length)} 条规则、{count((x.points ?? []).length)} 个知识点，和已经有人办理的疑点，各生成一件待办。规则和疑点不自动改，登记不能撤回。</p>
      <Input.TextArea rows={2} value={why} onChange={(e) => setWhy(e.target.value)} maxLength={2000} placeholder="哪份文件废止了它、从哪天起" aria-label="为什么废止" />
      {send.error && <Alert type="error" showIcon title={send.error.message} style={{ marginTop: 8 }} />}
    </Modal>
  )
}
