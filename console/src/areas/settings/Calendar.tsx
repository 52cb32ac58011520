import { LeftOutlined, RightOutlined } from '@ant-design/icons'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Input, Skeleton, Tag } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { useSession } from '../../api/session'
import { type Day, saveYear, year as readYear } from './api'

const Paste = lazy(async () => ({ default: (await import('./Paste')).Paste }))

const two = (n: number) => String(n).padStart(2, '0')
const weekend = (y: number, m: number, d: number) => [0, 6].includes(new Date(y, m - 1, d).getDay())

// Calendar shows a year: days off in red, weekends that are worked in blue. A click turns a day; who may set it saves the year.
export function Calendar() {
  const { message } = App.useApp()
  const { may, session } = useSession()
  const queries = useQueryClient()
  const [y, setY] = useState(() => new Date().getFullYear())
  const [changed, setChanged] = useState<Record<string, Day | undefined>>({})
  const [name, setName] = useState('')
  const [pasting, setPasting] = useState(false)
  const q = useQuery({ queryKey: ['calendar', y], queryFn: () => readYear(y) })
  const m = useMutation({
    mutationFn: (days: Day[]) => saveYear(y, days),
    onSuccess: () => {
      void message.success(`${y} 年的安排已保存，以后起算的期限按它`)
      setChanged({})
      void queries.invalidateQueries({ queryKey: ['calendar', y] })
    },
  })
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  if (!q.data) return <Skeleton active />
  const special = new Map((q.data.days ?? []).map((d) => [d.day, d]))
  for (const [k, d] of Object.entries(changed)) d ? special.set(k, d) : special.delete(k)
  const edits = may('办理参数') && !session?.admdvs
  const turn = (day: string, off: boolean) => {
    const had = special.get(day)
    setChanged({ ...changed, [day]: had ? undefined : { day, work: off, name: name.trim() || (off ? '调休' : '放假') } })
  }
  const go = (to: number) => {
    setY(to)
    setChanged({})
  }
  // take puts the whole year's arrangement in the place of what is shown; nothing is kept before it is saved.
  const take = (days: Day[]) => {
    const next: Record<string, Day | undefined> = Object.fromEntries((q.data?.days ?? []).map((d) => [d.day, undefined]))
    for (const d of days) next[d.day] = d
    setChanged(next)
    setPasting(false)
  }
  const dirty = Object.keys(changed).length > 0
  return (
    <>
      <div style={{ display: 'flex', gap: 10, alignItems: 'center', marginBottom: 8, flexWrap: 'wrap' }}>
        <Button size="small" icon={<LeftOutlined />} aria-label="上一年" onClick={() => go(y - 1)} />
        <b style={{ fontSize: 16 }}>{y} 年</b>
        <Button size="small" icon={<RightOutlined />} aria-label="下一年" onClick={() => go(y + 1)} />
        <Tag color={q.data.status === '已公布' ? 'green' : q.data.status === '推算' ? 'gold' : 'red'}>{q.data.status}{q.data.own ? '，本局填的' : ''}</Tag>
        <span className="quiet">
          <span style={{ color: '#cf1322' }}>■</span> 放假　<span style={{ color: '#1458b8' }}>■</span> 周末上班。
          {q.data.status === '推算' ? '法定假日按法律推算，还没有调休：安排公布后请改好保存。' : q.data.status === '无表' ? '这一年只有周末休息：请按公布的安排填。' : ''}
        </span>
        {edits && (
          <>
            <Input size="small" style={{ width: 130 }} placeholder="节日名称，如 春节" aria-label="节日名称" maxLength={20} value={name} onChange={(e) => setName(e.target.value)} />
            <Button size="small" type="primary" disabled={!dirty} loading={m.isPending} onClick={() => m.mutate([...special.values()].sort((a, b) => a.day.localeCompare(b.day)))}>保存 {y} 年</Button>
            {dirty && <Button size="small" onClick={() => setChanged({})}>放弃改动</Button>}
            <Button size="small" onClick={() => setPasting(true)}>导入安排</Button>
          </>
        )}
      </div>
      {m.error && <Alert type="error" showIcon title={m.error.message} style={{ marginBottom: 8 }} />}
      {pasting && <Suspense fallback={null}><Paste year={y} close={() => setPasting(false)} take={take} /></Suspense>}
      <div style={{ display: 'grid', gridTemplateColumns: 'repeat(auto-fill, minmax(230px, 1fr))', gap: 12 }}>
        {Array.from({ length: 12 }, (_, i) => i + 1).map((month) => {
          const first = (new Date(y, month - 1, 1).getDay() + 6) % 7
          const last = new Date(y, month, 0).getDate()
          return (
            <div key={month}>
              <div style={{ fontWeight: 600, marginBottom: 2 }}>{month} 月</div>
              <div style={{ display: 'grid', gridTemplateColumns: 'repeat(7, 1fr)', gap: 2, fontSize: 12, textAlign: 'center' }}>
                {['一', '二', '三', '四', '五', '六', '日'].map((w) => <span key={w} className="quiet">{w}</span>)}
                {Array.from({ length: first }, (_, i) => <span key={`e${i}`} />)}
                {Array.from({ length: last }, (_, i) => i + 1).map((d) => {
                  const day = `${y}-${two(month)}-${two(d)}`
                  const s = special.get(day)
                  const off = weekend(y, month, d)
                  const style: React.CSSProperties = {
                    border: day in changed ? '1px solid #d46b08' : '1px solid transparent', borderRadius: 3, padding: '2px 0', font: 'inherit', cursor: edits ? 'pointer' : 'default',
                    background: s ? (s.work ? '#d6e6ff' : '#ffdedb') : off ? '#f5f5f5' : '#fff', color: s ? (s.work ? '#0b3f86' : '#a8071a') : off ? '#6b7280' : undefined,
                  }
                  const said = `${day} ${s ? `${s.work ? '上班' : '放假'} ${s.name}` : off ? '周末' : '上班'}`
                  return <button key={d} type="button" disabled={!edits} title={said} aria-label={said} style={style} onClick={() => turn(day, off)}>{d}</button>
                })}
              </div>
            </div>
          )
        })}
      </div>
    </>
  )
}
