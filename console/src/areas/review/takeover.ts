import { call, get, query } from '../../api/client'
import type { components } from '../../api/schema'

type S = components['schemas']
export type Takeover = S['TakeoverItem']
export type Row = S['TakeoverRow']

export const shelf = '/api/review/takeover-uploads'
const at = '/api/review/takeovers'
export const takeovers = () => get<{ items: Takeover[] | null; next: string }>(`${at}${query({ limit: 50 })}`)
export const takeover = (id: string) => get<Takeover>(`${at}/${id}`)
export const startTakeover = (uploads: string[]) => call<Takeover>('POST', at, { uploads })
export const rowsOf = (id: string, fate: string, after: number) => get<{ items: Row[] | null; next: number }>(`${at}/${id}/rows${query({ fate, after, limit: 100 })}`)
export const confirmTakeover = (t: Takeover, doubtful: number[]) => call<Takeover>('POST', `${at}/${t.takeover_id}/confirm`, { doubtful }, { 'if-match': `"${t.version}"` })
export const takeSome = (id: string) => call<{ left: number; takeover: Takeover }>('POST', `${at}/${id}/take`)
export const undoTakeover = (t: Takeover, why: string) => call<Takeover>('POST', `${at}/${t.takeover_id}/undo`, { why }, { 'if-match': `"${t.version}"` })

export const fates = ['接管', '关联', '存疑', '不收', '已有']
export const colours: Record<string, string> = { 接管: 'blue', 关联: 'cyan', 存疑: 'orange', 不收: 'red', 已有: 'default', 待确认: 'gold', 接管中: 'blue', 已接管: 'green', 已撤销: 'default' }
export const rowsIn = (t: Takeover, fate: string) => (t.sums ?? []).filter((s) => s.fate === fate).reduce((n, s) => n + s.rows, 0)
