import type { components } from '../../api/schema'
import { get, query } from '../../api/client'

type S = components['schemas']
export type State = S['DataState']
export type ImportItem = S['ImportItem']
export type ImportReport = S['ImportReport']
export type Job = S['JobItem']
export type RunItem = S['AuditRun']
export type Report = S['AuditReport']

export interface List<T> {
  items: T[] | null
  next: string
}

export const going = (j: Job) => j.state === '等待' || j.state === '进行'

export const dataState = () => get<State>('/api/data/state')
export const listImports = (cursor = '') => get<List<ImportItem>>(`/api/data/imports${query({ cursor, limit: 20 })}`)
export const listJobs = () => get<List<Job>>(`/api/data/jobs${query({ limit: 20 })}`)
export const listRuns = (cursor = '') => get<List<RunItem>>(`/api/data/audits${query({ cursor, limit: 20 })}`)
export const getRun = (run: string) => get<Report>(`/api/data/audits/${encodeURIComponent(run)}`)
export const getImport = (id: string) => get<ImportReport>(`/api/data/imports/${encodeURIComponent(id)}`)
