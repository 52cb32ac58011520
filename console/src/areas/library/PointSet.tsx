import { useMutation, useQuery } from '@tanstack/react-query'
import { Alert, App, Button, Empty, Input, Modal, Space, Spin, Table, Tag, Upload } from 'antd'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { type PointItem, draftPoints, points } from './api'

const head = 'point_id,rule_id,subject_code,subject2_code,scope,limit_value,unit,window_d,sex,age_min,age_max,diag_set,allow,params,basis,source,applies_on,valid_from,valid_to,admdvs'

// DraftSet drafts a set of points from a file or from rows that are pasted.
export function DraftSet({ close }: { close: () => void }) {
  const { message } = App.useApp()
  const navigate = useNavigate()
  const [name, setName] = useState('')
  const [text, setText] = useState(`${head}\n`)
  const [why, setWhy] = useState('')
  const send = useMutation({ mutationFn: () => draftPoints(name.trim(), text, why.trim()), onSuccess: (v) => { message.success('已起草'); navigate(`/library/versions/${v.version_id}`) } })
  return (
    <Modal open onCancel={close} width="min(980px, 94vw)" title="起草知识点集" okText="起草" onOk={() => send.mutate()} okButtonProps={{ disabled: !name.trim() || !why.trim() || text.trim() === head, loading: send.isPending }} mask={{ closable: false }}>
      <p className="quiet" style={{ margin: '0 0 8px' }}>一行一个知识点。从生效日起取代编号（point_id）相同的，其余不动；和规则卡一样试算、影子、批准、公布。</p>
      <Space wrap style={{ marginBottom: 8 }}>
        <Input value={name} onChange={(e) => setName(e.target.value)} placeholder="这一集的名字，如：妇科限频" maxLength={60} style={{ width: 240 }} aria-label="名字" />
        <Upload accept=".csv,text/csv" showUploadList={false} beforeUpload={(f) => { void f.text().then((t) => { setText(t.replace(/^\ufeff/, '')); if (!name) setName(f.name.replace(/\.csv$/i, '')) }); return false }}><Button>从 CSV 文件读入</Button></Upload>
      </Space>
      <Input.TextArea value={text} onChange={(e) => setText(e.target.value)} autoSize={{ minRows: 10, maxRows: 18 }} spellCheck={false} aria-label="知识点" style={{ fontFamily: 'ui-monospace, monospace', fontSize: 12.5, whiteSpace: 'pre', overflowX: 'auto' }} />
      {send.error && <Alert type="error" showIcon title={send.error.message} style={{ marginTop: 8 }} />}
      <Input value={why} onChange={(e) => setWhy(e.target.value)} placeholder="为什么改（必填，记在版本上）" maxLength={500} aria-label="理由" style={{ marginTop: 8 }} />
    </Modal>
  )
}

// csv reads comma separated values.
export function csv(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = [], cell = '', inside = false
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!
    if (inside) {
      if (c === '"' && text[i + 1] === '"') { cell += '"'; i++ } else if (c === '"') inside = false
      else cell += c
    } else if (c === '"') inside = true
    else if (c === ',') { row.push(cell); cell = '' } else if (c === '\n') { row.push(cell.replace(/\r$/, '')); rows.push(row); row = []; cell = '' } else cell += c
  }
  if (cell || row.length) rows.push([...row, cell])
  return rows.filter((r) => r.some(Boolean))
}

const compared: [keyof PointItem & string, string][] = [['subject2_code', '对方项目'], ['scope', '范围'], ['limit_value', '限额'], ['unit', '单位'], ['window_d', '天数'], ['sex', '性别'], ['diag_set', '诊断'], ['allow', '允许'], ['basis', '依据'], ['admdvs', '区划']]

// SetDiff puts the points of a set beside those in force with the same ids.
export function SetDiff({ text }: { text: string }) {
  const [header = [], ...body] = csv(text.replace(/^\ufeff/, ''))
  const rows = body.map((r) => Object.fromEntries(header.map((h, i) => [h.trim().toLowerCase(), (r[i] ?? '').trim()])))
  const rules = [...new Set(rows.map((r) => r.rule_id ?? '').filter(Boolean))]
  const q = useQuery({ queryKey: ['library-points-of', ...rules], queryFn: async () => {
    const all: PointItem[] = []
    for (const rule_id of rules) for (let skip = 0; ; skip += 500) { const p = await points({ rule_id, skip, limit: 500 }); all.push(...p.items); if (skip + 500 >= p.total) break }
    return new Map(all.map((p) => [p.point_id, p]))
  } })
  if (q.isPending) return <Spin />
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  const items = rows.map((r, i) => {
    const was = q.data.get(r.point_id ?? '')
    const said = was ? compared.filter(([k]) => k in r && same(r[k] ?? '') !== same(String(was[k] ?? ''))).map(([k, title]) => `${title} ${String(was[k] || '空')} → ${r[k] || '空'}`) : compared.filter(([k]) => r[k]).map(([k, title]) => `${title} ${r[k]}`)
    return { key: i, id: r.point_id || '（自动编号）', rule: r.rule_id ?? '', subject: r.subject_code ?? '', how: !was ? '新增' : said.length ? '改变' : '一样', said: said.join('；') }
  })
  if (!items.length) return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description="没有知识点" />
  return (
    <Table size="small" rowKey="key" dataSource={items} pagination={{ pageSize: 20, hideOnSinglePage: true, size: 'small', showSizeChanger: false }} scroll={{ x: 700 }} columns={[
      { title: '', dataIndex: 'how', width: 64, render: (h: string) => <Tag color={h === '新增' ? 'green' : h === '改变' ? 'orange' : 'default'}>{h}</Tag> },
      { title: '编号', dataIndex: 'id', width: 150, ellipsis: true }, { title: '规则', dataIndex: 'rule', width: 64 }, { title: '项目', dataIndex: 'subject', width: 180, ellipsis: true }, { title: '写了什么', dataIndex: 'said' },
    ]} />
  )
}

// same takes numbers and empty cells that are written otherwise as equal.
const same = (s: string) => (s === '0' ? '' : /^\d+(\.\d+)?$/.test(s) ? String(Number(s)) : s)
