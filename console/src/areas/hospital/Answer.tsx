import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Card, Checkbox, Input, InputNumber, Radio, Select, Space, Upload } from 'antd'
import { useState } from 'react'
import { call, get } from '../../api/client'
import { act, attach, type Can, pathOf, type Relay, seen, type Whole } from '../../api/review'
import { useSession } from '../../api/session'
import { Templates } from '../../parts/Templates'
import { Who } from '../../parts/Who'
import { yuan } from '../../parts/words'
import { Left } from '../review/Decide'

const answers = ['appeal', 'second', 'supplement', 'reopen', 'ask_panel', 'accept', 'waive']
const agrees = ['accept', 'waive']
const byLine = ['appeal', 'second', 'reopen']

// Answer is what an institution does with a finding: accept it, appeal against it or some of its lines, with attachments and in time.
export function Answer({ f, onDone }: { f: Whole; onDone: () => void }) {
  const { message, modal } = App.useApp()
  const queries = useQueryClient()
  const can = answers.map((e) => f.can.find((c) => c.event === e)).filter((c): c is Can => !!c)
  const [chosen, setEvent] = useState<Can>()
  const event = can.find((c) => c.event === chosen?.event) ?? can[0] // what was chosen may be over
  const [reason, setReason] = useState<string>()
  const [opinion, setOpinion] = useState('')
  const [lines, setLines] = useState<number[]>([])
  const [days, setDays] = useState(3)
  const refresh = () => void queries.invalidateQueries({ queryKey: ['finding', f.finding_id] })
  const acting = useMutation({
    mutationFn: () =>
      act(f.finding_id, f.version, pathOf(event!.event), {
        ...(reason ? { reason } : {}), ...(opinion ? { opinion } : {}), ...(byLine.includes(event!.event) && lines.length && lines.length < f.lines.length ? { lines } : {}),
        ...(agrees.includes(event!.event) ? {} : { files: f.files.map((x) => x.file_id) }),
      }),
    onSuccess: (r) => {
      void message.success(`已${event!.name}，现为“${r.state}”`)
      void queries.invalidateQueries()
      onDone()
    },
  })
  const extending = useMutation({
    mutationFn: () => call('POST', `/api/review/findings/${f.finding_id}/extension`, { days, opinion }, seen(f.version)),
    onSuccess: () => {
      void message.success('已申请延期，等医保局批准')
      refresh()
    },
  })
  const sending = useMutation({
    mutationFn: async (files: File[]) => {
      const wrong: string[] = []
      await attach(f.finding_id, f.version, files, (x, why) => why && wrong.push(`${x.name}：${why}`))
      refresh()
      if (wrong.length) throw new Error(wrong.join('；'))
    },
  })
  const trouble = acting.error ?? sending.error ?? extending.error
  const attaches = f.can.some((c) => c.event === 'attach')
  return (
    <Card size="small" title="答复" extra={f.due && <Left days={f.days_left} due={f.due} paused={f.paused} />}>
      <Space orientation="vertical" style={{ width: '100%' }}>
        {f.due && can.length > 0 && <span className="quiet">{f.due} 前答复；{f.state === '反馈申诉' ? '到期不答复的，催办两次后视为认可' : '到期不办的，按现有材料办理'}</span>}
        {can.length === 0 && <span className="quiet">现为“{f.state}”，{f.holder === '机构' ? '您在这一步没有要办的' : `由${f.holder || '系统'}办理`}。</span>}
        {can.length > 0 && <Radio.Group value={event?.event} onChange={(e) => setEvent(can.find((c) => c.event === e.target.value))} options={can.map((c) => ({ value: c.event, label: c.name }))} />}
        {event && byLine.includes(event.event) && f.lines.length > 1 && (
          <Checkbox.Group
            value={lines} onChange={setLines} style={{ display: 'grid', maxHeight: 120, overflow: 'auto' }}
            options={f.lines.map((l) => ({ value: l.line_no, label: `第 ${l.line_no} 行　违规 ${yuan(l.vola_fen)} 元` }))}
          />
        )}
        {event && byLine.includes(event.event) && f.lines.length > 1 && <span className="quiet" style={{ fontSize: 12 }}>只对勾选的行申诉；一行都不勾为全部</span>}
        {event && !agrees.includes(event.event) && (
          <Select size="small" allowClear placeholder="理由" style={{ width: '100%' }} value={reason} onChange={setReason} options={f.reasons.map((r) => ({ value: r, label: r }))} aria-label="理由" />
        )}
        {can.length > 0 && <Templates text={opinion} onPick={setOpinion} />}
        {can.length > 0 && (
          <Input.TextArea rows={4} placeholder={event && agrees.includes(event.event) ? '说明（可不写）' : '申诉的事实和理由'} value={opinion} onChange={(e) => setOpinion(e.target.value)} aria-label="意见" />
        )}
        {attaches && (
          <Upload multiple showUploadList={false} disabled={sending.isPending} beforeUpload={(x, all) => { if (x === all[0]) sending.mutate(all); return false }}>
            <Button size="small" loading={sending.isPending}>上传附件</Button>　<span className="quiet">已有 {f.files.length} 个；PDF、图片、DOCX、XLSX、TXT、CSV</span>
          </Upload>
        )}
        {trouble && <Alert type="error" showIcon title={trouble.message} />}
        {event && (
          <Button
            type="primary" block loading={acting.isPending}
            onClick={() =>
              agrees.includes(event.event)
                ? void modal.confirm({ title: `${event.name}：违规 ${yuan(f.vola_fen)} 元，拟追 ${yuan(f.charged_fen)} 元`, content: '认可后不能再申诉，按拟追金额扣回。', okText: event.name, cancelText: '再看看', onOk: () => acting.mutate() })
                : acting.mutate()
            }
          >
            {event.name}
          </Button>
        )}
        {f.can.some((c) => c.event === 'ask_extension') && (
          <Space size={4}>
            延期
            <InputNumber size="small" min={1} max={60} value={days} onChange={(v) => setDays(Number(v ?? 1))} style={{ width: 60 }} aria-label="延期工作日" />
            个工作日
            <Button size="small" loading={extending.isPending} onClick={() => extending.mutate()}>申请延期</Button>
          </Space>
        )}
        {f.extensions.map((x) => <span key={x.extension_id} className="quiet">延期 {x.days} 个工作日：{x.state}　{x.reason}</span>)}
      </Space>
    </Card>
  )
}

interface Colleague { login: string; name: string; roles: string }

// Inside is the question inside the house: who was asked what by when, and what he said.
export function Inside({ f }: { f: Whole }) {
  const { session, may } = useSession()
  const { message } = App.useApp()
  const queries = useQueryClient()
  const people = useQuery({ queryKey: ['colleagues'], queryFn: () => get<{ items: Colleague[] }>('/api/review/colleagues'), enabled: may('院内答复') })
  const [login, setLogin] = useState<string>()
  const [dept, setDept] = useState('')
  const [asks, setAsks] = useState('')
  const [days, setDays] = useState(0)
  const asking = useMutation({
    mutationFn: () => call('POST', `/api/review/findings/${f.finding_id}/relay`, { login, dept, asks, days }),
    onSuccess: () => {
      void message.success('已转办')
      setAsks('')
      void queries.invalidateQueries()
    },
  })
  if (!may('院内答复')) return null
  return (
    <Card size="small" title="院内转办">
      <Space orientation="vertical" style={{ width: '100%' }}>
        {f.relays.map((r) => (
          <div key={r.relay_id} style={{ borderBottom: '1px solid #eaecf0', paddingBottom: 4 }}>
            <b><Who login={r.asked_by} /> → {r.dept} <Who login={r.login} /></b>　{r.state === '待答' ? <Left days={r.days_left} due={r.due} paused={false} /> : <span style={{ color: '#067647' }}>已答</span>}
            {r.asks && <div className="quiet">{r.asks}</div>}
            {r.reply && <div>{r.reply}</div>}
            {r.state === '待答' && r.login === session?.login && <Reply relay={r} />}
          </div>
        ))}
        {f.holder === '机构' && (
          <>
            <Select
              size="small" style={{ width: '100%' }} placeholder="转给谁" value={login} onChange={setLogin} aria-label="转给谁" notFoundContent="本机构还没有别的科室、医生账号"
              options={people.data?.items.map((p) => ({ value: p.login, label: `${p.name}（${p.roles}）` }))}
            />
            <Input size="small" placeholder="科室（可不写）" value={dept} onChange={(e) => setDept(e.target.value)} aria-label="科室" />
            <Input.TextArea rows={2} placeholder="要说明什么" value={asks} onChange={(e) => setAsks(e.target.value)} aria-label="要说明什么" />
            <Space size={4}>
              <InputNumber size="small" min={0} max={30} value={days} onChange={(v) => setDays(Number(v ?? 0))} style={{ width: 60 }} aria-label="院内期限" />
              <span className="quiet">个工作日内答复；0 为缺省，不晚于对外期限</span>
            </Space>
            {asking.error && <Alert type="error" showIcon title={asking.error.message} />}
            <Button size="small" disabled={!login} loading={asking.isPending} onClick={() => asking.mutate()}>转办</Button>
          </>
        )}
      </Space>
    </Card>
  )
}

// Reply is the answer of the one who was asked.
export function Reply({ relay }: { relay: Relay }) {
  const { message } = App.useApp()
  const queries = useQueryClient()
  const [reply, setReply] = useState('')
  const m = useMutation({
    mutationFn: () => call('POST', `/api/review/relays/${relay.relay_id}/answer`, { reply }, seen(relay.version)),
    onSuccess: () => {
      void message.success('已答复')
      void queries.invalidateQueries()
    },
  })
  return (
    <Space orientation="vertical" style={{ width: '100%' }}>
      <Input.TextArea rows={3} placeholder="如实说明当时的情况" value={reply} onChange={(e) => setReply(e.target.value)} aria-label="院内答复" />
      {m.error && <Alert type="error" showIcon title={m.error.message} />}
      <Button size="small" type="primary" disabled={reply.trim().length < 2} loading={m.isPending} onClick={() => m.mutate()}>答复</Button>
    </Space>
  )
}
