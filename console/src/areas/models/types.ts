export interface Param { name: string; title: string; default: number; min: number; max: number }
export interface Model {
  id: string; name: string; purpose: string; method: string; subject: string; picture: string; severity: number; params: Param[]; titles: Record<string, string>
  money: string; basis: string; verify: string; innocent: string[]; sql: string; own?: boolean
}
export interface Topic { id: string; name: string; purpose: string; cards: string[] }
export interface Summary { id: string; name: string; cases: number; persons: number; institutions: number; money: number; seconds: number; unjudged?: string; error?: string }
export interface Run { run_id: string; started: string; seconds: number; models: Summary[] }
export interface Row {
  psn_no?: string; fixmedins_code?: string; prac_psn_code?: string; hilist_code?: string; mdtrt_id?: string; other_fixmedins_code?: string; admdvs?: string; day?: string; money: number
  figures?: Record<string, number>; texts?: Record<string, string>; bills?: { lines: FeeLine[]; n: number; amt: number }
}
export interface FeeLine { day?: string; mdtrt_id?: string; hilist_code?: string; prac_psn_code?: string; cnt: number; price: number; amt: number; inscope: number }
export interface Case {
  case_id: string; group_id: string; subject: string; members?: string[]; new_members?: string[]; institutions?: string[]; money: number; rows: Row[]
  edges?: { a: string; b: string; weight: number }[]; central?: string
}
export interface Names { institutions?: Record<string, string>; doctors?: Record<string, string>; items?: Record<string, string> }
export interface Result { model: string; name: string; first: string; last: string; cases: Case[]; names?: Names; unjudged?: string; error?: string }

export const subjects: Record<string, string> = { institution: '机构', person: '参保人', doctor: '医师', group: '人群', visit: '就诊', area: '统筹区' }

export interface Totals { kinds: number; batches: number; findings: number; facts: number; money: number }
export interface Batch {
  batch_id: string; source: string; model_id: string; name: string; severity: number; run_id?: string; sql?: string; basis: string; why?: string; actor: string; sent_at: string
  findings: number; facts: number; persons: number; money: number; states: Record<string, number>
}
export interface BatchItem { finding_id: string; fixmedins_code: string; fixmedins_name?: string; case_id: string; state: string; cont: string; persons: number; facts: number; money: number }
export interface Sent { batch_id: string; cases: number; findings: number; facts: number; money: number; known: number; homeless: number }
export interface Trial {
  first: string; last: string; cases: number; money: number; seconds: number; unjudged?: string; live: number; both: number; added: number; lost: number
  some: { subject: string; money: number; members: number; how: string }[]
}
export interface DraftText {
  id: string; name: string; purpose: string; method: string; subject: string; step: string; picture: string; severity: number; params: Param[]; titles?: Record<string, string>; needs?: string[]
  money: string; basis: string; verify: string; innocent: string[]; sql: string; members_sql: string; rows: { view: string; csv: string }[]; hit: number[]; twin: number[]
}
export interface DraftItem {
  draft_id: string; model_id: string; name: string; state: string; checked: boolean; trial?: Trial; author: string; approver?: string; why?: string; made_at: string; changed_at: string; version: number; text?: DraftText
}
export interface Grid { columns: string[]; rows: unknown[][]; cut: boolean; names?: Names }
export interface Threshold { param: string; points: number[][] }

// recs turns a table into records by column.
export const recs = (t?: Grid) => (t?.rows ?? []).map((r) => Object.fromEntries(t!.columns.map((c, i) => [c, r[i]])) as Record<string, any>)
export const shortTime = (s: string) => s.slice(0, 16).replace('T', ' ')
// monthWord writes a month of the views (year × 12 + month − 1).
export const monthWord = (m: number) => `${Math.floor(m / 12)}-${String((m % 12) + 1).padStart(2, '0')}`
// areaOf is the division in an institution's national code.
export const areaOf = (inst: string) => (/^[A-Z]\d{6}/.test(inst) ? inst.slice(1, 7) : '')
