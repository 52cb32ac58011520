import type { components } from './schema'
import { call, get, query } from './client'

type S = components['schemas']
export type Life = S['LifeOut']
export type Box = S['BoxOut']
export type Shelf = S['ShelfOut']
export type ShelfDay = S['DayOut']
export type ShelfLot = S['LotOut']
export type Rate = S['RateOut']
export type LedgerPlace = S['PlaceOut']
export type Funnel = S['Funnel']
export type Network = S['NetworkOut']
export type Clue = S['ClueItem']
export type ClueWhole = S['ClueWhole']

export const life = (code: string) => get<Life>(`/api/trace/life${query({ code })}`)
export const box = (code: string, fixmedins_code?: string) => call<Box>('POST', '/api/trace/box', { code, fixmedins_code })
export const undo = (code: string) => call<{ done: boolean }>('POST', '/api/trace/undo', { code })
export const ledger = (fixmedins_code: string, only: string) => get<{ items: Shelf[] }>(`/api/trace/ledger${query({ fixmedins_code, only })}`)
export const ledgerDays = (fixmedins_code: string, item: string) => get<{ days: ShelfDay[] }>(`/api/trace/ledger/${encodeURIComponent(item)}${query({ fixmedins_code })}`)
export const ledgerLots = (fixmedins_code: string, item: string) => get<{ lots: ShelfLot[] }>(`/api/trace/ledger/${encodeURIComponent(item)}/lots${query({ fixmedins_code })}`)
export const rates = (month: string) => get<{ items: Rate[] }>(`/api/trace/rates${query({ month })}`)
export const network = (min: number, all: boolean) => get<Network>(`/api/trace/network${query({ min, all: all || undefined })}`)
export const clues = (f: { state: string; class: string; fixmedins_code: string }, cursor: string) => get<{ items: Clue[]; next: string }>(`/api/trace/clues${query({ ...f, cursor, limit: 50 })}`)
export const cluesOf = (finding: string) => get<{ items: Clue[] }>(`/api/trace/clues${query({ finding_id: finding, limit: 20 })}`)
export const places = () => get<{ items: LedgerPlace[] }>('/api/trace/ledger-places')
export const funnel = () => get<Funnel>('/api/trace/funnel')
export const collect = () => call<{ added: number; doubtful: number }>('POST', '/api/trace/clues', {})
export const clueCounts = () => get<{ items: { state: string; class: string; n: number }[] }>('/api/trace/clues/counts')
export const clue = (id: string) => get<ClueWhole>(`/api/trace/clues/${encodeURIComponent(id)}`)
export const stepClue = (c: ClueWhole, body: { to: string; verdict?: string; say: string; papers?: string[] }) =>
  call<ClueWhole>('POST', `/api/trace/clues/${encodeURIComponent(c.clue_id)}/steps`, body, { 'if-match': `"${c.version}"` })
export const addPaper = (id: string, body: { name: string; mime: string; content: string }) => call<{ paper_id: string; name: string }>('POST', `/api/trace/clues/${encodeURIComponent(id)}/papers`, body)
export const paper = (id: string, p: string) => get<{ name: string; mime: string; content: string }>(`/api/trace/clues/${encodeURIComponent(id)}/papers/${encodeURIComponent(p)}`)
