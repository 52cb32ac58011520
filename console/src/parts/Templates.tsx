import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Checkbox, Input, Popover, Select, Space } from 'antd'
import { useState } from 'react'
import { save, saved, unsave } from '../api/review'
import { useSession } from '../api/session'

// Templates puts a text that was kept into a form, and keeps the one that was written.
export function Templates({ text, onPick }: { text: string; onPick: (text: string) => void }) {
  const { session } = useSession()
  const { message } = App.useApp()
  const queries = useQueryClient()
  const q = useQuery({ queryKey: ['saved', 'template'], queryFn: () => saved('template') })
  const [name, setName] = useState('')
  const [shared, setShared] = useState(true)
  const [asking, setAsking] = useState(false)
  const items = q.data?.items ?? []
  const told = (p: Promise<unknown>, done: string) =>
    p.then(() => {
      void message.success(done)
      setAsking(false)
      setName('')
      void queries.invalidateQueries({ queryKey: ['saved', 'template'] })
    }, (e: Error) => void message.error(e.message, 6))
  return (
    <Space.Compact style={{ width: '100%' }}>
      <Select
        size="small" style={{ flex: 1, minWidth: 0 }} placeholder="套用模板" value={null} aria-label="套用模板" notFoundContent="还没有模板：写好意见后点“存为模板”"
        options={items.map((s) => ({ value: s.saved_id, label: s.shared && s.owner !== session?.login ? `${s.name}（${s.owner} 共享）` : s.name, mine: s.owner === session?.login }))}
        onChange={(id: string | null) => {
          const s = items.find((x) => x.saved_id === id)
          if (s) onPick(s.body)
        }}
        optionRender={(o) => (
          <div style={{ display: 'flex', gap: 8 }}>
            <span style={{ flex: 1, overflow: 'hidden', textOverflow: 'ellipsis' }}>{o.label}</span>
            {o.data.mine && <a role="button" onClick={(e) => { e.stopPropagation(); void told(unsave(items.find((x) => x.saved_id === o.value)!), '已删去') }}>删去</a>}
          </div>
        )}
      />
      <Popover
        open={asking} onOpenChange={setAsking} trigger="click" title="存为模板"
        content={
          <Space orientation="vertical">
            <Input placeholder="模板名，如 急诊抢救" value={name} onChange={(e) => setName(e.target.value)} aria-label="模板名" maxLength={40} />
            <Checkbox checked={shared} onChange={(e) => setShared(e.target.checked)}>同事也能用</Checkbox>
            <Button type="primary" size="small" disabled={!name.trim()} onClick={() => void told(save('template', name.trim(), text, shared), '已存为模板')}>存</Button>
          </Space>
        }
      >
        <Button size="small" disabled={!text.trim()}>存为模板</Button>
      </Popover>
    </Space.Compact>
  )
}
