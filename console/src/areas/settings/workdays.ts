import type { Day } from './api'

// workdayAfter is the n-th working day after a day yyyy-MM-dd; days are those that differ from their weekday's habit.
export function workdayAfter(from: string, n: number, days: Day[]): string {
  const special = new Map(days.map((d) => [d.day, d.work]))
  const at = new Date(`${from}T12:00:00Z`)
  const key = () => at.toISOString().slice(0, 10)
  for (let left = n; left > 0; ) {
    at.setUTCDate(at.getUTCDate() + 1)
    if (special.get(key()) ?? ![0, 6].includes(at.getUTCDay())) left--
  }
  return key()
}
