import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Card, Empty, Input, Modal, Progress, Skeleton, Space, Table, Tabs, Tag } from 'antd'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { Who } from '../../parts/Who'
import { count, yuan } from '../../parts/words'
import { colours, confirmTakeover, fates, type Row, rowsIn, rowsOf, type Takeover, takeover, takeSome, undoTakeover } from './takeover'

const says: Record<string, string> = {
  接管: '确认后各成一条疑点，停在旧系统的那一步', 关联: '本系统已有同一条疑点，确认后在它上面接着办，不另成一条', 存疑: '请逐行看；要收的勾上，不勾的不收', 不收: '有错，改好文件再接管', 已有: '此前已经接管或登记',
}

// Page is a take-over: what becomes of each row, and the buttons to confirm and to undo the whole.
export function Page() {
  const id = useParams().id ?? ''
  const q = useQuery({ queryKey: ['takeover', id], queryFn: () => takeover(id) })
  const [chosen, setChosen] = useState<number[]>([])
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  if (!q.data) return <Skeleton active />
  const t = q.data
  const first = ['存疑', '不收', '接管', '关联', '已有'].find((f) => rowsIn(t, f) > 0) ?? '接管'
  return (
    <div style={{ display: 'grid', gap: 10, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <Head t={t} chosen={chosen} />
      <Card size="small">
        <Tabs size="small" defaultActiveKey={first} items={fates.map((f) => ({ key: f, label: `${f} ${count(rowsIn(t, f))}`, children: <Rows t={t} fate={f} chosen={chosen} choose={setChosen} /> }))} />
      </Card>
    </div>
  )
}

function Head({ t, chosen }: { t: Takeover; chosen: number[] }) {
  const { message } = App.useApp()
  const queries = useQueryClient()
  const [left, setLeft] = useState<number>()
  const [undoing, setUndoing] = useState(false)
  const [why, setWhy] = useState('')
  const [trouble, setTrouble] = useState('')
  const sums = t.sums ?? []
  const going = sums.filter((s) => s.fate === '接管' || s.fate === '关联')
  const n = going.reduce((x, s) => x + s.rows, 0) + chosen.length
  const money = (kind: string) => going.filter((s) => s.kind === kind).reduce((x, s) => x + s.fund_fen, 0)
  const again = () => Promise.all([queries.invalidateQueries({ queryKey: ['takeover', t.takeover_id] }), queries.invalidateQueries({ queryKey: ['takeover-rows', t.takeover_id] }), queries.invalidateQueries({ queryKey: ['takeovers'] })])
  const take = async (confirm: boolean) => {
    setTrouble('')
    setLeft(n)
    try {
      if (confirm) await confirmTakeover(t, chosen)
      for (;;) {
        const r = await takeSome(t.takeover_id)
        setLeft(r.left)
        if (r.left === 0) break
      }
      void message.success('接管完成')
    } catch (e) {
      setTrouble((e as Error).message)
    }
    setLeft(undefined)
    await again()
  }
  const undo = async () => {
    setTrouble('')
    try {
      await undoTakeover(t, why)
      void message.success('已整批撤销')
      setUndoing(false)
    } catch (e) {
      setTrouble((e as Error).message)
    }
    await again()
  }
  const figures: [string, string][] = [['行', count(t.row_count)], ['会收', count(n)], ['其中关联', count(rowsIn(t, '关联'))], ['存疑', count(rowsIn(t, '存疑'))], ['不收', count(rowsIn(t, '不收'))], ['疑点基金（元）', yuan(money('疑点'))], ['另行退款（元）', yuan(money('总额'))]]
  return (
    <Card
      size="small" title={<Space>{t.files}<Tag color={colours[t.state]}>{t.state}</Tag></Space>}
      extra={
        <Space>
          {t.state === '待确认' && <Button type="primary" size="small" disabled={n === 0} loading={left !== undefined} onClick={() => void take(true)}>确认接管 {count(n)} 行</Button>}
          {t.state === '接管中' && <Button type="primary" size="small" loading={left !== undefined} onClick={() => void take(false)}>接着办</Button>}
          {t.state !== '已撤销' && <Button size="small" danger disabled={left !== undefined} onClick={() => setUndoing(true)}>{t.state === '待确认' ? '不要了' : '整批撤销'}</Button>}
        </Space>
      }
    >
      <div style={{ display: 'grid', gap: 10, gridTemplateColumns: 'repeat(7, minmax(0, 1fr))' }}>
        {figures.map(([label, value]) => <div key={label}><div className="quiet">{label}</div><div style={{ fontSize: 18, fontWeight: 600, whiteSpace: 'nowrap' }}>{value}</div></div>)}
      </div>
      <p className="quiet" style={{ margin: '8px 0 0' }}>
        <Who login={t.made_by} /> 于 {t.made_at.slice(0, 16).replace('T', ' ')} 检查{t.decided_by && <>；<Who login={t.decided_by} /> 于 {t.decided_at.slice(0, 16).replace('T', ' ')} 确认</>}{t.undone_by && <>；<Who login={t.undone_by} /> 于 {t.undone_at.slice(0, 16).replace('T', ' ')} 撤销：{t.why}</>}
      </p>
      {left !== undefined && <Progress percent={n ? Math.floor(((n - left) / n) * 100) : 100} size="small" />}
      {trouble && !undoing && <Alert type="error" showIcon title={trouble} style={{ marginTop: 8 }} />}
      <Modal open={undoing} title={t.state === '待确认' ? '不要这次检查了' : '整批撤销这次接管'} okText="撤销" okButtonProps={{ danger: true, disabled: why.trim().length < 2 }} cancelText="取消" onOk={undo} onCancel={() => { setUndoing(false); setTrouble('') }}>
        <p>{t.state === '待确认' ? '还没有接管任何一行。' : '接管的疑点、台账、另行退款和规则对应一起收回，被它们占住的金额回到别的疑点。已经有人办过任何一条的，不能撤销。'}</p>
        <Input aria-label="为什么撤销" placeholder="为什么撤销" value={why} maxLength={1000} onChange={(e) => setWhy(e.target.value)} />
        {trouble && <Alert type="error" showIcon title={trouble} style={{ marginTop: 8 }} />}
      </Modal>
    </Card>
  )
}

function Rows({ t, fate, chosen, choose }: { t: Takeover; fate: string; chosen: number[]; choose: (seqs: number[]) => void }) {
  const q = useInfiniteQuery({ queryKey: ['takeover-rows', t.takeover_id, fate], queryFn: ({ pageParam }) => rowsOf(t.takeover_id, fate, pageParam), initialPageParam: 0, getNextPageParam: (l) => l.next || undefined })
  const rows = q.data?.pages.flatMap((p) => p.items ?? []) ?? []
  const choosing = fate === '存疑' && t.state === '待确认'
  return (
    <>
      <p className="quiet" style={{ margin: '0 0 6px' }}>{says[fate]}</p>
      {q.error && <Alert type="error" showIcon title={q.error.message} />}
      <Table<Row>
        size="small" rowKey="seq" dataSource={rows} loading={q.isPending} pagination={false} scroll={{ x: 1000 }}
        rowSelection={choosing ? { selectedRowKeys: chosen, onChange: (keys) => choose(keys.map(Number)) } : undefined}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description="没有这样的行" /> }}
        columns={[
          { title: '文件', key: 'f', width: 170, ellipsis: true, render: (_, r) => `${r.file} 第 ${r.line} 行` },
          { title: '什么', dataIndex: 'kind', width: 60 },
          { title: '旧编号', key: 'o', width: 100, ellipsis: true, render: (_, r) => r.old_id || cell(r, 'old_rule') },
          { title: '内容', key: 'c', width: 330, render: (_, r) => content(r) },
          { title: '违规（元）', dataIndex: 'vola_fen', width: 100, align: 'right', render: (n: number, r) => (r.kind === '规则' ? '' : yuan(n)) },
          { title: '说明', dataIndex: 'why', render: (w: string, r) => <span style={{ color: fate === '不收' ? '#cf1322' : undefined }}>{w}{r.chosen ? <Tag color="orange" style={{ marginLeft: 6 }}>照收</Tag> : null}</span> },
          { title: '疑点', key: 'l', width: 100, render: (_, r) => { const to = r.kind === '疑点' ? r.made || r.linked : ''; return to && t.state !== '已撤销' ? <Link to={`/findings/${to}`}>{r.made ? '看疑点' : '看本系统的'}</Link> : r.made ? '已办' : '' } },
        ]}
      />
      {q.hasNextPage && <Button block type="text" loading={q.isFetchingNextPage} onClick={() => q.fetchNextPage()}>再看 100 行</Button>}
    </>
  )
}

const cells = (r: Row) => JSON.parse(r.cells) as Record<string, string>
const cell = (r: Row, name: string) => cells(r)[name] ?? ''

// content is a row in a line: what it is about, not every cell.
function content(r: Row) {
  const c = cells(r)
  if (r.kind === '规则') return `旧规则 ${c.old_rule} → ${c.rule_id} ${c.note ?? ''}`
  if (r.kind === '总额') return `${c.fixmedins_code} ${c.ref_no} ${c.paid_date ?? ''}`
  return [c.state, `规则 ${c.old_rule}`, c.fixmedins_code, `就诊 ${c.mdtrt_id}`, c.feedetl_sn && `明细 ${c.feedetl_sn}`, c.month].filter(Boolean).join('　')
}
