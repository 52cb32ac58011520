import type { Area } from '../app/area'

export const trace: Area = {
  places: [],
  routes: [],
}
