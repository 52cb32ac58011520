import { useSyncExternalStore } from 'react'

const narrow = window.matchMedia('(max-width: 640px)')

// usePhone tells whether the screen is as narrow as a phone's, where a table has room for a name and two figures.
export function usePhone(): boolean {
  return useSyncExternalStore((tell) => {
    narrow.addEventListener('change', tell)
    return () => narrow.removeEventListener('change', tell)
  }, () => narrow.matches)
}
