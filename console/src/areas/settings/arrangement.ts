import type { Day } from './api'

const two = (n: string | number) => String(n).padStart(2, '0')
const day = /(?:(\d{4})\s*[-/.年]\s*)?(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?/
const span = new RegExp(`^\\s*${day.source}(?:\\s*(?:至|到|—+|~|–)\\s*${day.source})?[\\s,，、\\t]+(休|班|放假|上班|调休)[\\s,，、\\t]*([^,，]*)`)

// readArrangement reads a year's arrangement, a day or a span of days a line: 日期（可写“起 至 止”）, 休 or 班, the name. The head and empty lines are passed over.
// Errors name the line and what stands there.
export function readArrangement(text: string, year: number): { days: Day[]; wrong: string[] } {
  const days = new Map<string, Day>()
  const wrong: string[] = []
  text.replace(/^\ufeff/, '').split(/\r?\n/).forEach((line, i) => {
    if (!line.trim() || /^\s*["']?日期/.test(line)) return
    const m = line.replaceAll('"', '').match(span)
    const say = (why: string) => wrong.push(`第 ${i + 1} 行“${line.trim().slice(0, 40)}”：${why}`)
    if (!m) return say('应为“日期, 休或班, 名称”，例如 2027-02-06, 休, 春节')
    const [, y1, m1, d1, y2, m2, d2, kind, name] = m
    const from = date(Number(y1 ?? year), Number(m1), Number(d1))
    const to = m2 ? date(Number(y2 ?? y1 ?? year), Number(m2), Number(d2)) : from
    if (!from || !to) return say('没有这一天')
    if (to < from || to.getTime() - from.getTime() > 31 * 864e5) return say('起止日期不对')
    for (const d = new Date(from); d <= to; d.setDate(d.getDate() + 1)) {
      const key = `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`
      const work = kind === '班' || kind === '上班'
      if (d.getFullYear() !== year) return say(`${key} 不在 ${year} 年`)
      if (work && ![0, 6].includes(d.getDay())) return say(`${key} 不是周末，不用写“班”`)
      if (days.has(key)) return say(`${key} 出现两次`)
      days.set(key, { day: key, work, name: name?.trim() || (work ? '调休' : '放假') })
    }
  })
  if (!wrong.length && !days.size) wrong.push('没有读到任何一天')
  return { days: [...days.values()].sort((a, b) => a.day.localeCompare(b.day)), wrong }
}

function date(y: number, m: number, d: number): Date | null {
  const at = new Date(y, m - 1, d)
  return at.getMonth() === m - 1 && at.getDate() === d ? at : null
}
