import type { components } from '../../api/schema'
import { call, get } from '../../api/client'

type S = components['schemas']
export type Limit = S['LimitItem']
export type Value = S['LimitValue']
export type Year = S['CalendarYear']
export type Day = S['CalendarDay']

export const limits = () => get<{ items: Limit[] | null }>('/api/settings/limits')
export const askLimit = (v: { name: string; admdvs: string; value: number; valid_from: string; reason: string }) => call<Value>('POST', '/api/settings/limits', v)
export const decideLimit = (id: string, agree: boolean) => call<Value>('POST', `/api/settings/limits/${id}/decide`, { agree })
export const year = (y: number) => get<Year>(`/api/settings/calendar/${y}`)
export const saveYear = (y: number, days: Day[]) => call<Year>('PUT', `/api/settings/calendar/${y}`, { days })
