import { InboxOutlined } from '@ant-design/icons'
import { type Area, page } from '../app/area'

export const review: Area = {
  places: [{ key: '/packages', label: '疑点包', icon: <InboxOutlined />, need: '查看疑点' }],
  routes: [{ path: 'packages', lazy: page(() => import('./review/Packages')) }],
}
