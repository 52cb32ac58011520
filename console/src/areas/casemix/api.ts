import type { paths } from '../../api/schema'
import { call, get, query } from '../../api/client'

type Json<P extends keyof paths, M extends keyof paths[P]> = paths[P][M] extends { responses: { 200: { content: { 'application/json': infer T } } } } ? T : never

export type Setup = Json<'/api/casemix/setup', 'get'>
export type Bench = Json<'/api/casemix/group', 'post'>
export type Code = NonNullable<Json<'/api/casemix/codes', 'get'>>[number]
export type Hospital = Json<'/api/casemix/hospital', 'get'>
export type Budget = Json<'/api/casemix/budget', 'get'>
export type Insured = NonNullable<Budget['insured']>[number]
export type Line = NonNullable<Insured['lines']>[number]
export type Stay = NonNullable<Hospital['outliers']>[number]
export type Group = NonNullable<Hospital['groups']>[number]
export type Simulated = Json<'/api/casemix/simulations/{id}', 'get'>
export type Special = Json<'/api/casemix/specials/{id}', 'get'>
export type Terms = Json<'/api/casemix/specials/terms', 'get'>
export type Stats = Json<'/api/casemix/specials/stats', 'get'>
export type Candidate = NonNullable<Json<'/api/casemix/specials/candidates', 'get'>>[number]
export interface Job { job_id: string; kind: string; state: string; message: string }

export const setup = () => get<Setup>('/api/casemix/setup')
export const codes = (kind: 'dx' | 'proc', q: string) => get<Code[] | null>(`/api/casemix/codes${query({ kind, q })}`)
export const hospital = (code: string, insutype: string) => get<Hospital>(`/api/casemix/hospital${query({ fixmedins_code: code, insutype })}`)
export const budget = () => get<Budget>('/api/casemix/budget')
export const change = (s: Special, step: string, body?: unknown) =>
  call<Special>('POST', `/api/casemix/specials/${encodeURIComponent(s.special_id)}/${step}`, body, { 'If-Match': `"${s.version}"` })

// attach sends one material of a kind.
export const attach = (id: string, kind: string, f: File) => {
  const form = new FormData()
  form.append('file', f)
  return call<Special>('POST', `/api/casemix/specials/${encodeURIComponent(id)}/files${query({ kind })}`, form)
}

// Insurance types as the bureau calls them.
const insured: Record<string, string> = { '310': '职工', '390': '居民', '320': '公务员', '330': '大额', '340': '离休' }
export const insuredWord = (k: string) => insured[k] ?? `险种 ${k}`

// per writes millionths as a plain number, share as a percentage with one decimal.
export const per = (n: number, digits = 2) => (n / 1e6).toFixed(digits)
export const share = (n: number) => `${(n / 1e4).toFixed(1)}%`
export const levels: Record<string, string> = { '3': '三级', '2': '二级', '1': '一级' }
