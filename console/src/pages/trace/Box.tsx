import { CheckCircleFilled, CloseCircleFilled, QuestionCircleFilled } from '@ant-design/icons'
import { useMutation } from '@tanstack/react-query'
import { Alert, App, Button, Form, Input, type InputRef } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { box, undo } from '../../api/trace'
import { useSession } from '../../api/session'

// For a counter: a phone, or a till with a keyboard scanner. The scanner types the code and Enter; the answer fills the screen, and the field is free
// for the next box.
export function Page() {
  const { session } = useSession()
  const { message } = App.useApp()
  const [inst, setInst] = useState('')
  const [text, setText] = useState('')
  const field = useRef<InputRef>(null)
  const ask = useMutation({ mutationFn: (code: string) => box(code, session?.fixmedins_code ? undefined : inst) })
  const back = useMutation({ mutationFn: undo, onSuccess: () => { message.success('已撤销，这盒可以卖了'); if (ask.data) ask.mutate(ask.data.drug_trac_codg) } })
  useEffect(() => {
    field.current?.focus()
  }, [])
  const send = () => {
    const code = text.trim()
    if (!code) return
    ask.mutate(code)
    setText('')
    field.current?.focus()
  }
  const a = ask.data
  const look = a && { 可以卖: { bg: '#f6ffed', fg: '#237804', icon: <CheckCircleFilled /> }, 不能卖: { bg: '#fff1f0', fg: '#a8071a', icon: <CloseCircleFilled /> }, 看不懂: { bg: '#fffbe6', fg: '#874d00', icon: <QuestionCircleFilled /> } }[a.may]
  return (
    <div style={{ maxWidth: 560, margin: '0 auto', background: '#fff', padding: 16, borderRadius: 4 }}>
      <Form onFinish={send}>
        {!session?.fixmedins_code && <Input style={{ marginBottom: 8 }} placeholder="机构编码" value={inst} onChange={(e) => setInst(e.target.value)} aria-label="机构编码" />}
        <Input
          ref={field} size="large" value={text} onChange={(e) => setText(e.target.value)} placeholder="扫药盒上的追溯码" aria-label="追溯码" autoComplete="off" enterKeyHint="done"
          style={{ fontSize: 18, height: 52 }}
        />
        <Button type="primary" htmlType="submit" block size="large" loading={ask.isPending} style={{ height: 48, margin: '10px 0 14px', fontSize: 17 }}>这盒能卖吗</Button>
      </Form>
      {!a && !ask.error && <p className="quiet">用扫码枪扫，或键入药盒上 20 位的追溯码后按回车；GS1 码和网址形式的二维码也认。答案里会说这盒在哪一天卖过、能不能再卖。</p>}
      {ask.error && <Alert type="error" showIcon title={ask.error.message} />}
      <div role="status" aria-live="assertive">
        {a && look && (
          <div style={{ background: look.bg, color: look.fg, borderRadius: 8, padding: 18, textAlign: 'center' }}>
            <div style={{ fontSize: 44, lineHeight: '52px' }}>{look.icon}</div>
            <div style={{ fontSize: 30, fontWeight: 700 }}>{a.may}</div>
            <div style={{ fontSize: 16, marginTop: 6 }}>{a.why}</div>
            {a.sold_at && <div style={{ fontSize: 15, marginTop: 4 }}>{a.sold_at} 在{a.here ? '本机构' : '其他机构'}售出，{a.class}</div>}
            <div style={{ fontSize: 13, marginTop: 8, wordBreak: 'break-all', color: '#475467' }}>{a.drug_trac_codg}　{a.form}</div>
          </div>
        )}
      </div>
      {a?.here && session?.fixmedins_code && (
        <Button danger block size="large" style={{ marginTop: 12, height: 46 }} loading={back.isPending} onClick={() => back.mutate(a.drug_trac_codg)}>扫错了，撤销本机构这笔销售</Button>
      )}
      {back.error && <Alert type="error" showIcon title={back.error.message} style={{ marginTop: 8 }} />}
      {a?.may === '不能卖' && <p className="quiet" style={{ marginTop: 12 }}>请核对药盒和来货：是不是扫错、重复扫、退货没有上传。确属本盒而系统有误的，在收银系统里写明理由再结算。</p>}
    </div>
  )
}
