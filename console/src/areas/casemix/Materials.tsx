import { PaperClipOutlined, UploadOutlined } from '@ant-design/icons'
import { useMutation } from '@tanstack/react-query'
import { Alert, Button, Card, Tag, Upload } from 'antd'
import { useState } from 'react'
import { attach, type Special } from './api'

export type Chosen = Record<string, File[]>

const ends = '.pdf,.jpg,.jpeg,.png,.bmp,.tif,.tiff,.docx,.xlsx,.txt,.csv'
const most = 20 << 20

// Choose takes files for every kind of material before anything is sent.
export function Choose({ kinds, files, onChange, disabled }: { kinds: string[]; files: Chosen; onChange: (f: Chosen) => void; disabled?: boolean }) {
  const [trouble, setTrouble] = useState('')
  const put = (kind: string, list: File[]) => onChange({ ...files, [kind]: list })
  return (
    <div style={{ display: 'flex', flexWrap: 'wrap', gap: '6px 14px', marginTop: 8, alignItems: 'center' }}>
      {kinds.map((kind) => (
        <span key={kind} style={{ display: 'inline-flex', flexWrap: 'wrap', gap: 4, alignItems: 'center' }}>
          <Upload
            accept={ends} multiple showUploadList={false} disabled={disabled}
            beforeUpload={(f, all) => {
              if (f !== all[0]) return false
              const big = all.find((x) => x.size > most)
              setTrouble(big ? `${big.name} 超过 20 MB` : '')
              put(kind, [...(files[kind] ?? []), ...all.filter((x) => x.size <= most)])
              return false
            }}
          >
            <Button size="small" icon={<UploadOutlined />} disabled={disabled} aria-label={`选择${kind}`}>{kind}{kind === '其他' ? '' : ' *'}</Button>
          </Upload>
          {(files[kind] ?? []).map((f, i) => (
            <Tag key={`${f.name}/${i}`} closable={!disabled} onClose={() => put(kind, (files[kind] ?? []).filter((_, k) => k !== i))} style={{ margin: 0, maxWidth: 220, overflow: 'hidden', textOverflow: 'ellipsis' }}>{f.name}</Tag>
          ))}
        </span>
      ))}
      <span className="quiet">带 * 的必备；PDF、图片、DOCX、XLSX、TXT、CSV，每个不超过 20 MB</span>
      {trouble && <Alert type="error" showIcon title={trouble} style={{ width: '100%' }} />}
    </div>
  )
}

// Materials sends further files to an application that no panel judges yet.
export function Materials({ of, kinds, onDone }: { of: Special; kinds: string[]; onDone: (s: Special) => void }) {
  const [files, setFiles] = useState<Chosen>({})
  const [failed, setFailed] = useState<string[]>([])
  const send = useMutation({
    mutationFn: async () => {
      const bad: string[] = []
      const left: Chosen = {}
      for (const [kind, list] of Object.entries(files))
        for (const f of list)
          try {
            onDone(await attach(of.special_id, kind, f))
          } catch (e) {
            bad.push(`${f.name}：${(e as Error).message}`)
            left[kind] = [...(left[kind] ?? []), f]
          }
      setFiles(left)
      setFailed(bad)
    },
  })
  const n = Object.values(files).flat().length
  return (
    <Card size="small" title={of.state === '待补正' ? '补正材料：必备的齐了自动转待评审' : '补充材料'}>
      <Choose kinds={kinds} files={files} onChange={setFiles} disabled={send.isPending} />
      {failed.map((f) => <Alert key={f} type="error" showIcon title={f} style={{ marginTop: 6 }} />)}
      <Button type="primary" size="small" style={{ marginTop: 8 }} disabled={!n} loading={send.isPending} onClick={() => send.mutate()}>上传{n ? ` ${n} 个` : ''}</Button>
    </Card>
  )
}

// FileList names what came with an application; each is saved, never shown inside the console.
export function FileList({ of }: { of: Special }) {
  return (
    <div style={{ display: 'grid', gap: 2 }}>
      {(of.files ?? []).map((f) => (
        <div key={f.file_id}>
          {f.kind}：<a href={`/api/casemix/specials/${encodeURIComponent(of.special_id)}/files/${encodeURIComponent(f.file_id)}`} download><PaperClipOutlined /> {f.name}</a>
          <span className="quiet">　{f.size < 1024 ? `${f.size} 字节` : f.size < 1 << 20 ? `${Math.round(f.size / 1024)} KB` : `${(f.size / (1 << 20)).toFixed(1)} MB`}　{f.uploaded_by} {f.at.slice(0, 10)}</span>
        </div>
      ))}
    </div>
  )
}
