import { call, get, query } from '../../api/client'

export interface PanelLine {
  panel_id: string; rule_id: string; rule_name: string; state: string; chair: string; convened_by: string; convened_at: string; minutes: string; decided_at: string; version: number
  cases: number; open: number; to_vote: number; due: string; days_left: number
}
export interface Vote { login: string; vote: string; upheld_fen: number; opinion: string; at: string }
export interface PanelCase {
  finding_id: string; fixmedins_code: string; fixmedins_name: string; rule_name: string; vola_cont: string; due: string; days_left: number; month: string; state: string
  claim_fen: number; charged_fen: number; verdict: string; voted: number; votes: Vote[]; version: number
}
export interface Panel {
  panel_id: string; rule_id: string; state: string; chair: string; convened_by: string; convened_at: string; minutes: string; decided_at: string; version: number
  members: { login: string; recused: string }[]; cases: PanelCase[]
}
export interface Expert { login: string; name: string; until: string; why: string }

export const panels = (state: string, cursor: string, rule = '') => get<{ items: PanelLine[]; next: string }>(`/api/review/panels${query({ state, rule_id: rule, cursor, limit: 50 })}`)
export const panel = (id: string) => get<Panel>(`/api/review/panels/${encodeURIComponent(id)}`)
export const experts = (cases: string[]) => get<{ items: Expert[] }>(`/api/review/experts?${cases.slice(0, 100).map((c) => `finding_id=${encodeURIComponent(c)}`).join('&')}`)
export interface Judge { login: string; name: string; roles: string }
export const judges = () => get<{ items: Judge[] }>('/api/review/judges')
export const convene = (cases: { finding_id: string; version: number }[], members: string[], chair: string) => call<{ panel_id: string }>('POST', '/api/review/panels', { cases, members, chair })
export const vote = (id: string, body: { finding_id: string; vote: string; upheld_fen?: number; opinion: string }) => call('POST', `/api/review/panels/${encodeURIComponent(id)}/votes`, body)
export const recuse = (id: string, body: { login: string; reason: string; instead?: string }) => call('POST', `/api/review/panels/${encodeURIComponent(id)}/recuse`, body)
