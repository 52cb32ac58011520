import type { components } from '../../api/schema'
import { call, get, query } from '../../api/client'

type S = components['schemas']
export type Check = S['CheckItem']
export type Result = S['SelfcheckResult']
export type Part = S['Part']
export type Found = S['Finding']
export type Report = S['SelfReport']

interface List<T> { items: T[] | null; next: string }

export const shelf = '/api/selfcheck/uploads'
export const checks = () => get<{ items: Check[] | null }>('/api/selfcheck/checks')
export const startCheck = (uploads: string[]) => call<Check>('POST', '/api/selfcheck/checks', { uploads })
export const dropCheck = (id: string) => call('DELETE', `/api/selfcheck/checks/${id}`)
export const checkResult = (id: string) => get<Result>(`/api/selfcheck/checks/${id}`)
export const foundIn = (id: string, f: { rule_id?: string; dept?: string; doctor?: string }, cursor: string) => get<List<Found>>(`/api/selfcheck/checks/${id}/findings${query({ ...f, cursor, limit: 50 })}`)
export const declare = (id: string, finding_ids: string[], memo: string) => call<Report>('POST', `/api/selfcheck/checks/${id}/report`, { finding_ids, memo })
export const selfReports = (cursor = '') => get<List<Report>>(`/api/selfcheck/reports${query({ cursor, limit: 50 })}`)
export const reportLines = (id: string) => get<S['SelfReportWhole']>(`/api/selfcheck/reports/${id}`)
export const settleReport = (r: Report, body: { take: boolean; paid_date?: string; reason?: string }) =>
  call<Report>('POST', `/api/selfcheck/reports/${r.report_id}/settle`, body, { 'if-match': `"${r.version}"` })

export const going = (c: Check) => c.state === '等待' || c.state === '进行'
export const colours: Record<string, string> = { 已申报: 'gold', 已登记: 'green', 退回: 'red', 完成: 'green', 失败: 'red', 取消: 'default', 中断: 'red', 进行: 'blue', 等待: 'default' }
