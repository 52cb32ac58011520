import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Input, Modal, Radio, Space } from 'antd'
import { useState } from 'react'
import { get } from '../../api/client'
import { bulk, type Item, take } from '../../api/review'
import { useSession } from '../../api/session'
import { useKeys } from '../../parts/keys'
import { Templates } from '../../parts/Templates'
import { count, yuan } from '../../parts/words'

interface FlowEvent { event: string; name: string; from: string[] | null; who: string[] | null; guards: string[] | null }
interface Flow { events: FlowEvent[]; reasons: string[] }

// What can be done to many at once, as the server has it.
const many = ['keep', 'dismiss', 'dismiss_agree', 'dismiss_refuse', 'reread_agree', 'reread_refuse', 'uphold', 'withdraw', 'refer', 'confirm', 'overturn', 'execute', 'close', 'accept', 'appeal', 'waive', 'second']
const takeUp: FlowEvent = { event: 'take', name: '纳入初审', from: ['机审'], who: ['派单'], guards: [] }
const mostAtOnce = 200

// Together does one thing to the chosen findings: what can be done to all of them is offered, by click or by its number key, and nothing
// is done before it was confirmed. Each case is checked by itself; what failed is named.
export function Together({ chosen, onDone }: { chosen: Item[]; onDone: () => void }) {
  const { message } = App.useApp()
  const { may } = useSession()
  const queries = useQueryClient()
  const [event, setEvent] = useState<FlowEvent>()
  const [reason, setReason] = useState('')
  const [opinion, setOpinion] = useState('')
  const flow = useQuery({ queryKey: ['flow'], queryFn: () => get<Flow>('/api/review/flow'), staleTime: Infinity })
  const can = chosen.length
    ? [takeUp, ...(flow.data?.events.filter((e) => many.includes(e.event)) ?? [])].filter((e) => chosen.every((c) => e.from?.includes(c.state)) && e.who?.some((w) => may(w)))
    : []
  const close = () => {
    setEvent(undefined)
    acting.reset()
  }
  const acting = useMutation({
    mutationFn: async () => {
      if (event!.event === 'take') {
        const r = await take(chosen.map((c) => c.finding_id))
        return { done: r.taken, wrong: r.skipped.map((s) => ({ finding_id: s, said: '没有纳入：可能已被别人纳入' })) }
      }
      let done = 0
      const wrong: { finding_id: string; said: string }[] = []
      for (let i = 0; i < chosen.length; i += mostAtOnce) {
        const r = await bulk(event!.event, chosen.slice(i, i + mostAtOnce).map(({ finding_id, version }) => ({ finding_id, version })), reason, opinion)
        done += r.done
        wrong.push(...r.items.filter((x) => !x.ok))
      }
      return { done, wrong }
    },
    onSuccess: (r) => {
      void queries.invalidateQueries()
      if (r.wrong.length) return
      void message.success(`${event!.name} ${r.done} 条`)
      close()
      onDone()
    },
  })
  useKeys({
    ...Object.fromEntries(can.slice(0, 9).map((e, i) => [String(i + 1), () => setEvent(e)])),
    Escape: onDone,
  })
  if (!chosen.length) return null
  const sum = chosen.reduce((s, c) => s + c.charged_fen, 0)
  const needsReason = event?.guards?.includes('理由代码')
  const needsWords = event?.guards?.includes('说明理由')
  return (
    <div style={{ display: 'flex', gap: 8, alignItems: 'center', background: '#e6f0ff', padding: '6px 10px', borderRadius: 4, marginBottom: 8 }} role="toolbar" aria-label="批量办理">
      <b>已选 {count(chosen.length)} 条</b>
      <span className="quiet">拟追 {yuan(sum)} 元</span>
      <Space wrap style={{ flex: 1 }}>
        {can.map((e, i) => <Button key={e.event} size="small" onClick={() => setEvent(e)}>{i < 9 && <kbd>{i + 1}</kbd>} {e.name}</Button>)}
        {!can.length && flow.data && <span className="quiet">所选的不在同一步，或不由您办理：请按状态筛选后再选</span>}
      </Space>
      <Button size="small" type="text" onClick={onDone}>取消选择</Button>
      <Modal
        open={!!event} title={`${event?.name} ${count(chosen.length)} 条，拟追 ${yuan(sum)} 元`} okText={`确认${event?.name ?? ''}`} cancelText="不办" onCancel={close} confirmLoading={acting.isPending}
        onOk={() => acting.mutate()} okButtonProps={{ disabled: (needsReason && !reason) || (needsWords && !opinion.trim()) || !!acting.data }} width={640}
      >
        <Space orientation="vertical" style={{ width: '100%' }}>
          {needsReason && <Radio.Group size="small" optionType="button" value={reason} onChange={(e) => setReason(e.target.value as string)} options={flow.data?.reasons} aria-label="理由代码" />}
          {event?.event !== 'take' && (
            <>
              <Templates text={opinion} onPick={setOpinion} />
              <Input.TextArea rows={3} autoFocus placeholder={needsWords ? '意见、理由（必写，写给所选的每一条）' : '意见（可不写，写给所选的每一条）'} value={opinion} onChange={(e) => setOpinion(e.target.value)} aria-label="批量意见" />
            </>
          )}
          {acting.error && <Alert type="error" showIcon title={acting.error.message} />}
          {acting.data && acting.data.wrong.length > 0 && (
            <Alert
              type="warning" showIcon title={`办成 ${acting.data.done} 条，没有办成 ${acting.data.wrong.length} 条`}
              description={<div style={{ maxHeight: 200, overflow: 'auto' }}>{acting.data.wrong.map((w) => <div key={w.finding_id}>{chosen.find((c) => c.finding_id === w.finding_id)?.rule_name ?? w.finding_id}：{w.said}</div>)}</div>}
            />
          )}
        </Space>
      </Modal>
    </div>
  )
}
