import type { Area } from '../app/area'

export const money: Area = {
  places: [],
  routes: [],
}
