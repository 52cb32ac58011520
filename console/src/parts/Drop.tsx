import { CloudUploadOutlined } from '@ant-design/icons'
import { App, Progress, Upload } from 'antd'
import { type ReactNode, useState } from 'react'
import { useSession } from '../api/session'
import { send } from '../api/upload'

// Drop takes files, many at once, sends them to a shelf in pieces and hands over their numbers when all have arrived.
export function Drop({ shelf, title, hint, onSent }: { shelf: string; title: ReactNode; hint: ReactNode; onSent: (uploads: string[]) => Promise<unknown> }) {
  const { session } = useSession()
  const { message } = App.useApp()
  const [sending, setSending] = useState<Record<string, number>>({})
  const [busy, setBusy] = useState(false)
  const take = async (files: File[]) => {
    setBusy(true)
    try {
      const ids: string[] = []
      for (const f of files) ids.push(await send(f, session?.csrf ?? '', (part) => setSending((x) => ({ ...x, [f.name]: part })), shelf))
      await onSent(ids)
    } catch (e) {
      message.error((e as Error).message, 8)
    }
    setSending({})
    setBusy(false)
  }
  return (
    <>
      <Upload.Dragger
        multiple showUploadList={false} disabled={busy} accept=".csv,.gz,.txt,.tsv,.xlsx,.parquet" style={{ marginBottom: 8 }}
        beforeUpload={(f, all) => {
          if (f === all[0]) void take(all)
          return false
        }}
      >
        <CloudUploadOutlined style={{ fontSize: 24, color: '#1458b8' }} />
        <div>{title}</div>
        <div className="quiet" style={{ fontSize: 12 }}>{hint}</div>
      </Upload.Dragger>
      {Object.entries(sending).map(([name, part]) => (
        <div key={name} style={{ display: 'flex', gap: 12 }}><span style={{ width: 320, overflow: 'hidden', textOverflow: 'ellipsis' }}>{name}</span><Progress percent={Math.floor(part * 100)} size="small" /></div>
      ))}
    </>
  )
}
