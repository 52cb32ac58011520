import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Checkbox, Input, Popover, Select, Space } from 'antd'
import { useEffect, useState } from 'react'
import { useLocation } from 'react-router'
import { save, saved, unsave } from '../../api/review'
import { useSession } from '../../api/session'

// Filters keeps the filter of a list under a name, for oneself or for the office too, and takes it up again.
// Whoever comes to the list without a filter (from the menu, also while the list is open) begins with his own default;
// a filter taken away on the page itself (location state `chosen`) stays away.
export function Filters({ now, onPick, onBegin }: { now: string; onPick: (search: string) => void; onBegin: (search: string) => void }) {
  const { session } = useSession()
  const { message } = App.useApp()
  const queries = useQueryClient()
  const q = useQuery({ queryKey: ['saved', 'filter'], queryFn: () => saved('filter') })
  const [name, setName] = useState('')
  const [shared, setShared] = useState(false)
  const [asking, setAsking] = useState(false)
  const first = useQuery({ queryKey: ['saved', 'default'], queryFn: () => saved('default') })
  const own = first.data?.items[0]
  const { key, state } = useLocation()
  const begins = now === '' && !(state as { chosen?: boolean } | null)?.chosen
  useEffect(() => {
    if (begins && own && !first.isFetching) onBegin(own.body) // what is at hand while fetching may be from before one was kept
  }, [key, begins, own?.body, first.isFetching])
  const items = q.data?.items ?? []
  const here = items.find((s) => s.body === now)
  const told = (p: Promise<unknown>, done: string) =>
    p.then(() => {
      void message.success(done)
      setAsking(false)
      setName('')
      void queries.invalidateQueries({ queryKey: ['saved'] })
    }, (e: Error) => void message.error(e.message, 6))
  return (
    <Space.Compact>
      <Select
        style={{ width: 180 }} placeholder="存下的条件" value={here?.saved_id ?? null} aria-label="存下的条件" notFoundContent="还没有：选好条件后点“存条件”"
        options={items.map((s) => ({ value: s.saved_id, label: s.owner === session?.login ? s.name : `${s.name}（${s.owner} 共享）` }))}
        onChange={(id: string | null) => {
          const s = items.find((x) => x.saved_id === id)
          if (s) onPick(s.body)
        }}
      />
      {here && here.owner === session?.login ? (
        <Button onClick={() => void told(unsave(here), '已删去')}>删去</Button>
      ) : (
        <Popover
          open={asking} onOpenChange={setAsking} trigger="click" title="存下现在的条件"
          content={
            <Space orientation="vertical">
              <Input placeholder="名字，如 我的待初审" value={name} onChange={(e) => setName(e.target.value)} aria-label="条件名" maxLength={40} />
              <Checkbox checked={shared} onChange={(e) => setShared(e.target.checked)}>同事也能用</Checkbox>
              <Button type="primary" size="small" disabled={!name.trim()} onClick={() => void told(save('filter', name.trim(), now, shared), '已存下')}>存下</Button>
            </Space>
          }
        >
          <Button disabled={!now}>存条件</Button>
        </Popover>
      )}
      {own && own.body === now ? <Button onClick={() => void told(unsave(own), '以后进来看全部')} title="现在从菜单进来就按这个条件">取消缺省</Button> : <Button disabled={!now} onClick={() => void told(save('default', '缺省', now, false), '以后从菜单进来就按这个条件')} title="以后从菜单进来就按现在的条件">设为缺省</Button>}
    </Space.Compact>
  )
}
