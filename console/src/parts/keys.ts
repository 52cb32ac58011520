import { useEffect, useRef } from 'react'

// useKeys calls what a key stands for, unless somebody is writing, a dialog is open or a key of the system is held.
export function useKeys(keys: Record<string, (e: KeyboardEvent) => void>) {
  const held = useRef(keys)
  held.current = keys
  useEffect(() => {
    const down = (e: KeyboardEvent) => {
      if (e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented) return
      const t = e.target
      if (t instanceof HTMLElement && (/INPUT|TEXTAREA|SELECT/.test(t.tagName) || t.isContentEditable || (e.key === 'Enter' && /BUTTON|A/.test(t.tagName)))) return
      if (document.querySelector('.ant-modal-wrap:not([style*="display: none"]), .ant-drawer-open')) return
      const f = held.current[e.key]
      if (!f) return
      e.preventDefault()
      f(e)
    }
    window.addEventListener('keydown', down)
    return () => window.removeEventListener('keydown', down)
  }, [])
}
