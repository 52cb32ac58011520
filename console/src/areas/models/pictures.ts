import type { EChartsCoreOption } from 'echarts/core'
import { figured, titled } from './figures'
import { type Case, areaOf } from './types'

export interface Picture { key: string; title: string; label: string; chart: EChartsCoreOption; height: number }

const weeks = (a: string, b: string) => (Date.parse(b) - Date.parse(a)) / (7 * 86_400_000)

// calendar is a heat map of days with a figure each; undefined where nothing can be drawn.
export function calendar(days: [string, number][], unit: string): Picture | undefined {
  if (days.length < 2) return undefined
  const sorted = [...days].sort((a, b) => (a[0] < b[0] ? -1 : 1))
  const first = sorted[0]![0], last = sorted[sorted.length - 1]![0]
  const most = Math.max(...days.map((d) => d[1]))
  return {
    key: 'heat', title: '日历', height: 190, label: `日历热图，${first} 至 ${last}，一天最多 ${most} ${unit}`,
    chart: {
      tooltip: { formatter: (p: { data: [string, number] }) => `${p.data[0]}：${p.data[1]} ${unit}` }, visualMap: { min: 0, max: most, text: [`${most} ${unit}`, '0'], orient: 'horizontal', left: 'center', bottom: 0, itemHeight: 80, inRange: { color: ['#e6f4ff', '#0958d9'] } },
      calendar: { top: 30, left: 50, ...(weeks(first, last) < 20 ? {} : { right: 20 }), cellSize: [weeks(first, last) < 20 ? 26 : 'auto', 15], range: [first, last], dayLabel: { nameMap: 'ZH', firstDay: 1 }, monthLabel: { nameMap: 'ZH' }, yearLabel: { show: false } }, series: [{ type: 'heatmap', coordinateSystem: 'calendar', data: sorted }],
    },
  }
}

// pictures are those that fit a case: who with whom, who goes where, when, on which days, in which divisions, how the group grew, beside its peers.
export function pictures(c: Case, all: Case[], titles?: Record<string, string>): Picture[] {
  return [network(c), flow(c), peers(c, all, titles), timeline(c), heat(c), growth(c), tiles(c)].filter((p): p is Picture => !!p)
}

function network(c: Case): Picture | undefined {
  if (!c.edges?.length) return undefined
  const names = [...new Set(c.edges.flatMap((e) => [e.a, e.b]))]
  const most = Math.max(...c.edges.map((e) => e.weight))
  return {
    key: 'network', title: '关系网', height: 340, label: `${names.length} 人的关系网，中心是 ${c.central}，最多同现 ${most} 次`,
    chart: {
      tooltip: {},
      series: [{
        type: 'graph', layout: 'circular', roam: true, label: { show: names.length <= 40, fontSize: 10, position: 'right' },
        data: names.map((name) => ({ name, symbolSize: name === c.central ? 26 : 14, itemStyle: { color: name === c.central ? '#d46b08' : c.new_members?.includes(name) ? '#389e0d' : '#1677ff' } })),
        links: c.edges.map((e) => ({ source: e.a, target: e.b, value: e.weight, lineStyle: { width: Math.min(6, e.weight) } })),
      }],
    },
  }
}

// flow is who went where: persons on the left, institutions on the right, a doctor's institution and the shop likewise.
function flow(c: Case): Picture | undefined {
  const n = new Map<string, number>()
  for (const r of c.rows) {
    const a = r.psn_no ?? r.prac_psn_code, b = r.fixmedins_code
    if (a && b) n.set(`${a}\u0000${b}`, (n.get(`${a}\u0000${b}`) ?? 0) + 1)
    if (b && r.other_fixmedins_code) n.set(`${b}\u0000→ ${r.other_fixmedins_code}`, (n.get(`${b}\u0000→ ${r.other_fixmedins_code}`) ?? 0) + 1)
  }
  const links = [...n].map(([k, v]) => ({ source: k.split('\u0000')[0]!, target: k.split('\u0000')[1]!, value: v })).sort((x, y) => y.value - x.value).slice(0, 200)
  const left = [...new Set(links.map((l) => l.source))], right = [...new Set(links.map((l) => l.target))].filter((x) => !left.includes(x))
  if (left.length < 2 || right.length < 1 || left.length > 60) return undefined
  const height = Math.max(200, Math.max(left.length, right.length) * 22)
  const at = (list: string[], x: number, color: string, position: string) => list.map((name, i) => ({ name, x, y: ((i + 0.5) / list.length) * height, itemStyle: { color }, label: { position } }))
  return {
    key: 'flow', title: '去向', height: Math.min(520, height), label: `${left.length} 个来处到 ${right.length} 个去处，共 ${links.reduce((s, l) => s + l.value, 0)} 次`,
    chart: { tooltip: {}, series: [{ type: 'graph', layout: 'none', left: 150, right: 150, top: 10, bottom: 10, symbolSize: 10, label: { show: true, fontSize: 10 }, data: [...at(left, 0, '#1677ff', 'left'), ...at(right, 400, '#d46b08', 'right')], links: links.map((l) => ({ ...l, lineStyle: { width: Math.min(8, l.value), opacity: 0.5 } })) }] },
  }
}

// peers shows where this case lies among all cases' and the peers' middle.
function peers(c: Case, all: Case[], titles?: Record<string, string>): Picture | undefined {
  const f = c.rows[0]?.figures
  const own = ['mean', 'share', 'ratio', 'rate', 'fee', 'rise', 'z'].find((k) => f?.[k] !== undefined)
  if (!own || f?.peer === undefined) return undefined
  const title = titles?.[own] ?? own
  const scale = /（分）$/.test(title) ? 100 : 1
  const values = all.map((x) => x.rows[0]?.figures?.[own]).filter((v): v is number => v !== undefined)
  return {
    key: 'peers', title: '同行', height: 190, label: `${title} ${figured(title, f[own])}，同行中位数 ${figured(title, f.peer)}`,
    chart: {
      grid: { left: 70, right: 70, top: 40, bottom: 44 }, tooltip: {}, xAxis: { type: 'value', name: titled(title), nameLocation: 'middle', nameGap: 26, axisLine: { onZero: false }, min: Math.min(0, f.peer / scale), axisLabel: { formatter: (v: number) => figured(scale === 1 ? title : '', v) } }, yAxis: { show: false, min: -1, max: 1 },
      series: [
        { type: 'scatter', name: '查出的各例', symbolSize: 9, itemStyle: { color: '#91caff' }, data: values.map((v) => [v / scale, 0]), markLine: { symbol: 'none', label: { formatter: `同行中位数 ${figured(title, f.peer)}` }, data: [{ xAxis: f.peer / scale }] } },
        { type: 'scatter', name: '本例', symbolSize: 16, itemStyle: { color: '#d46b08' }, data: [[f[own]! / scale, 0]], label: { show: true, formatter: `本例 ${figured(title, f[own])}`, position: 'top' } },
      ],
    },
  }
}

const dated = (c: Case) => c.rows.filter((r) => r.day)

function timeline(c: Case): Picture | undefined {
  const days = dated(c)
  if (days.length < 2) return undefined
  const who = (r: Case['rows'][0]) => r.psn_no ?? r.fixmedins_code ?? c.subject
  const names = [...new Set(days.map(who))].slice(0, 60)
  return {
    key: 'time', title: '时间线', height: Math.max(180, Math.min(600, names.length * 20 + 60)), label: `${names.length} 行、${days.length} 次的时间线`,
    chart: { grid: { left: 140, top: 10, right: 20, bottom: 30 }, tooltip: {}, xAxis: { type: 'time' }, yAxis: { type: 'category', data: names }, series: [{ type: 'scatter', symbolSize: 10, data: days.filter((r) => names.includes(who(r))).map((r) => [r.day!, who(r)]) }] },
  }
}

function heat(c: Case): Picture | undefined {
  const n = new Map<string, number>()
  for (const r of dated(c)) n.set(r.day!, (n.get(r.day!) ?? 0) + 1)
  return calendar([...n], '次')
}

// growth is how many members a group had by each month, and how many came that month.
function growth(c: Case): Picture | undefined {
  const first = new Map<string, string>()
  for (const r of dated(c)) if (r.psn_no && (first.get(r.psn_no) ?? '9') > r.day!) first.set(r.psn_no, r.day!)
  const months = [...new Set(dated(c).map((r) => r.day!.slice(0, 7)))].sort()
  if (first.size < 3 || months.length < 2) return undefined
  const joined = months.map((m) => [...first.values()].filter((d) => d.slice(0, 7) === m).length)
  const active = months.map((m) => new Set(dated(c).filter((r) => r.day!.startsWith(m)).map((r) => r.psn_no)).size)
  let sum = 0
  return {
    key: 'growth', title: '逐月', height: 200, label: '群体逐月的人数',
    chart: {
      grid: { left: 40, right: 20, top: 30, bottom: 24 }, tooltip: { trigger: 'axis' }, legend: { top: 0 }, xAxis: { type: 'category', data: months }, yAxis: { type: 'value', minInterval: 1 },
      series: [{ name: '当月新出现', type: 'bar', data: joined }, { name: '当月活动', type: 'bar', data: active }, { name: '累计', type: 'line', data: joined.map((j) => (sum += j)) }],
    },
  }
}

// tiles is a schematic map: a square for each division, in the order of its code, coloured by money involved.
const tiles = (c: Case) => allTiles([c])

// allTiles is the map of several cases; undefined where all lies in one division.
export function allTiles(cases: Case[]): Picture | undefined {
  const money = new Map<string, number>(), visits = new Map<string, number>()
  for (const r of cases.flatMap((c) => c.rows)) {
    const a = r.admdvs || (r.fixmedins_code ? areaOf(r.fixmedins_code) : '')
    if (!a) continue
    money.set(a, (money.get(a) ?? 0) + r.money)
    visits.set(a, (visits.get(a) ?? 0) + 1)
  }
  const areas = [...money.keys()].sort()
  return areas.length < 2 ? undefined : tileMap(areas.map((a) => [a, money.get(a)!, visits.get(a)!]))
}

// tileMap lays divisions out in rows by their city (the first four digits).
export function tileMap(of: [string, number, number][], unit = '次'): Picture {
  const cities = [...new Set(of.map(([a]) => a.slice(0, 4)))].sort()
  const wide = Math.max(...cities.map((k) => of.filter(([a]) => a.startsWith(k)).length))
  const data = of.map(([a, money, n]) => ({ value: [of.filter(([b]) => b.slice(0, 4) === a.slice(0, 4) && b < a).length, cities.indexOf(a.slice(0, 4)), money / 100], name: a, n }))
  const most = Math.max(1, ...of.map((x) => x[1] / 100))
  return {
    key: 'map', title: '区划', height: 90 + cities.length * 56, label: `${of.length} 个区划的示意图，颜色为涉及金额`,
    chart: {
      grid: { left: 60, right: 20, top: 10, bottom: 50 }, tooltip: { formatter: (p: { data: { name: string; value: number[]; n: number } }) => `${p.data.name}：${p.data.n} ${unit}，${p.data.value[2]!.toFixed(2)} 元` },
      xAxis: { type: 'category', show: false, data: Array.from({ length: wide }, (_, i) => String(i)) }, yAxis: { type: 'category', inverse: true, data: cities, axisLine: { show: false }, axisTick: { show: false } },
      visualMap: { min: 0, max: most, orient: 'horizontal', left: 'center', bottom: 0, itemHeight: 80, inRange: { color: ['#fff7e6', '#d4380d'] } },
      series: [{ type: 'heatmap', data, label: { show: true, formatter: (p: { data: { name: string; n: number } }) => `${p.data.name}\n${p.data.n} ${unit}` }, itemStyle: { borderColor: '#fff', borderWidth: 3 } }],
    },
  }
}
