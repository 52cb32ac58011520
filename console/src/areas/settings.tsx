import { ControlOutlined } from '@ant-design/icons'
import { type Area, page } from '../app/area'

const office = { key: '/settings/office', label: '单位与印章', icon: <ControlOutlined />, who: 'office' as const }

export const settings: Area = {
  places: [{ key: '/settings', label: '参数与日历', icon: <ControlOutlined />, need: '办理参数', who: 'office' }, { ...office, need: '用户管理' }, { ...office, need: '办理参数' }],
  routes: [{ path: 'settings', lazy: page(() => import('./settings/Settings')) }, { path: 'settings/office', lazy: page(() => import('./settings/Office')) }],
}
