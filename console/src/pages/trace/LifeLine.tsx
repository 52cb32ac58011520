import type { Life } from '../../api/trace'

const colours: Record<string, string> = { 购进入库: '#389e0d', 其他入库: '#389e0d', 销售: '#1d4ed8', 退货: '#8c8c8c', 其他出库: '#8c8c8c', 退供应商: '#d46b08', 报损销毁: '#d46b08' }

// LifeLine draws a box's life: a row an institution, a mark an event, in order of time. What is one too many is red.
export function LifeLine({ story }: { story: Life }) {
  const steps = story.steps ?? []
  if (!steps.length) return <span className="quiet">没有这个码的记录</span>
  const names = [...new Set(steps.map((s) => s.fixmedins_name || s.fixmedins_code))]
  const narrow = window.innerWidth < 600 // a phone: the last mark must not lie beyond its edge when there are few
  const left = narrow ? 118 : 170
  const long = narrow ? 8 : 12
  const gap = Math.max(56, Math.min(130, (narrow ? 90 : 620) / Math.max(1, steps.length - 1)))
  const width = left + gap * Math.max(1, steps.length - 1) + (narrow ? 56 : 70)
  const height = 34 + names.length * 44
  const x = (i: number) => left + 20 + i * gap
  const y = (s: (typeof steps)[number]) => 30 + names.indexOf(s.fixmedins_name || s.fixmedins_code) * 44
  return (
    <div style={{ overflowX: 'auto' }}>
      <svg width={width} height={height} role="img" aria-label={`${story.drug_trac_codg} 的一生：${steps.map((s) => `${s.time} ${s.fixmedins_name} ${s.event}`).join('；')}`}>
        {names.map((n, i) => (
          <g key={n}>
            <text x={0} y={34 + i * 44} fontSize={13} fill="#344054">{n.length > long ? `${n.slice(0, 4)}…${n.slice(5 - long)}` : n}<title>{n}</title></text>
            <line x1={left} x2={width - 10} y1={30 + i * 44} y2={30 + i * 44} stroke="#eaecf0" />
          </g>
        ))}
        <polyline points={steps.map((s, i) => `${x(i)},${y(s)}`).join(' ')} fill="none" stroke="#98a2b3" strokeDasharray="3 3" />
        {steps.map((s, i) => {
          const bad = /第\d+次/.test(s.note)
          return (
            <g key={i}>
              <title>{`${s.time}　${s.event}　${s.fixmedins_name}　${s.note}`}</title>
              <circle cx={x(i)} cy={y(s)} r={7} fill={bad ? '#cf1322' : (colours[s.event] ?? '#667085')} stroke="#fff" strokeWidth={2} />
              <text x={x(i)} y={y(s) - 12} fontSize={12} textAnchor="middle" fill={bad ? '#cf1322' : '#344054'} fontWeight={bad ? 600 : 400}>{s.event}</text>
              <text x={x(i)} y={y(s) + 20} fontSize={11} textAnchor="middle" fill="#667085">{s.time.slice(0, 10)}</text>
            </g>
          )
        })}
      </svg>
    </div>
  )
}
