// moment writes a time as 2025-03-08 14:05.
export const moment = (s?: string) => (s ? `${s.slice(0, 10)} ${s.slice(11, 16)}` : '')

// span writes seconds as people say them.
export function span(s: number) {
  if (s < 60) return `${Math.max(0, Math.round(s))} 秒`
  if (s < 3600) return `${Math.floor(s / 60)} 分 ${Math.round(s % 60)} 秒`
  return `${Math.floor(s / 3600)} 小时 ${Math.round((s % 3600) / 60)} 分`
}

// The tables by the bureau's names.
export const tables: Record<string, string> = {
  person: '参保人员', institution: '定点机构', practitioner: '医师药师', department: '科室', visit: '就诊', diagnosis: '诊断', operation: '手术操作', fee: '费用明细', settlement: '结算',
  order: '医嘱', prescription: '处方', catalogue: '医保目录', clearing_total: '清算总额', stay: '住院', trace_code: '追溯码', purchase: '进货', stock: '库存', sale: '销售',
}
