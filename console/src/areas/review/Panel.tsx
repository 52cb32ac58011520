import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Card, Input, InputNumber, Modal, Radio, Select, Skeleton, Space, Table, Tag } from 'antd'
import { useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import { alike } from '../../api/review'
import { useSession } from '../../api/session'
import { keepList } from '../../parts/trail'
import { Who } from '../../parts/Who'
import { yuan } from '../../parts/words'
import { Left } from './Decide'
import { experts, type Panel as Whole, panel, type PanelCase, recuse, vote } from './panel'

// Page is one panel: who sits on it and who stands aside and why, the cases before it with the votes, what was written down, and how
// earlier panels decided on the like.
export function Page() {
  const id = useParams().id ?? ''
  const { session, may } = useSession()
  const navigate = useNavigate()
  const q = useQuery({ queryKey: ['panel', id], queryFn: () => panel(id) })
  const [voting, setVoting] = useState<PanelCase>()
  const [aside, setAside] = useState<string>()
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  if (!q.data) return <Skeleton active />
  const p = q.data
  const sitting = p.members.filter((m) => !m.recused)
  const mine = sitting.some((m) => m.login === session?.login)
  const open = (c: PanelCase) => {
    keepList({ back: `/panels/${id}`, ids: p.cases.map((x) => x.finding_id) })
    navigate(`/findings/${c.finding_id}`)
  }
  return (
    <div style={{ display: 'grid', gap: 10, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <Card size="small" title={<>合议　<span className="quiet">{p.rule_id}</span>　{p.cases[0]?.rule_name}</>} extra={<Tag color={p.state === '评议中' ? 'blue' : 'green'}>{p.state}</Tag>}>
        <div style={{ display: 'flex', gap: 24, flexWrap: 'wrap', alignItems: 'center' }}>
          <span className="quiet">召集人 <Who login={p.convened_by} />　{p.convened_at.slice(0, 10)} 召集{p.decided_at && `　${p.decided_at.slice(0, 10)} 结论`}</span>
          <Space wrap>
            {p.members.map((m) => (
              <span key={m.login} style={{ border: '1px solid #d8dde6', borderRadius: 4, padding: '2px 8px', textDecoration: m.recused ? 'line-through' : undefined, color: m.recused ? '#5b6675' : undefined }}>
                <Who login={m.login} />{m.login === p.chair && <b>（组长）</b>}
                {p.state === '评议中' && !m.recused && (m.login === session?.login || p.convened_by === session?.login) && <Button type="link" size="small" onClick={() => setAside(m.login)}>回避</Button>}
              </span>
            ))}
          </Space>
          <span className="quiet">在席 {sitting.length} 人</span>
        </div>
        {p.members.filter((m) => m.recused).map((m) => <div key={m.login} style={{ marginTop: 4 }}><b><Who login={m.login} /></b> 回避：{m.recused}</div>)}
      </Card>
      <Card size="small" title={`疑点 ${p.cases.length} 条`} extra={<span className="quiet">{mine ? '结论之前只看得到自己的一票' : '结论之前看不到各人的票'}</span>}>
        <Table<PanelCase>
          size="small" rowKey="finding_id" dataSource={p.cases} pagination={false} scroll={{ x: 900 }}
          expandable={{ defaultExpandAllRows: p.cases.length < 5, rowExpandable: (c) => c.votes.length > 0, expandedRowRender: (c) => <Votes c={c} /> }}
          columns={[
            { title: '期限', key: 'd', width: 130, render: (_, c) => c.due && c.state === '合议' && <Left days={c.days_left} due={c.due} paused={false} /> },
            { title: '说明', key: 't', ellipsis: true, render: (_, c) => <a role="button" tabIndex={0} onClick={() => open(c)} onKeyDown={(e) => e.key === 'Enter' && open(c)}>{c.vola_cont}</a> },
            { title: '机构', key: 'i', width: 170, ellipsis: true, render: (_, c) => c.fixmedins_name || c.fixmedins_code },
            { title: '主张（元）', dataIndex: 'claim_fen', width: 110, align: 'right', render: yuan },
            { title: '表决', key: 'v', width: 90, render: (_, c) => `${c.voted} / ${sitting.length}` },
            { title: '状态', dataIndex: 'state', width: 90 },
            { title: '结论', key: 'r', width: 90, render: (_, c) => (c.state === '合议' ? <span className="quiet">未结论</span> : c.verdict) },
            {
              title: '', key: 'a', width: 120,
              render: (_, c) =>
                c.state !== '合议' ? null : mine ? (
                  c.votes.length ? <span className="quiet">已表决</span> : <Button size="small" type="primary" onClick={() => setVoting(c)}>表决</Button>
                ) : (
                  may('复审') && <Button size="small" disabled={c.voted < sitting.length} onClick={() => open(c)}>写结论</Button>
                ),
            },
          ]}
        />
      </Card>
      {p.minutes && <Card size="small" title="合议纪要"><Minutes p={p} /></Card>}
      {p.cases[0] && <Earlier id={p.cases[0].finding_id} />}
      {voting && <Ballot p={p} c={voting} onClose={() => setVoting(undefined)} />}
      {aside && <Aside p={p} login={aside} onClose={() => setAside(undefined)} />}
    </div>
  )
}

// Minutes are kept by case; each is named by what it was about.
function Minutes({ p }: { p: Whole }) {
  return p.minutes.split('\n').map((l, i) => {
    const c = p.cases.find((x) => l.startsWith(x.finding_id))
    return <p key={i} style={{ margin: '0 0 6px', whiteSpace: 'pre-wrap' }}>{c ? <><b>{c.vola_cont}</b>{l.slice(c.finding_id.length)}</> : l}</p>
  })
}

// Votes tells who voted how; who was outvoted is marked, his opinion is kept.
function Votes({ c }: { c: PanelCase }) {
  const decided = c.state !== '合议'
  return c.votes.map((v) => (
    <div key={v.login}>
      <b><Who login={v.login} /></b>　{v.vote}{v.vote === '部分违规' && `，认定 ${yuan(v.upheld_fen)} 元`}
      {decided && (v.vote === '不违规') !== (c.verdict === '不违规') && <Tag color="gold" style={{ marginLeft: 8 }}>少数意见</Tag>}
      {'　'}{v.opinion}　<span className="quiet">{v.at.slice(0, 10)}</span>
    </div>
  ))
}

function Earlier({ id }: { id: string }) {
  const q = useQuery({ queryKey: ['alike', id], queryFn: () => alike(id) })
  if (!q.data) return null
  return (
    <Card size="small" title="同类以往怎样决定" extra={<span className="quiet">{Object.entries(q.data.verdicts).map(([k, n]) => `${k} ${n}`).join('　')}</span>}>
      {q.data.items.length === 0 && <span className="quiet">这条规则还没有办结的疑点</span>}
      {q.data.items.map((x) => (
        <div key={x.finding_id} style={{ marginBottom: 4 }}>
          {x.day}　<b>{x.verdict}</b> {x.reason}　{yuan(x.claim_fen)} → {yuan(x.charged_fen)} 元　{x.opinion}
          {x.minutes && <div className="quiet">合议纪要：{x.minutes}</div>}
        </div>
      ))}
    </Card>
  )
}

function Ballot({ p, c, onClose }: { p: Whole; c: PanelCase; onClose: () => void }) {
  const { message } = App.useApp()
  const queries = useQueryClient()
  const [choice, setChoice] = useState('')
  const [upheld, setUpheld] = useState<number | null>(null)
  const [opinion, setOpinion] = useState('')
  const m = useMutation({
    mutationFn: () => vote(p.panel_id, { finding_id: c.finding_id, vote: choice, ...(choice === '部分违规' ? { upheld_fen: Math.round((upheld ?? 0) * 100) } : {}), opinion }),
    onSuccess: () => {
      void message.success('已表决')
      void queries.invalidateQueries()
      onClose()
    },
  })
  return (
    <Modal open title="表决" onCancel={onClose} okText="投票，投后不能改" cancelText="再想想" onOk={() => m.mutate()} confirmLoading={m.isPending} okButtonProps={{ disabled: !choice || opinion.trim().length < 2 }}>
      <p style={{ marginTop: 0 }}>{c.vola_cont}</p>
      <p className="quiet">{c.fixmedins_name}　主张 {yuan(c.claim_fen)} 元</p>
      <Space orientation="vertical" style={{ width: '100%' }}>
        <Radio.Group value={choice} onChange={(e) => setChoice(e.target.value as string)} options={['违规', '部分违规', '不违规']} aria-label="表决" />
        {choice === '部分违规' && <Space>认定<InputNumber min={0} max={c.claim_fen / 100} precision={2} value={upheld} onChange={setUpheld} aria-label="认定金额" />元</Space>}
        <Input.TextArea rows={4} placeholder="意见（必写；少数意见也留存）" value={opinion} onChange={(e) => setOpinion(e.target.value)} aria-label="表决意见" />
        {m.error && <Alert type="error" showIcon title={m.error.message} />}
      </Space>
    </Modal>
  )
}

function Aside({ p, login, onClose }: { p: Whole; login: string; onClose: () => void }) {
  const { session, may } = useSession()
  const { message } = App.useApp()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  const [instead, setInstead] = useState<string>()
  const q = useQuery({ queryKey: ['experts', p.panel_id], queryFn: () => experts(p.cases.map((c) => c.finding_id)), enabled: may('复审') || may('确认扣款') })
  const m = useMutation({
    mutationFn: () => recuse(p.panel_id, { login, reason, ...(instead ? { instead } : {}) }),
    onSuccess: () => {
      void message.success('已回避')
      if (login === session?.login) navigate('/panels')
      void queries.invalidateQueries()
      onClose()
    },
  })
  return (
    <Modal open title={<><Who login={login} /> 回避</>} onCancel={onClose} okText="回避" cancelText="取消" onOk={() => m.mutate()} confirmLoading={m.isPending} okButtonProps={{ disabled: !reason.trim() }}>
      <Space orientation="vertical" style={{ width: '100%' }}>
        <Input.TextArea rows={3} placeholder="为什么回避，如：曾在该院任职" value={reason} onChange={(e) => setReason(e.target.value)} aria-label="回避的理由" />
        {q.data && (
          <Select
            allowClear style={{ width: '100%' }} placeholder="谁来接替（组长回避时必选）" value={instead} onChange={setInstead} aria-label="接替"
            options={q.data.items.filter((e) => !p.members.some((x) => x.login === e.login)).map((e) => ({ value: e.login, label: e.why ? `${e.name}：${e.why}` : e.name, disabled: !!e.why }))}
          />
        )}
        <span className="quiet">回避后他的票作废；在席人数应保持单数、至少三人，才能作结论。</span>
        {m.error && <Alert type="error" showIcon title={m.error.message} />}
      </Space>
    </Modal>
  )
}
