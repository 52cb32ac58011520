import { board } from './board'
import { casemix } from './casemix'
import { data } from './data'
import { findings } from './findings'
import { hospital } from './hospital'
import { library } from './library'
import { messages } from './messages'
import { models } from './models'
import { money } from './money'
import { people } from './people'
import { remind } from './remind'
import { review } from './review'
import { settings } from './settings'
import { trace } from './trace'

// The menu: groups in its order.
export const groups = [
  { title: '办理', areas: [findings, review, hospital, money] },
  { title: '看板与提醒', areas: [board, remind] },
  { title: '追溯码与进销存', areas: [trace] },
  { title: '病组付费', areas: [casemix] },
  { title: '规则与模型', areas: [library, models] },
  { title: '数据与系统', areas: [data, settings, people, messages] },
]
export const areas = groups.flatMap((g) => g.areas)
