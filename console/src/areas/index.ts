import { board } from './board'
import { casemix } from './casemix'
import { data } from './data'
import { findings } from './findings'
import { hospital } from './hospital'
import { library } from './library'
import { models } from './models'
import { money } from './money'
import { people } from './people'
import { remind } from './remind'
import { review } from './review'
import { settings } from './settings'
import { trace } from './trace'

// In the menu's order.
export const areas = [findings, board, remind, review, hospital, money, data, people, settings, trace, casemix, models, library]
