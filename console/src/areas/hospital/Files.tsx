import { InboxOutlined } from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { Alert, Modal, Table, Upload } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { attach, type FileMatch, matchFiles } from '../../api/review'

interface Row { file: File; match: FileMatch; done: Record<string, string> } // by finding: '' = sent, else why not

const kinds = '.pdf,.jpg,.jpeg,.png,.bmp,.tif,.tiff,.docx,.xlsx,.txt,.csv'

// Files takes many files at once and sends each to the findings of the stay whose number stands in its name. What could not be matched is
// said before anything is sent.
export function Files({ onClose }: { onClose: () => void }) {
  const queries = useQueryClient()
  const [rows, setRows] = useState<Row[]>([])
  const [busy, setBusy] = useState(false)
  const [sent, setSent] = useState(false)
  const [trouble, setTrouble] = useState('')
  const match = async (files: File[]) => {
    setTrouble('')
    try {
      const r = await matchFiles(files.map((f) => f.name))
      setRows((old) => [...old, ...r.items.map((m, i) => ({ file: files[i]!, match: m, done: {} }))])
      setSent(false)
    } catch (e) {
      setTrouble((e as Error).message)
    }
  }
  const going = rows.filter((r) => !r.match.why)
  const send = async () => {
    setBusy(true)
    const to = new Map<string, { version: number; files: File[] }>()
    for (const r of going)
      for (const f of r.match.items) {
        if (r.done[f.finding_id] === '') continue
        const t = to.get(f.finding_id) ?? { version: f.version, files: [] }
        t.files.push(r.file)
        to.set(f.finding_id, t)
      }
    for (const [id, t] of to)
      await attach(id, t.version, t.files, (file, why) => setRows((old) => old.map((r) => (r.file === file ? { ...r, done: { ...r.done, [id]: why } } : r))))
    setBusy(false)
    setSent(true)
    void queries.invalidateQueries()
  }
  const wrong = rows.filter((r) => Object.values(r.done).some(Boolean)).length
  return (
    <Modal
      open title="批量上传附件" width={900} onCancel={onClose} cancelText="关闭" okText={`上传配上的 ${going.length} 个`} okButtonProps={{ disabled: !going.length || (sent && !wrong), loading: busy }}
      onOk={() => void send()}
    >
      <Upload.Dragger
        multiple accept={kinds} showUploadList={false} disabled={busy}
        beforeUpload={(f, all) => {
          if (f === all[0]) void match(all)
          return false
        }}
      >
        <p className="ant-upload-drag-icon" style={{ marginBottom: 4 }}><InboxOutlined /></p>
        <p>把文件拖到这里，或点击选择，一次最多 200 个</p>
        <p className="quiet">文件名里要有就诊号，如 <b>就诊号_病历首页.pdf</b>；同一就诊有几条疑点时，每条都附上</p>
      </Upload.Dragger>
      {trouble && <Alert type="error" showIcon title={trouble} style={{ marginTop: 8 }} />}
      {sent && <Alert type={wrong ? 'warning' : 'success'} showIcon style={{ marginTop: 8 }} title={wrong ? `${wrong} 个文件没有全部传上，原因见下表` : `${going.length} 个文件都传上了`} />}
      {rows.length > 0 && (
        <Table<Row>
          style={{ marginTop: 8 }} size="small" rowKey={(r) => `${r.file.name}/${r.file.size}/${rows.indexOf(r)}`} dataSource={rows} pagination={false} scroll={{ y: 300 }}
          columns={[
            { title: '文件', key: 'f', width: 300, render: (_, r) => r.file.name },
            { title: '就诊号', key: 'm', width: 150, render: (_, r) => r.match.mdtrt_id || '—' },
            {
              title: '附到', key: 't',
              render: (_, r) =>
                r.match.why ? (
                  <span style={{ color: '#b42318' }}>没有配上：{r.match.why}</span>
                ) : (
                  r.match.items.map((x) => (
                    <div key={x.finding_id}>
                      <Link to={`/findings/${x.finding_id}`}>{x.rule_name}</Link>　<span className="quiet">{x.state}</span>　
                      {r.done[x.finding_id] === '' && <span style={{ color: '#067647' }}>✓ 已传</span>}
                      {r.done[x.finding_id] && <span style={{ color: '#b42318' }}>没有传上：{r.done[x.finding_id]}</span>}
                    </div>
                  ))
                ),
            },
          ]}
        />
      )}
    </Modal>
  )
}
