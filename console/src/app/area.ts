import type { ReactNode } from 'react'
import type { RouteObject } from 'react-router'

// Place is an entry of the menu.
export interface Place {
  key: string // path
  label: string
  icon: ReactNode
  need?: string | string[] // permission, or all of these
  who?: 'office' | 'institution' // the bureau's people or an institution's; both when absent
  whole?: boolean // only for people of the whole area, not of a division
}

// Area is a part of the console: its entries of the menu and its pages.
export interface Area {
  places: Place[]
  routes: RouteObject[]
}

// page loads a page when it is first opened.
export const page = (load: () => Promise<{ Page: React.ComponentType }>) => async () => ({ Component: (await load()).Page })
