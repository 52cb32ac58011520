import type { Area } from '../app/area'

export const casemix: Area = {
  places: [],
  routes: [],
}
