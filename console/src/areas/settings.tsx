import { ControlOutlined, FileProtectOutlined } from '@ant-design/icons'
import { type Area, page } from '../app/area'

export const settings: Area = {
  places: [{ key: '/settings', label: '参数与日历', icon: <ControlOutlined />, need: '办理参数', who: 'office' },
    { key: '/settings/office', label: '单位与印章', icon: <FileProtectOutlined />, need: '用户管理', who: 'office' },
    { key: '/settings/office', label: '单位与印章', icon: <FileProtectOutlined />, need: '办理参数', who: 'office' }],
  routes: [{ path: 'settings/office', lazy: page(() => import('./settings/Office')) }, { path: 'settings', lazy: page(() => import('./settings/Settings')) }],
}
