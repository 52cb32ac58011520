import { BellOutlined } from '@ant-design/icons'
import { type Area, page } from '../app/area'

export const remind: Area = {
  places: [
    { key: '/reminders', label: '事前提醒监测', icon: <BellOutlined />, need: '查看看板', who: 'office' },
    { key: '/reminders', label: '事前提醒监测', icon: <BellOutlined />, need: '申诉', who: 'institution' },
  ],
  routes: [
    { path: 'reminders', lazy: page(() => import('./remind/Watch')) },
    { path: 'reminders/list/:list', lazy: page(() => import('./remind/Lists')) },
  ],
}
