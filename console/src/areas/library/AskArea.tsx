import { useMutation, useQuery } from '@tanstack/react-query'
import { Alert, App, AutoComplete, DatePicker, Form, Input, Modal, Radio, Select, Spin } from 'antd'
import type { Dayjs } from 'dayjs'
import { get } from '../../api/client'
import { useSession } from '../../api/session'
import { type FormOut, askArea, card, cardForm, cards } from './api'
import { stops } from './stops'

type Fields = { rule_id: string; admdvs: string; off: boolean; params?: Record<string, string>; severity?: number; stop?: string; exempt?: string[]; judge?: string[]; from?: Dayjs; to?: Dayjs; reason: string }
const bottom = { marginBottom: 10 }
const two = { display: 'grid', gap: '0 16px', gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 300px), 1fr))' }
const severities = [{ value: 1, label: '明确违规' }, { value: 2, label: '高度可疑' }, { value: 3, label: '轻度可疑' }]
const word = (list: { value: string | number; label: string }[], v: string | number) => list.find((x) => x.value === v)?.label ?? String(v)

// AskArea asks for a card to be judged otherwise in a pooling area: it shows what the card says, and takes only what differs.
export function AskArea({ close }: { close: () => void }) {
  const { message } = App.useApp()
  const { session } = useSession()
  const [form] = Form.useForm<Fields>()
  const rule = Form.useWatch('rule_id', form)
  const off = Form.useWatch('off', form)
  const cs = useQuery({ queryKey: ['library-cards'], queryFn: cards })
  const places = useQuery({ queryKey: ['divisions'], queryFn: () => get<{ names: Record<string, string> }>('/api/divisions'), staleTime: 600_000, retry: false })
  const own = session?.admdvs ?? ''
  const areas = Object.entries(places.data?.names ?? {}).filter(([k]) => k.startsWith(own)).sort(([a], [b]) => (a < b ? -1 : 1)).map(([value, name]) => ({ value, label: `${name}（${value}）` }))
  const kind = useQuery({ queryKey: ['library-area-form', rule], queryFn: async () => cardForm((await card(rule!)).text), enabled: !!rule, retry: false, gcTime: 0 })
  const send = useMutation({
    mutationFn: (f: Fields) => askArea({
      rule_id: f.rule_id, admdvs: f.admdvs.trim(), off: f.off || undefined, reason: f.reason.trim(), valid_from: f.from?.format('YYYY-MM-DD'), valid_to: f.to?.format('YYYY-MM-DD'),
      ...(f.off ? {} : { params: changed(f.params), severity: f.severity, stop: f.stop, exempt: f.exempt?.length ? f.exempt : undefined, judge: f.judge?.length ? f.judge : undefined }),
    }),
    onSuccess: () => { message.success('已申请，等另一人确认'); close() },
  })
  return (
    <Modal open width="min(820px, 94vw)" style={{ top: 32 }} title="申请在一个统筹区不同" onCancel={close} okText="申请" onOk={() => form.submit()} okButtonProps={{ loading: send.isPending }} mask={{ closable: false }}>
      <Form<Fields> form={form} layout="vertical" size="small" initialValues={{ off: false, admdvs: own }} onFinish={(v) => send.mutate(v)} style={{ maxHeight: '68vh', overflow: 'auto', paddingInlineEnd: 6 }}>
        <div style={two}>
          <Form.Item style={bottom} name="rule_id" label="规则" rules={[{ required: true, message: '选一条规则' }]}><Select showSearch={{ optionFilterProp: 'label' }} onChange={() => form.resetFields(['params', 'severity', 'stop', 'exempt', 'judge'])} options={(cs.data?.items ?? []).map((c) => ({ value: c.rule_id, label: `${c.rule_id} ${c.name}` }))} /></Form.Item>
          <Form.Item style={bottom} name="admdvs" label="区划（省 2 位、市 4 位、县 6 位）" rules={[{ required: true, message: '选区划' }, { pattern: /^(\d{2}){1,3}$/, message: '写 2、4 或 6 位区划代码' }]}><AutoComplete options={areas} showSearch={{ filterOption: (text, o) => String(o?.label).includes(text) }} placeholder="名称或代码"><Input aria-label="区划" /></AutoComplete></Form.Item>
        </div>
        <Form.Item style={bottom} name="off"><Radio.Group optionType="button" options={[{ value: false, label: '按下面的不同判' }, { value: true, label: '在这里不执行' }]} /></Form.Item>
        {!off && !rule && <p className="quiet">选了规则，这里列出它的参数、程度、停止级别和豁免；只写与规则卡不同的。</p>}
        {!off && rule && kind.isPending && <Spin />}
        {kind.error && <Alert type="error" showIcon title={kind.error.message} />}
        {!off && rule && kind.data && <Differs out={kind.data} />}
        <div style={two}>
          <Form.Item style={bottom} name="from" label="从哪天起（不选则一直）"><DatePicker style={{ width: '100%' }} aria-label="从哪天起" /></Form.Item>
          <Form.Item style={bottom} name="to" label="到哪天止（不选则长期）"><DatePicker style={{ width: '100%' }} aria-label="到哪天止" /></Form.Item>
        </div>
        <Form.Item style={bottom} name="reason" label="理由" rules={[{ required: true, message: '写明理由' }]}><Input.TextArea rows={2} maxLength={2000} placeholder="如：某市医保发〔2025〕3 号" /></Form.Item>
        {send.error && <Alert type="error" showIcon title={send.error.message} />}
      </Form>
    </Modal>
  )
}

function Differs({ out }: { out: FormOut }) {
  const f = out.form
  const title = (t: string) => (out.tags ?? []).find((x) => x.tag === t)?.title ?? `诊断 ${t}`
  const exempted = [...(f.exempt ?? []), ...(f.exempt_diag ? f.exempt_diag.split('|') : [])]
  return (
    <>
      <p className="quiet" style={{ margin: '0 0 6px' }}>只写与规则卡不同的，留空就照卡。</p>
      <div style={two}>
        {(out.params ?? []).map((p) => (
          <Form.Item key={p.name} style={bottom} name={['params', p.name]} label={p.means}>
            {p.value === '是' || p.value === '否' ? <Select allowClear placeholder={`卡上是“${p.value}”`} options={[{ value: 'true', label: '是' }, { value: 'false', label: '否' }]} /> : <Input placeholder={`卡上是 ${p.value}`} suffix={<span className="quiet">{p.unit}</span>} maxLength={200} />}
          </Form.Item>
        ))}
        <Form.Item style={bottom} name="severity" label="程度"><Select allowClear placeholder={`卡上是“${word(severities, f.severity)}”`} options={severities} /></Form.Item>
        <Form.Item style={bottom} name="stop" label="停止级别"><Select allowClear placeholder={`卡上是“${word(stops, f.stop)}”`} options={stops} /></Form.Item>
        <Form.Item style={bottom} name="exempt" label="这里另豁免"><Select mode="multiple" optionFilterProp="label" placeholder="没有" options={(out.tags ?? []).filter((t) => !(f.exempt ?? []).includes(t.tag)).map((t) => ({ value: t.tag, label: t.title }))} /></Form.Item>
        {exempted.length > 0 && <Form.Item style={bottom} name="judge" label="卡上豁免而这里照判"><Select mode="multiple" optionFilterProp="label" placeholder="没有" options={exempted.map((t) => ({ value: t, label: title(t) }))} /></Form.Item>}
      </div>
    </>
  )
}

// changed are the parameters that were written; yes and no are truths.
function changed(params: Record<string, string> = {}) {
  const some = Object.entries(params).filter(([, v]) => v !== undefined && String(v).trim() !== '').map(([k, v]) => [k, v === 'true' ? true : v === 'false' ? false : String(v).trim()] as const)
  return some.length ? Object.fromEntries(some) : undefined
}
