import { FormOutlined, SafetyCertificateOutlined, ShareAltOutlined } from '@ant-design/icons'
import { type Area, page } from '../app/area'

export const hospital: Area = {
  places: [
    { key: '/answers', label: '答复申诉', icon: <FormOutlined />, need: '申诉', who: 'institution' },
    { key: '/relays', label: '院内转办', icon: <ShareAltOutlined />, need: '院内答复', who: 'institution' },
    { key: '/selfcheck', label: '自查自纠', icon: <SafetyCertificateOutlined />, need: '申诉', who: 'institution' },
  ],
  routes: [
    { path: 'answers', lazy: page(() => import('./hospital/Answers')) },
    { path: 'relays', lazy: page(() => import('./hospital/Relays')) },
    { path: 'selfcheck', lazy: page(() => import('./hospital/SelfChecks')) },
    { path: 'selfcheck/:id', lazy: page(() => import('./hospital/SelfCheck')) },
  ],
}
