import type { components } from '../../api/schema'
import { call, get, query } from '../../api/client'

type S = components['schemas']
export type CardItem = S['CardItem']
export type CardPage = S['Page']
export type PointItem = S['PointItem']
export type Version = S['VersionItem']
export type VersionWhole = S['VersionWhole']
export type Quality = S['Quality']
export type Exemption = S['ExemptionItem']
export type Sheet = S['Sheet']
export type Precision = S['Precision']
export type Tried = S['TryOut']
export type Job = S['JobItem']

export type Tally = { findings: number; vola_fen: number; fund_fen: number }
export type Example = { finding_id: string; month: string; vola_cont?: string; vola_fen: number }
export type Contrast = {
  rule_id: string; live: Tally; candidate: Tally; both: number; revised: number; only_candidate: Tally; only_live: Tally
  only_candidate_examples?: Example[] | null; only_live_examples?: Example[] | null
  institutions: { fixmedins_code: string; fixmedins_name?: string; findings: number; vola_fen: number; fund_fen: number }[] | null
}
export type Result = { from: string; to: string; judged: number; not_live?: string[]; contrast: Contrast[] | null; samples?: string[]; at: string }

export const cards = () => get<{ items: CardItem[] }>('/api/library/cards')
export const card = (id: string) => get<CardPage>(`/api/library/cards/${encodeURIComponent(id)}`)
export const points = (f: { rule_id?: string; find?: string; skip?: number; limit?: number }) => get<{ total: number; items: PointItem[] }>(`/api/library/points${query(f)}`)
export const tryText = (text: string) => call<Tried>('POST', '/api/library/try', { text })
export const quality = () => get<{ bounds: Record<string, number>; rules: Quality[] | null }>('/api/rules/quality')
export const versions = (f: { subject?: string; state?: string }, cursor: string) => get<{ items: Version[] | null; next: string }>(`/api/rules/versions${query({ ...f, cursor, limit: 100 })}`)
export const version = (id: string) => get<VersionWhole>(`/api/rules/versions/${encodeURIComponent(id)}`)
export const draft = (text: string, why: string) => call<Version>('POST', '/api/rules/versions', { kind: 'card', text, why })
export const draftPoints = (name: string, text: string, why: string) => call<Version>('POST', '/api/rules/versions', { kind: 'points', name, file: `${name}.csv`, text, why })
export const step = (v: VersionWhole, path: string, body: object) => call<Version | Job>('POST', `/api/rules/versions/${encodeURIComponent(v.version_id)}/${path}`, body, { 'if-match': `"${v.version}"` })
export const job = (id: string) => get<Job>(`/api/jobs/${encodeURIComponent(id)}`)
export const exemptions = () => get<{ items: Exemption[] | null }>('/api/rules/exemptions?limit=200')
export const askExemption = (body: object) => call<Exemption>('POST', '/api/rules/exemptions', body)
export const exemptionStep = (x: Exemption, path: 'confirm' | 'end', body?: object) => call<Exemption>('POST', `/api/rules/exemptions/${encodeURIComponent(x.exemption_id)}/${path}`, body, { 'if-match': `"${x.version}"` })
export const sheets = (month: string) => get<{ sheets: Sheet[] | null }>(`/api/rules/samples/${month}`)
export const draw = (month: string) => call<{ drawn: number; sheets: Sheet[] | null }>('POST', `/api/rules/samples/${month}`)
export const judge = (finding_id: string, verdict: 'right' | 'wrong' | 'unclear', note: string) => call<{ put_back: string }>('POST', '/api/rules/judgements', { finding_id, verdict, note: note || undefined })
export const precisions = (month: string) => get<Precision[] | null>(`/api/rules/precisions${query({ month })}`)

export type Row = S['WaitingItem']
export type Ruling = S['RulingItem']
export type SheetImport = S['SheetImportItem']
export const rows = () => get<{ items: Row[] | null }>('/api/library/rows')
export const rule = (row: string, decision: object, why: string) => call<Ruling>('POST', '/api/library/rulings', { row, decision, why })
export const rulingStep = (x: Ruling, path: 'confirm' | 'void', body?: object) => call<Ruling>('POST', `/api/library/rulings/${encodeURIComponent(x.ruling_id)}/${path}`, body, { 'if-match': `"${x.version}"` })
export const sheetImports = () => get<{ items: SheetImport[] | null }>('/api/library/imports')
export const sheetImport = (id: string) => get<SheetImport>(`/api/library/imports/${encodeURIComponent(id)}`)
export const bringSheets = (body: object) => call<SheetImport>('POST', '/api/library/imports', body)
export const sheetStep = (x: SheetImport, path: 'approve' | 'check' | 'drop', body?: object) => call<SheetImport>('POST', `/api/library/imports/${encodeURIComponent(x.import_id)}/${path}`, body, { 'if-match': `"${x.version}"` })

export type BlindCase = S['BlindCase']
export const blindCase = (month: string, finding: string) => get<BlindCase>(`/api/rules/samples/${month}/${encodeURIComponent(finding)}`)

export type CardForm = S['CardForm']
export type FormOut = S['FormOut']
export const cardForm = (text: string, set?: CardForm) => call<FormOut>('POST', '/api/library/form', { text, set })

export type AreaRule = S['AreaItem']
export const areaRules = () => get<{ items: AreaRule[] | null }>('/api/rules/areas?limit=200')
export const askArea = (body: object) => call<AreaRule>('POST', '/api/rules/areas', body)
export const areaStep = (x: AreaRule, path: 'confirm' | 'end', body?: object) => call<AreaRule>('POST', `/api/rules/areas/${encodeURIComponent(x.override_id)}/${path}`, body, { 'if-match': `"${x.version}"` })

export type Resting = S['Resting']
export type Gone = S['Gone']
export const resting = (text: string) => get<Resting>(`/api/rules/basis${query({ text })}`)
export const withdrawnBases = () => get<{ items: Gone[] | null }>('/api/rules/basis/withdrawn')
export const withdrawBasis = (basis: string, why: string) => call<Resting>('POST', '/api/rules/basis/withdrawn', { basis, why })
