import type { Area } from '../app/area'

export const people: Area = {
  places: [],
  routes: [],
}
