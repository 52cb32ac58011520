import type { Area } from '../app/area'

export const data: Area = {
  places: [],
  routes: [],
}
