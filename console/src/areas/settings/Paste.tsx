import { Alert, Button, Input, Modal, Upload } from 'antd'
import { useState } from 'react'
import type { Day } from './api'
import { readArrangement } from './arrangement'

// Paste takes the arrangement that was announced for a year from a file or from the clipboard; what it makes is shown before it is saved.
export function Paste({ year, close, take }: { year: number; close: () => void; take: (days: Day[]) => void }) {
  const [text, setText] = useState('')
  const read = text.trim() ? readArrangement(text, year) : undefined
  return (
    <Modal open title={`导入 ${year} 年放假和调休`} okText="放进日历" cancelText="取消" onCancel={close} okButtonProps={{ disabled: !read || read.wrong.length > 0 }} onOk={() => read && take(read.days)}>
      <p className="quiet" style={{ marginTop: 0 }}>一天一行，或一段一行：日期, 休或班, 名称。周末上班（调休）写“班”。放进日历后逐日看过再保存，保存才算数，整年按它。</p>
      <Upload accept=".csv,.txt" showUploadList={false} beforeUpload={(f) => { void f.arrayBuffer().then((b) => setText(decode(b))); return false }}><Button size="small">选文件（CSV）</Button></Upload>
      <Input.TextArea style={{ marginTop: 8 }} rows={9} value={text} onChange={(e) => setText(e.target.value)} aria-label="放假安排" placeholder={`${year}-01-01 至 ${year}-01-03, 休, 元旦\n${year}年1月10日, 班, 元旦调休`} />
      {read && read.wrong.length > 0 && <Alert style={{ marginTop: 8 }} type="error" showIcon title={`有 ${read.wrong.length} 行不对`} description={<ul style={{ margin: 0, paddingInlineStart: 18 }}>{read.wrong.slice(0, 8).map((w) => <li key={w}>{w}</li>)}</ul>} />}
      {read && !read.wrong.length && <Alert style={{ marginTop: 8 }} type="success" showIcon title={`放假 ${read.days.filter((d) => !d.work).length} 天，周末上班 ${read.days.filter((d) => d.work).length} 天`} />}
    </Modal>
  )
}

// decode reads UTF-8, or GB18030 as Excel in China writes it.
function decode(b: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(b)
  } catch {
    return new TextDecoder('gb18030').decode(b)
  }
}
