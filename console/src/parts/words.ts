// Money, days and names as the bureau writes them.

const yuanFormat = new Intl.NumberFormat('zh-CN', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
const countFormat = new Intl.NumberFormat('zh-CN')

export const yuan = (fen: number) => yuanFormat.format(fen / 100)
export const count = (n: number) => countFormat.format(n)

// wan is money on boards: 元 below ten thousand, else 万元 or 亿元 with two decimals.
export function wan(fen: number): [string, string] {
  const y = fen / 100
  if (Math.abs(y) >= 1e8) return [yuanFormat.format(y / 1e8), '亿元']
  if (Math.abs(y) >= 1e4) return [yuanFormat.format(y / 1e4), '万元']
  return [yuanFormat.format(y), '元']
}

export const percent = (part: number, whole: number) => (whole ? `${((part / whole) * 100).toFixed(1)}%` : '—')

export const severities: Record<number, { text: string; colour: string; mark: string }> = {
  1: { text: '明确违规', colour: '#cf1322', mark: '●' },
  2: { text: '高度可疑', colour: '#d46b08', mark: '▲' },
  3: { text: '轻度可疑', colour: '#ad8b00', mark: '■' },
}

export const medTypes: Record<string, string> = {
  '11': '普通门诊', '12': '门诊挂号', '13': '急诊', '14': '门诊慢特病', '19': '意外伤害门诊', '21': '普通住院', '22': '外伤住院', '23': '转外诊治住院',
  '24': '急诊转住院', '41': '定点药店购药', '51': '生育门诊', '52': '生育住院', '53': '计划生育手术费',
}
export const charges = ['', '床位', '诊察', '检查', '化验', '治疗', '手术', '护理', '卫生材料', '西药', '中药饮片', '中成药', '一般诊疗', '挂号', '其他']
