import type { CSSProperties } from 'react'

// Parts stand beside each other where there is room and under each other on a phone; none is wider than the page.
export const beside: CSSProperties = { display: 'flex', flexWrap: 'wrap', gap: 10, alignItems: 'flex-start' }
export const part = (grow: number, basis: number): CSSProperties => ({ flex: `${grow} 1 ${basis}px`, minWidth: 0, maxWidth: '100%' })
export const below: CSSProperties = { display: 'grid', gap: 10, gridTemplateColumns: 'minmax(0, 1fr)' }
