import type { components } from '../../api/schema'
import { call, get, query } from '../../api/client'
import type { Figure } from '../board/figures'

type S = components['schemas']
export type Board = S['RemindBoard']
export type Parts = S['RemindParts']
export type Part = S['RemindPart']
export type Wrong = S['WrongItem']
export type Proposal = S['ProposalItem']
export type Proposals = S['ProposalList']
export type CallRow = S['CallItem']
export type VisitRow = S['CalledVisit']
export type SaidRow = S['SaidItem']
export type EpisodeRow = S['EpisodeItem']
export type DoctorRow = S['DoctorLoad']

// Wanted is whose work of which time is looked at.
export interface Wanted { from?: string; to?: string; fixmedins_code?: string; admdvs?: string }

export const askBoard = (w: Wanted) => get<Board>(`/api/reminders${query({ ...w })}`)
export const askParts = (w: Wanted, by: string) => get<Parts>(`/api/reminders/parts${query({ ...w, by })}`)
export const askWrongs = (w: Record<string, string>) => get<{ items: Wrong[] | null; total: number; overdue: number }>(`/api/reminders/wrongs${query(w)}`)
export const askProposals = () => get<Proposals>('/api/reminders/proposals')
export const answerWrong = (w: Wrong, verdict: string, answer: string) => call<Wrong>('POST', `/api/reminders/wrongs/${w.id}/answer`, { verdict, answer }, { 'if-match': `"${w.version}"` })
export const decideProposal = (p: Proposal, state: string, why: string) => call('POST', `/api/reminders/proposals/${p.id}/decision`, { state, why }, { 'if-match': `"${p.version}"` })

// Where a figure's list is, by the list's name.
const lists: Record<string, string> = { calls: 'calls', visits: 'visits', reminders: 'said', episodes: 'episodes', wrongs: 'wrongs', loads: 'doctors' }

// opened is the address of the list that a figure was counted from; "" for none.
export const opened = (f: Figure, w: Wanted) => (lists[f.list] ? `/reminders/list/${lists[f.list]}${query({ indicator: f.id, ...w })}` : '')

export const outcomes = ['撤回', '减至限额', '替换', '转自费', '改诊断后通过', '说明理由后继续', '未回应', '就诊未结算', '待结算', '待审核']
export const outcomeOf: Record<string, string> = Object.fromEntries(outcomes.map((o, i) => [o, `R${21 + i}`]))
