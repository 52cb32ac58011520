import type { CSSProperties, ReactNode } from 'react'

// Box is a white panel with a head: the first screen does with it and need not load a card of the component library.
export function Box({ title, extra, style, children }: { title?: ReactNode; extra?: ReactNode; style?: CSSProperties; children: ReactNode }) {
  return (
    <section className="box" style={style}>
      {title && <header><b style={{ flex: 1 }}>{title}</b>{extra}</header>}
      <div>{children}</div>
    </section>
  )
}
