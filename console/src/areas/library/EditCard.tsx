import { useMutation, useQuery } from '@tanstack/react-query'
import { Alert, App, Button, Checkbox, Form, Input, Modal, Radio, Segmented, Select, Skeleton, Space } from 'antd'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { type CardForm, type CardPage, type FormOut, type Tried, cardForm, draft, tryText } from './api'
import { stops } from './stops'

// Edit drafts a new version of a card: in a form that knows what its kind has, or in its text. What is wrong is said with its line, and its own cases
// are run, before anything is drafted.
export function Edit({ c, close }: { c: CardPage; close: () => void }) {
  const { message } = App.useApp()
  const navigate = useNavigate()
  const [form] = Form.useForm<CardForm>()
  const [how, setHow] = useState<'form' | 'text'>('form')
  const [text, setText] = useState(c.text)
  const [why, setWhy] = useState('')
  const [said, setSaid] = useState<Tried>()
  const [touched, setTouched] = useState(false)
  const read = useQuery({ queryKey: ['library-form', c.rule_id, how === 'form' ? text : ''], queryFn: () => cardForm(text), enabled: how === 'form', retry: false, staleTime: Infinity, gcTime: 0 })
  // whole is the text with what stands in the form.
  const whole = async () => {
    if (how === 'text' || !touched) return text
    const out = await cardForm(text, { ...read.data!.form, ...form.getFieldsValue(true) })
    if ((out.wrong ?? []).length) setSaid({ rule_id: '', name: '', cases: [], wrong: out.wrong })
    return out.text
  }
  const test = useMutation({ mutationFn: async () => tryText(await whole()), onSuccess: setSaid })
  const send = useMutation({ mutationFn: async () => draft(await whole(), why.trim()), onSuccess: (v) => { message.success('已起草'); navigate(`/library/versions/${v.version_id}`) } })
  const turn = useMutation({ mutationFn: async (to: 'form' | 'text') => { const t = await whole(); setText(t); setTouched(false); setHow(to) } })
  const wrong = said?.wrong ?? []
  const failed = (said?.cases ?? []).filter((x) => !x.ok)
  const error = test.error ?? send.error ?? turn.error
  return (
    <Modal open onCancel={close} width="min(1180px, 94vw)" style={{ top: 24 }} title={`起草 ${c.rule_id} 的新版本`} okText="起草" onOk={() => send.mutate()} okButtonProps={{ disabled: !why.trim() || (text === c.text && !touched), loading: send.isPending }} mask={{ closable: false }}>
      <Space style={{ marginBottom: 8 }}>
        <Segmented value={how} onChange={(v) => turn.mutate(v as 'form' | 'text')} options={[{ value: 'form', label: '表单' }, { value: 'text', label: '原文' }]} />
        <span className="quiet">{how === 'form' ? '判法、用例、要的数据在“原文”里改' : '切回“表单”时改过的都在'}</span>
      </Space>
      <div style={{ height: 'min(56vh, 520px)', overflow: 'auto', paddingInlineEnd: 6 }}>
        {how === 'text' && <Input.TextArea value={text} onChange={(e) => { setText(e.target.value); setSaid(undefined) }} autoSize={{ minRows: 22 }} style={{ fontFamily: 'ui-monospace, monospace', fontSize: 12.5 }} aria-label="规则卡原文" spellCheck={false} />}
        {how === 'form' && read.isPending && <Skeleton active />}
        {how === 'form' && read.error && <Alert type="error" showIcon title={read.error.message} />}
        {how === 'form' && read.data && ((read.data.wrong ?? []).length ? <Alert type="warning" showIcon title="原文有写错的地方，改好才能用表单" description={(read.data.wrong ?? []).map((w) => `第 ${w.line} 行：${w.message}`).join('；')} />
          : <Fields key={text} out={read.data} form={form} changed={() => { setTouched(true); setSaid(undefined) }} />)}
      </div>
      <Space style={{ margin: '8px 0' }} wrap>
        <Button onClick={() => test.mutate()} loading={test.isPending}>检查并跑用例</Button>
        {said && !wrong.length && <span>{(said.cases ?? []).length} 个用例，{failed.length ? <b style={{ color: '#a8071a' }}>{failed.length} 个不符</b> : '全部相符'}</span>}
      </Space>
      {wrong.map((w, i) => <Alert key={i} type="error" showIcon title={`第 ${w.line} 行：${w.message}`} description={w.remedy} style={{ marginBottom: 6 }} />)}
      {failed.map((x) => <Alert key={x.name} type="warning" showIcon title={x.name} description={x.said} style={{ marginBottom: 6 }} />)}
      {error && <Alert type="error" showIcon title={error.message} style={{ marginBottom: 6 }} />}
      <Input value={why} onChange={(e) => setWhy(e.target.value)} placeholder="为什么改（必填，记在版本上）" maxLength={500} aria-label="理由" />
    </Modal>
  )
}

function Fields({ out, form, changed }: { out: FormOut; form: ReturnType<typeof Form.useForm<CardForm>>[0]; changed: () => void }) {
  const bottom = { marginBottom: 10 }
  return (
    <Form<CardForm> form={form} layout="vertical" initialValues={out.form} onValuesChange={changed} size="small">
      <div style={{ display: 'grid', gap: '0 16px', gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 340px), 1fr))' }}>
        <Form.Item name="name" label="名称" style={bottom}><Input maxLength={60} /></Form.Item>
        <Form.Item name="severity" label="程度" style={bottom}><Radio.Group options={[{ value: 1, label: '明确违规' }, { value: 2, label: '高度可疑' }, { value: 3, label: '轻度可疑' }]} /></Form.Item>
        <Form.Item name="stages" label="环节" style={bottom}><Checkbox.Group options={['事前', '事中', '事后']} /></Form.Item>
        <Form.Item name="stop" label="停止级别" style={bottom}><Select options={stops} /></Form.Item>
      </div>
      {(out.params ?? []).length > 0 && (
        <fieldset style={{ border: '1px solid #e5e7eb', borderRadius: 4, padding: '4px 12px 0', marginBottom: 10 }}>
          <legend style={{ width: 'auto', fontSize: 13, border: 0, margin: 0, padding: '0 4px' }}>参数（留空用判法的缺省值）</legend>
          <div style={{ display: 'grid', gap: '0 16px', gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 300px), 1fr))' }}>
            {(out.params ?? []).map((p) => <Form.Item key={p.name} name={['params', p.name]} label={p.means} style={bottom}><Input placeholder={p.own ? '缺省值' : `缺省 ${p.value}`} suffix={<span className="quiet">{p.unit}</span>} /></Form.Item>)}
          </div>
        </fieldset>
      )}
      <div style={{ display: 'grid', gap: '0 16px', gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 340px), 1fr))' }}>
        <Form.Item name="exempt" label="豁免：有这些情形的不算" style={bottom}><Select mode="multiple" options={(out.tags ?? []).map((t) => ({ value: t.tag, label: t.title }))} optionFilterProp="label" placeholder="没有" /></Form.Item>
        <Form.Item name="exempt_diag" label="豁免诊断，写作 Q56|F64 或 C00-C97" style={bottom}><Input placeholder="没有" /></Form.Item>
        <Form.Item name="message" label="医生看到的话（花括号里是判出来的事实）" style={bottom}><Input.TextArea autoSize={{ minRows: 2, maxRows: 4 }} maxLength={200} /></Form.Item>
        <Form.Item name="advice" label="怎样核实" style={bottom}><Input.TextArea autoSize={{ minRows: 2, maxRows: 4 }} maxLength={1000} /></Form.Item>
        <Form.Item name="basis" label="依据，写到条款" style={bottom}><Input.TextArea autoSize={{ minRows: 2, maxRows: 4 }} maxLength={1000} /></Form.Item>
        <Form.Item name="guard" label="附加条件，如 inst.tier <= 2" style={bottom}><Input.TextArea autoSize={{ minRows: 2, maxRows: 4 }} placeholder="没有" style={{ fontFamily: 'ui-monospace, monospace', fontSize: 12.5 }} /></Form.Item>
      </div>
    </Form>
  )
}
