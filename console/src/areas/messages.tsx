import { BellOutlined, SendOutlined } from '@ant-design/icons'
import { type Area, page } from '../app/area'

export const messages: Area = {
  places: [
    { key: '/messages', label: '消息', icon: <BellOutlined /> },
    { key: '/ways', label: '消息通道', icon: <SendOutlined />, need: '密钥管理', who: 'office' },
  ],
  routes: [
    { path: 'messages', lazy: page(() => import('./messages/Messages')) },
    { path: 'ways', lazy: page(() => import('./messages/Ways')) },
  ],
}
