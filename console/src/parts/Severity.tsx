import { severities } from './words'

// Severity is told by colour, shape and word, never by colour alone.
export function Severity({ level }: { level: number }) {
  const s = severities[level]
  if (!s) return null
  return (
    <span style={{ color: s.colour, whiteSpace: 'nowrap' }}>
      <span aria-hidden style={{ fontSize: 10, marginRight: 4 }}>{s.mark}</span>
      {s.text}
    </span>
  )
}
