import { AccountBookOutlined } from '@ant-design/icons'
import { type Area, page } from '../app/area'

export const money: Area = {
  places: [
    { key: '/money', label: '资金台账', icon: <AccountBookOutlined />, need: '查看看板', who: 'office' },
    { key: '/money', label: '资金台账', icon: <AccountBookOutlined />, need: '申诉', who: 'institution' },
  ],
  routes: [{ path: 'money', lazy: page(() => import('./money/Money')) }],
}
