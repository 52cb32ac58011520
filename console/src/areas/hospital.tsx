import { AccountBookOutlined, BarChartOutlined, FormOutlined, SafetyCertificateOutlined, ShareAltOutlined } from '@ant-design/icons'
import { type Area, page } from '../app/area'

export const hospital: Area = {
  places: [
    { key: '/answers', label: '答复申诉', icon: <FormOutlined />, need: '申诉', who: 'institution' },
    { key: '/relays', label: '院内转办', icon: <ShareAltOutlined />, need: '院内答复', who: 'institution' },
    { key: '/payments', label: '拨付对账', icon: <AccountBookOutlined />, need: '申诉', who: 'institution' },
    { key: '/peers', label: '同级对比', icon: <BarChartOutlined />, need: '申诉', who: 'institution' },
    { key: '/selfcheck', label: '自查自纠', icon: <SafetyCertificateOutlined />, need: '申诉', who: 'institution' },
  ],
  routes: [
    { path: 'answers', lazy: page(() => import('./hospital/Answers')) },
    { path: 'relays', lazy: page(() => import('./hospital/Relays')) },
    { path: 'payments', lazy: page(() => import('./hospital/PaySheet')) },
    { path: 'peers', lazy: page(() => import('./hospital/Peers')) },
    { path: 'selfcheck', lazy: page(() => import('./hospital/SelfChecks')) },
    { path: 'selfcheck/:id', lazy: page(() => import('./hospital/SelfCheck')) },
  ],
}
