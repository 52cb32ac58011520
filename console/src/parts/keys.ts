import { useEffect, useRef } from 'react'

// busy: somebody writes there, or the key is the element's own. A box that was ticked holds the focus without being written in.
function busy(t: HTMLElement, key: string) {
  if (t instanceof HTMLInputElement && (t.type === 'checkbox' || t.type === 'radio')) return key === ' ' || key.startsWith('Arrow')
  return /^(INPUT|TEXTAREA|SELECT)$/.test(t.tagName) || t.isContentEditable || (key === 'Enter' && (/^(BUTTON|A|SUMMARY)$/.test(t.tagName) || t.role === 'button'))
}

// useKeys calls what a key stands for, unless somebody is writing, a dialog is open or a key of the system is held.
export function useKeys(keys: Record<string, (e: KeyboardEvent) => void>) {
  const held = useRef(keys)
  held.current = keys
  useEffect(() => {
    const down = (e: KeyboardEvent) => {
      if (e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented) return
      if (e.target instanceof HTMLElement && busy(e.target, e.key)) return
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
