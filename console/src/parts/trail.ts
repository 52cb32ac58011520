// The list somebody came from, so that after a decision the next of it opens and the way back keeps the filter. It lives as long as the tab.
const key = 'mingjian.list'

export interface List { back: string; ids: string[] }

export const keepList = (l: List) => sessionStorage.setItem(key, JSON.stringify(l))

export function listOf(id: string): (List & { at: number }) | undefined {
  try {
    const l = JSON.parse(sessionStorage.getItem(key) ?? '') as List
    const at = l.ids.indexOf(id)
    return at < 0 ? undefined : { ...l, at }
  } catch {
    return undefined
  }
}
