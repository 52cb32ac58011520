import type { Area } from '../app/area'

export const models: Area = {
  places: [],
  routes: [],
}
