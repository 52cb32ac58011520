import { call, get, query, Refusal } from './client'

export interface Item {
  finding_id: string; rule_id: string; rule_name: string; sev_deg: number; month: string; fixmedins_code: string; fixmedins_name: string; psn_no: string; mdtrt_id: string; line_count: number
  vola_fen: number; fund_fen: number; charged_fen: number; vola_cont: string; state: string; holder: string; withdrawn: boolean; due: string; days_left: number; paused: boolean; machine: string
  package_id: string; panel_id: string; moved_fen?: number; version: number
}
export interface Relay {
  relay_id: string; finding_id: string; login: string; dept: string; asks: string; due: string; days_left: number; state: string; reply: string; asked_by: string; at?: string; asked_at: string; version: number
}
export interface Line { line_no: number; mdtrt_id: string; feedetl_sn: string; vola_fen: number; fund_fen: number; upheld_fen: number; charged_fen: number }
export interface Step { seq: number; event: string; name: string; from_state: string; to_state: string; actor: string; at: string; verdict: string; reason: string; opinion: string; detail: string }
export interface Can { event: string; name: string; to: string[] | null; guards: string[] | null; product: string }
export interface Notice { notice_id: string; kind: string; fixmedins_code: string; package_id: string; finding_id: string; title: string; body: string; sent_at: string; delivered: string; proof: string; signed_by: string }
export interface Whole extends Item {
  basis: string; taken: boolean; claim_fen: number; verdict: string; reason: string; outcome: string; clock: string; delivered: string; proof: string; reminders: number; masked: boolean
  lines: Line[]; steps: Step[]; notices: Notice[]; files: { file_id: string; name: string; size: number; uploaded_by: string; at: string }[]
  relays: Relay[]
  extensions: { extension_id: string; days: number; reason: string; asked_by: string; state: string; version: number }[]
  votes: { login: string; vote: string; upheld_fen: number; opinion: string }[]
  ledger: { book: string; line_no: number; item: string; from_acct: string; to_acct: string; amount_fen: number; month: string; doc: string; memo: string; at: string }[]
  balances: Record<string, number> | null; same_visit: Item[]; can: Can[]; reasons: string[]; recusal: string
  told?: { told: string; call_at: string; choice: string; missing: string; blocks: boolean }
}
export interface Pack { package_id: string; kind: string; fixmedins_code: string; fixmedins_name: string; rule_id: string; month: string; state: string; notice_id: string; findings: number; fund_fen: number; sent_at: string; version: number }
export interface Alike { verdicts: Record<string, number>; items: { finding_id: string; verdict: string; reason: string; claim_fen: number; charged_fen: number; opinion: string; day: string; minutes: string }[] }

const at = (id: string) => `/api/review/findings/${encodeURIComponent(id)}`

// seen says of which version a change is.
export const seen = (version: number) => ({ 'if-match': `"${version}"` })

export const openFinding = (id: string) => get<Whole>(at(id))
export const alike = (id: string) => get<Alike>(`${at(id)}/alike`)
export const listItems = (f: Record<string, string | number | boolean | undefined>) => get<{ items: Item[]; next: string }>(`/api/review/findings${query(f)}`)
export const act = (id: string, version: number, path: string, body: unknown) => call<{ state: string }>('POST', `${at(id)}/${path}`, body, seen(version))
export const bulk = (event: string, items: { finding_id: string; version: number }[], reason: string, opinion: string) =>
  call<{ done: number; items: { finding_id: string; ok: boolean; said: string }[] }>('POST', '/api/review/bulk', { event, items, reason, opinion })
export const take = (ids: string[]) => call<{ taken: number; skipped: string[] }>('POST', '/api/review/take', { ids })

// paths of the steps whose address is not the event's own name.
export const pathOf = (event: string) => (event === 'second' ? 'second-appeal' : event.replaceAll('_', '-'))

// Saved is a filter or a text to use again, one's own or shared.
export interface Saved { saved_id: string; kind: string; owner: string; shared: boolean; name: string; body: string; version: number }
export type Kept = 'filter' | 'template' | 'default'
export const saved = (kind: Kept) => get<{ items: Saved[] }>(`/api/review/saved${query({ kind })}`)
export const save = (kind: Kept, name: string, body: string, shared: boolean) => call<Saved>('POST', '/api/review/saved', { kind, name, body, shared })
export const unsave = (s: Saved) => call<void>('DELETE', `/api/review/saved/${s.saved_id}`, undefined, seen(s.version))

export interface FileMatch { name: string; mdtrt_id: string; items: Item[]; why: string }
export const matchFiles = (names: string[]) => call<{ items: FileMatch[] }>('POST', '/api/review/match-files', { names })

// attach sends files to a finding one after the other, each on the version that the one before left; told says what became of each.
export async function attach(id: string, version: number, files: File[], told: (file: File, trouble: string) => void) {
  let v = version
  for (const f of files) {
    const send = () => {
      const form = new FormData()
      form.append('file', f)
      return call<{ file_id: string }>('POST', `${at(id)}/files`, form, seen(v))
    }
    try {
      try {
        await send()
      } catch (e) {
        if (!(e instanceof Refusal) || e.status !== 412) throw e
        v = (await openFinding(id)).version // somebody of the house was here meanwhile
        await send()
      }
      v++
      told(f, '')
    } catch (e) {
      told(f, (e as Error).message)
    }
  }
  return v
}

export interface Form { form: string; title: string; why: string }
export const forms = (id: string) => get<{ items: Form[]; whole: boolean }>(`/api/findings/${encodeURIComponent(id)}/forms`)
