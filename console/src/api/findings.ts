import type { BillLine } from '../parts/Bill'
import type { YearVisit } from '../parts/Timeline'
import { get } from './client'

export interface Finding {
  finding_id: string; rule_id: string; rule_name: string; rule_version: string; sev_deg: number; month: string; fixmedins_code: string; psn_no: string; mdtrt_id: string
  setl_id: string; line_count: number; vola_fen: number; fund_fen: number; charged_fen: number; vola_cont: string; basis: string; state: string; withdrawn: boolean
}

export interface Page<T> {
  items: T[]
  next: string
}

export interface Evidence {
  holds: boolean
  exemption?: string
  facts: { name: string; value: string }[] | null
  person: Record<string, string>
  visit: Record<string, string>
  params: Record<string, unknown> | null
  exemptions_checked: string[] | null
  guard: string
  points: { point_id: string; basis: string; source: string }[] | null
  basis: string
  advice: string
  diagnoses: { diag_code: string; diag_name: string; main: boolean; discharge: boolean }[] | null
  bill: BillLine[] | null
  visits: YearVisit[] | null
}

export interface Filter {
  rule_id?: string; month?: string; fixmedins_code?: string; state?: string
}

export const getEvidence = (id: string) => get<Evidence>(`/api/review/findings/${encodeURIComponent(id)}/evidence`)
