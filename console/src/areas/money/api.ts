import { call, get, query } from '../../api/client'

export interface Account { fixmedins_code: string; fixmedins_name: string; book: string; account: string; amount_fen: number }
export interface Move { fixmedins_code: string; fixmedins_name: string; book: string; from_acct: string; to_acct: string; amount_fen: number; cases: number }
export interface CaseOn { finding_id: string; rule_id: string; rule_name: string; fixmedins_code: string; fixmedins_name: string; month: string; state: string; vola_cont: string; amount_fen: number }
export interface Post {
  post_id: string; finding_id: string; fixmedins_code: string; fixmedins_name: string; book: string; from_acct: string; to_acct: string; item: string; amount_fen: number; month: string; doc: string; memo: string
  actor: string; at: string
}
export interface Refund { refund_id: string; source: string; ref_no: string; fixmedins_code: string; fixmedins_name: string; rule_id: string; setl_id: string; amt_fen: number; used_fen: number; paid_date: string }
export interface Sheet { fixmedins_code: string; fixmedins_name: string; payable_fen: number; offset_fen: number; booked_fen: number; voucher_no: string; voucher_fen: number; state: string }
export interface Month { month: string; closed: boolean; closed_by: string; closed_at: string; sheets: Sheet[]; wrong: string[] }
export interface Period { month: string; offset_fen: number; net_fen: number; closed_by: string; closed_at: string }
export interface Chosen { fixmedins_code?: string; book?: string; account?: string; month?: string; from_acct?: string; to_acct?: string }
export interface Page<T> { items: T[]; next: string }

const e = encodeURIComponent
export const accounts = (month: string) => get<{ items: Account[] }>(`/api/ledger/accounts${query({ month })}`)
export const moves = (f: Chosen) => get<{ items: Move[] }>(`/api/ledger/moves${query({ ...f })}`)
export const casesOn = (f: Chosen, cursor: string) => get<Page<CaseOn>>(`/api/ledger/cases${query({ ...f, cursor, limit: 50 })}`)
export const posts = (f: Chosen, cursor: string) => get<Page<Post>>(`/api/ledger/posts${query({ ...f, cursor, limit: 50 })}`)
export const refunds = (cursor: string) => get<Page<Refund>>(`/api/ledger/refunds${query({ cursor, limit: 50 })}`)
export const addRefund = (body: unknown) => call('POST', '/api/ledger/refunds', body)
export const month = (m: string) => get<Month>(`/api/ledger/months/${e(m)}`)
export const months = () => get<{ items: Period[] }>('/api/ledger/months')
export const setSheet = (m: string, inst: string, payable_fen: number) => call('PUT', `/api/ledger/months/${e(m)}/sheets/${e(inst)}`, { payable_fen })
export const setVoucher = (m: string, inst: string, voucher_no: string, voucher_fen: number) => call('PUT', `/api/ledger/months/${e(m)}/vouchers/${e(inst)}`, { voucher_no, voucher_fen })
export const offset = (m: string, inst: string) => call<{ offset_fen: number; left_fen: number; cases: number }>('POST', `/api/ledger/months/${e(m)}/offsets/${e(inst)}`)
export const closeMonth = (m: string) => call<{ month: string; offset_fen: number; net_fen: number }>('POST', `/api/ledger/months/${e(m)}/close`)
export const check = () => get<{ cases: number; posts: number; decided_fen: number; booked_fen: number; wrong: string[] | null }>('/api/ledger/check')

// accountsOf are the accounts of a book in the order in which money goes through them, and what they say.
export const accountsOf: Record<string, [string, string][]> = {
  基金: [
    ['提出', '初审保留，尚未确认'], ['确认', '终审确认违规，还没有下账'], ['拒付', '还没有拨付的结算，不予支付'], ['应收', '已拨付的，等扣回'], ['抵扣', '从当月拨付中抵扣，等月结'], ['缴款', '机构缴款，等到账'],
    ['已收', '已经收回'], ['清算', '异地参保人，经清算收回'], ['年清', '按病种付费，留到年度清算'], ['另退', '自查、检查或别的案件已退过'], ['免收', '按病种付费，只收违约金'], ['移交', '移交行政处理'],
    ['待退', '收后撤销，应退给机构'], ['已退', '已退给机构'],
  ],
  患者: [['应退', '个人负担的部分，机构应退患者'], ['已退', '已退患者']],
  违约金: [['应收', '按协议收取'], ['已收', '到账'], ['待退', '收后撤销'], ['已退', '已退给机构']],
  罚款: [['应收', '行政处罚'], ['已收', '缴国库'], ['待退', '收后撤销'], ['已退', '已退付']],
}
