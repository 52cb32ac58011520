import { ControlOutlined } from '@ant-design/icons'
import { type Area, page } from '../app/area'

export const settings: Area = {
  places: [{ key: '/settings', label: '参数与日历', icon: <ControlOutlined />, need: '办理参数', who: 'office' }],
  routes: [{ path: 'settings', lazy: page(() => import('./settings/Settings')) }],
}
