import { CameraOutlined } from '@ant-design/icons'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Card, Checkbox, Descriptions, Form, Input, Modal, Radio, Spin, Steps, Tag } from 'antd'
import { useRef, useState } from 'react'
import { Link, useParams } from 'react-router'
import { type ClueWhole, addPaper, clue, paper, stepClue } from '../../api/trace'
import { Who } from '../../parts/Who'
import { LifeLine } from './LifeLine'

const verdicts = ['上传错误', '拆零', '串换', '回流', '假药', '空刷']
const way = ['待自述', '待核查', '待结论', '已结论', '已移交']
const names: Record<string, string> = { 待核查: '交自述', 待结论: '记现场核查', 已结论: '下结论', 已移交: '移交', 已撤回: '撤回线索' }

export function Page() {
  const { id = '' } = useParams()
  const q = useQuery({ queryKey: ['trace-clue', id], queryFn: () => clue(id), retry: false })
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  if (!q.data) return <Spin />
  const c = q.data
  return (
    <div style={{ display: 'grid', gap: 12, gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 420px), 1fr))', alignItems: 'start' }}>
      <div style={{ display: 'grid', gap: 12, minWidth: 0, gridTemplateColumns: 'minmax(0, 1fr)' }}>
        <Card size="small" title={<>{c.class}　<span style={{ fontWeight: 400 }}>{c.drug_trac_codg}</span></>} extra={<Tag color={c.late ? 'red' : 'blue'}>{c.late ? '自述已逾期' : c.state}</Tag>}>
          {way.includes(c.state) && <Steps size="small" responsive={false} current={way.indexOf(c.state)} items={['自述', '核查', '结论', '办结', '移交'].map((title) => ({ title }))} style={{ marginBottom: 14 }} />}
          <Descriptions size="small" column={{ xs: 1, sm: 2 }}>
            <Descriptions.Item label="机构">{c.fixmedins_name || c.fixmedins_code}</Descriptions.Item>
            <Descriptions.Item label="售出">{c.sel_retn_time}</Descriptions.Item>
            <Descriptions.Item label="前次机构">{c.prev_fixmedins_name || c.prev_fixmedins_code || '其他机构'}</Descriptions.Item>
            <Descriptions.Item label="前次售出">{c.prev_sel_retn_time}（相隔 {c.gap_days} 日）</Descriptions.Item>
            <Descriptions.Item label="购进凭证">{c.proof}</Descriptions.Item>
            <Descriptions.Item label="自述期限">{c.due.slice(0, 10)}</Descriptions.Item>
            <Descriptions.Item label="品种">{c.hilist_code}</Descriptions.Item>
            <Descriptions.Item label="疑点">{c.finding_id ? <Link to={`/findings/${c.finding_id}`}>看疑点（钱记在疑点上）</Link> : '没有医保结算的行，不涉及金额'}</Descriptions.Item>
            {c.verdict && <Descriptions.Item label="结论"><b>{c.verdict}</b></Descriptions.Item>}
          </Descriptions>
        </Card>
        {c.life && <Card size="small" title="这盒药的一生"><LifeLine story={c.life} /></Card>}
        <Card size="small" title="办过的步骤">
          {!(c.steps ?? []).length && <span className="quiet">还没有办过</span>}
          {(c.steps ?? []).map((s, i) => (
            <div key={i} style={{ padding: '6px 0', borderTop: i ? '1px solid #f0f0f0' : undefined }}>
              <b>{s.kind}</b>　<span className="quiet">{s.at.slice(0, 16).replace('T', ' ')}　<Who login={s.actor} /></span>
              <div style={{ whiteSpace: 'pre-wrap' }}>{s.body}</div>
              {(s.papers ?? []).length > 0 && <div className="quiet">附件：{(s.papers ?? []).join('、')}</div>}
            </div>
          ))}
          {(c.papers ?? []).length > 0 && <div style={{ marginTop: 8 }}>{(c.papers ?? []).map((p) => <Paper key={p.paper_id} clue={c.clue_id} id={p.paper_id} name={p.name} />)}</div>}
        </Card>
      </div>
      <Act c={c} />
    </div>
  )
}

function Paper({ clue: id, id: pid, name }: { clue: string; id: string; name: string }) {
  const [open, setOpen] = useState(false)
  const q = useQuery({ queryKey: ['trace-paper', pid], queryFn: () => paper(id, pid), enabled: open })
  const src = q.data && `data:${q.data.mime};base64,${q.data.content}`
  return (
    <>
      <Button size="small" type="link" onClick={() => setOpen(true)}>{name}</Button>
      <Modal open={open} onCancel={() => setOpen(false)} footer={null} width={720} title={name}>
        {!src ? <Spin /> : q.data.mime.startsWith('image/') ? <img src={src} alt={name} style={{ maxWidth: '100%' }} /> : <a href={src} download={name}>下载 {name}</a>}
      </Modal>
    </>
  )
}

// shrink makes a phone's photograph small enough to send: 1,600 px at most.
async function shrink(f: File): Promise<{ mime: string; content: string }> {
  let blob: Blob = f
  if (f.type.startsWith('image/')) {
    const bitmap = await createImageBitmap(f)
    const k = Math.min(1, 1600 / Math.max(bitmap.width, bitmap.height))
    const canvas = document.createElement('canvas')
    canvas.width = Math.round(bitmap.width * k)
    canvas.height = Math.round(bitmap.height * k)
    canvas.getContext('2d')!.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
    blob = await new Promise<Blob>((ok, no) => canvas.toBlob((b) => (b ? ok(b) : no(new Error('照片读不出来'))), 'image/jpeg', 0.8))
  }
  const url = await new Promise<string>((ok, no) => {
    const r = new FileReader()
    r.onload = () => ok(String(r.result))
    r.onerror = () => no(new Error('附件读不出来'))
    r.readAsDataURL(blob)
  })
  return { mime: blob.type, content: url.slice(url.indexOf(',') + 1) }
}

function Act({ c }: { c: ClueWhole }) {
  const { message } = App.useApp()
  const client = useQueryClient()
  const next = c.next ?? []
  const [to, setTo] = useState('')
  const [say, setSay] = useState('')
  const [verdict, setVerdict] = useState('')
  const [files, setFiles] = useState<{ paper_id: string; name: string }[]>([])
  const [ready, setReady] = useState<string[]>([])
  const input = useRef<HTMLInputElement>(null)
  const onward = next.find((n) => way.indexOf(n) > way.indexOf(c.state)) // sending back is chosen, never proposed
  const goal = to || onward || next[0] || ''
  const back = goal === '待核查' && c.state !== '待自述'
  const send = useMutation({
    mutationFn: () => stepClue(c, { to: goal, say, verdict: goal === '已结论' ? verdict : undefined, papers: files.map((f) => f.paper_id) }),
    onSuccess: (d) => {
      message.success(`已办到：${d.state}`)
      client.setQueryData(['trace-clue', c.clue_id], d)
      void client.invalidateQueries({ queryKey: ['trace-clues'] })
      void client.invalidateQueries({ queryKey: ['trace-clue-counts'] })
      setTo(''); setSay(''); setFiles([]); setReady([])
    },
  })
  const add = useMutation({
    mutationFn: async (list: FileList) => {
      for (const f of Array.from(list)) {
        const b = await shrink(f)
        const p = await addPaper(c.clue_id, { name: f.name, ...b })
        setFiles((x) => [...x, p])
      }
    },
  })
  if (!next.length) return <Card size="small" title="办理"><span className="quiet">{c.state === '已移交' || c.state === '已撤回' ? '已经办结' : '这一步不由您办理'}</span></Card>
  return (
    <Card size="small" title="办理">
      <Form layout="vertical" onFinish={() => send.mutate()}>
        {next.length > 1 && (
          <Form.Item label="办什么"><Radio.Group value={goal} onChange={(e) => setTo(e.target.value)} options={next.map((n) => ({ value: n, label: n === '待核查' && c.state !== '待自述' ? '退回核查' : (names[n] ?? n) }))} /></Form.Item>
        )}
        {goal === '待核查' && !back && (
          <Form.Item label="请备齐材料并拍照上传"><Checkbox.Group value={ready} onChange={(v) => setReady(v as string[])} options={c.asked ?? []} style={{ display: 'grid', gap: 4 }} /></Form.Item>
        )}
        {goal === '已结论' && (
          <Form.Item label="结论" required><Radio.Group value={verdict} onChange={(e) => setVerdict(e.target.value)} options={verdicts.map((v) => ({ value: v, label: v }))} /></Form.Item>
        )}
        <Form.Item label={back ? '理由' : goal === '待核查' ? '情况说明' : goal === '待结论' ? '现场情况（谁、何时、看到什么）' : '理由'} required>
          <Input.TextArea rows={4} value={say} onChange={(e) => setSay(e.target.value)} maxLength={4000} placeholder={goal === '待核查' && !back ? '这盒药怎样购进、怎样售出，为什么会有两次' : ''} />
        </Form.Item>
        {(goal === '待核查' || goal === '待结论') && (
          <Form.Item label="附件">
            <input ref={input} type="file" accept="image/jpeg,image/png,application/pdf" multiple style={{ display: 'none' }} onChange={(e) => e.target.files?.length && add.mutate(e.target.files)} aria-label="附件" />
            <Button icon={<CameraOutlined />} onClick={() => input.current?.click()} loading={add.isPending}>拍照或选文件</Button>
            <div style={{ marginTop: 6 }}>{files.map((f) => <Tag key={f.paper_id}>{f.name}</Tag>)}</div>
            {add.error && <Alert type="error" showIcon title={add.error.message} />}
          </Form.Item>
        )}
        {send.error && <Alert type="error" showIcon title={send.error.message} style={{ marginBottom: 8 }} />}
        <Button type="primary" htmlType="submit" block disabled={say.trim().length < 2 || (goal === '已结论' && !verdict)} loading={send.isPending}>{back ? '退回核查' : (names[goal] ?? goal)}</Button>
      </Form>
    </Card>
  )
}
