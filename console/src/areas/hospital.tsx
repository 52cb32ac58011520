import type { Area } from '../app/area'

export const hospital: Area = {
  places: [],
  routes: [],
}
