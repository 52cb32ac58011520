import { InboxOutlined, NumberOutlined, SolutionOutlined } from '@ant-design/icons'
import { type Area, page } from '../app/area'

export const review: Area = {
  places: [
    { key: '/packages', label: '疑点包', icon: <InboxOutlined />, need: '查看疑点' },
    { key: '/panels', label: '合议', icon: <SolutionOutlined />, need: '查看疑点', who: 'office' },
    { key: '/numbers', label: '文号登记簿', icon: <NumberOutlined />, need: '查看看板', who: 'office' },
  ],
  routes: [
    { path: 'packages', lazy: page(() => import('./review/Packages')) },
    { path: 'numbers', lazy: page(() => import('./review/Numbers')) },
    { path: 'panels', lazy: page(() => import('./review/Panels')) },
    { path: 'panels/:id', lazy: page(() => import('./review/Panel')) },
  ],
}
