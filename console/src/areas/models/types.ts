export interface Param { name: string; title: string; default: number; min: number; max: number }
export interface Model {
  id: string; name: string; purpose: string; method: string; subject: string; picture: string; severity: number; params: Param[]; titles: Record<string, string>
  money: string; basis: string; verify: string; innocent: string[]; sql: string
}
export interface Topic { id: string; name: string; purpose: string; cards: string[] }
export interface Summary { id: string; name: string; cases: number; persons: number; institutions: number; money: number; seconds: number; unjudged?: string; error?: string }
export interface Run { run_id: string; started: string; seconds: number; models: Summary[] }
export interface Row {
  psn_no?: string; fixmedins_code?: string; prac_psn_code?: string; hilist_code?: string; mdtrt_id?: string; day?: string; money: number
  figures?: Record<string, number>; texts?: Record<string, string>
}
export interface Case {
  case_id: string; group_id: string; subject: string; members?: string[]; new_members?: string[]; institutions?: string[]; money: number; rows: Row[]
  edges?: { a: string; b: string; weight: number }[]; central?: string
}
export interface Result { model: string; name: string; first: string; last: string; cases: Case[]; unjudged?: string; error?: string }

export const subjects: Record<string, string> = { institution: '机构', person: '参保人', doctor: '医师', group: '人群', visit: '就诊', area: '统筹区' }
