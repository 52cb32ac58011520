import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Card, Input, InputNumber, Radio, Space } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { act, type Can, pathOf, take, type Whole } from '../../api/review'
import { useKeys } from '../../parts/keys'
import { Templates } from '../../parts/Templates'
import { yuan } from '../../parts/words'

// Events that say what still stands, line by line.
const byLine = ['keep', 'uphold', 'confirm', 'conclude', 'machine_adopt']
const favours = ['dismiss', 'withdraw', 'overturn'] // need a reason code
// Events that have forms of their own elsewhere, or are the system's.
const elsewhere = ['take', 'send', 'deliver', 'pay', 'breach', 'admin_close', 'ask_extension', 'extend', 'recall', 'attach']

// Decide is the panel in which a person does what he may do now. The server says what that is; nothing is offered that it would refuse.
export function Decide({ f, onDone }: { f: Whole; onDone: () => void }) {
  const { message } = App.useApp()
  const queries = useQueryClient()
  const can = f.can.filter((c) => !elsewhere.includes(c.event))
  const [chosen, setEvent] = useState<Can>()
  const event = can.find((c) => c.event === chosen?.event) ?? can[0] // what was chosen may be over
  const [reason, setReason] = useState('')
  const [opinion, setOpinion] = useState('')
  const [minutes, setMinutes] = useState('')
  const [upheld, setUpheld] = useState<Record<number, number>>({})
  const done = (said: string) => {
    void message.success(said)
    void queries.invalidateQueries()
    onDone()
  }
  const taking = useMutation({ mutationFn: () => take([f.finding_id]), onSuccess: () => done('已纳入初审') })
  useKeys({
    ...Object.fromEntries(can.map((c, i) => [String(i + 1), () => setEvent(c)])),
    Enter: () => document.querySelector<HTMLElement>('[data-decide]')?.focus(),
  })
  const acting = useMutation({
    mutationFn: () => {
      const lines = byLine.includes(event!.event)
        ? f.lines.filter((l) => upheld[l.line_no] !== undefined && upheld[l.line_no] !== l.upheld_fen).map((l) => ({ line_no: l.line_no, upheld_fen: upheld[l.line_no] }))
        : []
      return act(f.finding_id, f.version, pathOf(event!.event), {
        ...(reason ? { reason } : {}), ...(opinion ? { opinion } : {}), ...(lines.length ? { lines } : {}), ...(event!.event === 'conclude' ? { minutes } : {}),
      })
    },
    onSuccess: (r) => done(`已${event!.name}，现为“${r.state}”`),
  })
  const trouble = acting.error ?? taking.error
  if (!f.taken && f.can.some((c) => c.event === 'take'))
    return (
      <Card size="small" title="办理">
        {trouble && <Alert type="error" showIcon title={trouble.message} style={{ marginBottom: 8 }} />}
        <Button type="primary" block loading={taking.isPending} onClick={() => taking.mutate()}>纳入初审</Button>
      </Card>
    )
  if (!can.length || !event)
    return <Card size="small" title="办理">{f.recusal ? <Alert type="warning" showIcon title={f.recusal} /> : <span className="quiet">{f.state === '关闭' ? '已经办结。' : `现为“${f.state}”，由${f.holder || '系统'}办理，您在这一步没有要办的。`}{f.state === '合议' && f.panel_id && <>　<Link to={`/panels/${f.panel_id}`}>看合议组：案情、表决、纪要</Link></>}</span>}</Card>
  return (
    <Card size="small" title="办理" extra={f.due && <Left days={f.days_left} due={f.due} paused={f.paused} />}>
      <Space orientation="vertical" style={{ width: '100%' }}>
        {f.recusal && <Alert type="warning" showIcon title={f.recusal} />}
        <Radio.Group value={event.event} onChange={(e) => setEvent(can.find((c) => c.event === e.target.value))} options={can.map((c, i) => ({ value: c.event, label: <>{i < 9 && <kbd>{i + 1}</kbd>} {c.name}</> }))} />
        {favours.includes(event.event) && <Radio.Group size="small" optionType="button" value={reason} onChange={(e) => setReason(e.target.value as string)} options={f.reasons} aria-label="理由代码" />}
        {byLine.includes(event.event) && f.lines.map((l) => (
          <div key={l.line_no} style={{ display: 'flex', gap: 8, alignItems: 'center' }}>
            <span style={{ flex: 1 }} className="quiet">第 {l.line_no} 行　违规 {yuan(l.vola_fen)} 元</span>
            认定
            <InputNumber
              size="small" min={0} max={l.upheld_fen / 100} precision={2} value={(upheld[l.line_no] ?? l.upheld_fen) / 100} aria-label={`第 ${l.line_no} 行认定金额`}
              onChange={(v) => setUpheld({ ...upheld, [l.line_no]: Math.round(Number(v ?? 0) * 100) })}
            />
            元
          </div>
        ))}
        {event.event === 'conclude' && <Input.TextArea rows={4} placeholder="合议纪要" value={minutes} onChange={(e) => setMinutes(e.target.value)} />}
        <Templates text={opinion} onPick={setOpinion} />
        <Input.TextArea rows={3} placeholder="意见、理由" value={opinion} onChange={(e) => setOpinion(e.target.value)} aria-label="意见" />
        {trouble && <Alert type="error" showIcon title={trouble.message} />}
        <Button type="primary" block data-decide loading={acting.isPending} onClick={() => acting.mutate()}>{event.name}</Button>
      </Space>
    </Card>
  )
}

// Left tells by colour and word how long there is.
export function Left({ days, due, paused }: { days: number; due: string; paused: boolean }) {
  if (paused) return <span className="quiet">暂停计时</span>
  const colour = days < 0 ? '#cf1322' : days <= 2 ? '#d46b08' : undefined
  return <span style={{ color: colour }} title={`到期 ${due}`}>{days < 0 ? `超期 ${-days} 个工作日` : `剩 ${days} 个工作日`}</span>
}
