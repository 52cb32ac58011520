import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Card, Checkbox, Input, InputNumber, Select, Space } from 'antd'
import { useState } from 'react'
import { call, get } from '../../api/client'
import { act, seen, type Whole } from '../../api/review'
import { useSession } from '../../api/session'
import { yuan } from '../../parts/words'

interface PayKind { name: string; book: string; from_acct: string; to_acct: string }

// Money is what a finding has on its accounts, what moved, and the forms that move it: payments, breach money, the administration's end,
// extensions to be decided.
export function Money({ f }: { f: Whole }) {
  const held = new Map<string, number>() // by book and account
  for (const p of f.ledger) {
    held.set(`${p.book} ${p.to_acct}`, (held.get(`${p.book} ${p.to_acct}`) ?? 0) + p.amount_fen)
    held.set(`${p.book} ${p.from_acct}`, (held.get(`${p.book} ${p.from_acct}`) ?? 0) - p.amount_fen)
  }
  const on = [...held].filter(([k, n]) => n !== 0 && !k.endsWith(' 来源'))
  const can = (e: string) => f.can.some((c) => c.event === e)
  const waiting = f.extensions.filter((x) => x.state === '待批')
  if (!f.ledger.length && !can('breach') && !can('admin_close') && !(can('extend') && waiting.length)) return null
  return (
    <Card size="small" title="钱在哪里">
      <Space orientation="vertical" style={{ width: '100%' }}>
        {on.map(([k, n]) => <div key={k} style={{ display: 'flex' }}><span style={{ flex: 1 }}>{k}</span><b className="num">{yuan(n)}</b></div>)}
        {f.ledger.length > 0 && !on.length && <span className="quiet">账上已没有金额</span>}
        {f.ledger.length > 0 && (
          <details>
            <summary className="quiet" style={{ cursor: 'pointer' }}>流水 {f.ledger.length} 笔</summary>
            {f.ledger.map((p, i) => <div key={i} style={{ fontSize: 12, display: 'flex', gap: 6 }}><span style={{ flex: 1 }}>{p.at.slice(0, 10)}　{p.book} {p.from_acct} → {p.to_acct}　<span className="quiet">{p.memo} {p.doc}</span></span><span className="num">{yuan(p.amount_fen)}</span></div>)}
          </details>
        )}
        {can('pay') && <Pay f={f} held={held} />}
        {can('breach') && <Charge f={f} path="breach" title="收违约金" />}
        {can('admin_close') && <AdminClose f={f} />}
        {can('extend') && waiting.map((x) => <Extension key={x.extension_id} id={x.extension_id} version={x.version} say={`延期 ${x.days} 个工作日：${x.reason}`} />)}
      </Space>
    </Card>
  )
}

// useDone does a step and shows what is then.
function useDone(f: () => Promise<unknown>, said: string) {
  const { message } = App.useApp()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: f,
    onSuccess: () => {
      void message.success(said)
      void queries.invalidateQueries()
    },
  })
}

const fen = (yuanSum: number | null) => Math.round((yuanSum ?? 0) * 100)

function Pay({ f, held }: { f: Whole; held: Map<string, number> }) {
  const { may } = useSession()
  const flow = useQuery({ queryKey: ['flow'], queryFn: () => get<{ pay_kinds: PayKind[] }>('/api/review/flow'), staleTime: Infinity })
  const kinds = (flow.data?.pay_kinds ?? []).filter((k) => (held.get(`${k.book} ${k.from_acct}`) ?? 0) > 0)
  const [kind, setKind] = useState<string>()
  const [sum, setSum] = useState<number | null>(null)
  const [doc, setDoc] = useState('')
  const k = kinds.find((x) => x.name === kind)
  const m = useDone(() => act(f.finding_id, f.version, 'pay', { kind, doc, ...(sum === null ? {} : { amount_fen: fen(sum) }) }), `已记${kind}`)
  if (!may('执行扣款') || !kinds.length) return null
  const most = k ? held.get(`${k.book} ${k.from_acct}`)! : 0
  return (
    <>
      <Space.Compact style={{ width: '100%' }}>
        <Select size="small" style={{ flex: 1 }} placeholder="记收付" value={kind} onChange={setKind} options={kinds.map((x) => ({ value: x.name, label: `${x.name}（${x.from_acct} → ${x.to_acct}）` }))} aria-label="收付种类" />
        <InputNumber size="small" style={{ width: 104 }} min={0.01} max={most / 100} precision={2} placeholder={k ? `全部 ${yuan(most)}` : '全部'} value={sum} onChange={setSum} aria-label="收付金额" />
      </Space.Compact>
      <Space.Compact style={{ width: '100%' }}>
        <Input size="small" placeholder="凭证号" value={doc} onChange={(e) => setDoc(e.target.value)} aria-label="凭证号" />
        <Button size="small" disabled={!kind || !doc.trim()} loading={m.isPending} onClick={() => m.mutate()}>记收付</Button>
      </Space.Compact>
      {m.error && <Alert type="error" showIcon title={m.error.message} />}
    </>
  )
}

function Charge({ f, path, title }: { f: Whole; path: string; title: string }) {
  const [sum, setSum] = useState<number | null>(null)
  const [doc, setDoc] = useState('')
  const [why, setWhy] = useState('')
  const m = useDone(() => act(f.finding_id, f.version, path, { amount_fen: fen(sum), doc, opinion: why }), `已${title}`)
  return (
    <details>
      <summary style={{ cursor: 'pointer' }}>{title}</summary>
      <InputNumber size="small" style={{ width: '100%' }} min={0.01} precision={2} placeholder="金额（元）" value={sum} onChange={setSum} aria-label={`${title}金额`} />
      <Input size="small" placeholder="依据、凭证" value={doc} onChange={(e) => setDoc(e.target.value)} aria-label={`${title}凭证`} />
      <Input size="small" placeholder="理由" value={why} onChange={(e) => setWhy(e.target.value)} aria-label={`${title}理由`} />
      {m.error && <Alert type="error" showIcon title={m.error.message} />}
      <Button size="small" disabled={!sum || !why.trim()} loading={m.isPending} onClick={() => m.mutate()}>{title}</Button>
    </details>
  )
}

function AdminClose({ f }: { f: Whole }) {
  const [charged, setCharged] = useState(false)
  const [fine, setFine] = useState<number | null>(null)
  const [doc, setDoc] = useState('')
  const [why, setWhy] = useState('')
  const m = useDone(() => act(f.finding_id, f.version, 'admin-close', { charged, ...(fine ? { fine_fen: fen(fine) } : {}), doc, opinion: why }), '行政已办结')
  return (
    <>
      <b>行政办结</b>
      <Checkbox checked={charged} onChange={(e) => setCharged(e.target.checked)}>由行政追回，经办不再收</Checkbox>
      <InputNumber size="small" style={{ width: '100%' }} min={0} precision={2} placeholder="罚款（元），没有不写" value={fine} onChange={setFine} aria-label="罚款" />
      <Input size="small" placeholder="决定书文号" value={doc} onChange={(e) => setDoc(e.target.value)} aria-label="决定书文号" />
      <Input size="small" placeholder="处理结果" value={why} onChange={(e) => setWhy(e.target.value)} aria-label="处理结果" />
      {m.error && <Alert type="error" showIcon title={m.error.message} />}
      <Button size="small" disabled={!why.trim()} loading={m.isPending} onClick={() => m.mutate()}>行政办结</Button>
    </>
  )
}

function Extension({ id, version, say }: { id: string; version: number; say: string }) {
  const decide = (grant: boolean) => call('POST', `/api/review/extensions/${id}`, { grant, opinion: grant ? '同意延期' : '不同意延期' }, seen(version))
  const yes = useDone(() => decide(true), '已批准延期')
  const no = useDone(() => decide(false), '没有批准延期')
  const trouble = yes.error ?? no.error
  return (
    <>
      <div>{say}</div>
      {trouble && <Alert type="error" showIcon title={trouble.message} />}
      <Space><Button size="small" type="primary" loading={yes.isPending} onClick={() => yes.mutate()}>批准延期</Button><Button size="small" loading={no.isPending} onClick={() => no.mutate()}>不批准</Button></Space>
    </>
  )
}
