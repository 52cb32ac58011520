import { ApartmentOutlined, BarcodeOutlined, FileSearchOutlined, InboxOutlined, PercentageOutlined, ScanOutlined } from '@ant-design/icons'
import { type Area, page } from '../app/area'

const need = '查看看板'

export const trace: Area = {
  places: [
    { key: '/trace/box', label: '这盒能不能卖', icon: <ScanOutlined />, need: '查看疑点', who: 'institution' },
    { key: '/trace/clues', label: '追溯码线索', icon: <FileSearchOutlined />, need },
    { key: '/trace/life', label: '追溯码查询', icon: <BarcodeOutlined />, need },
    { key: '/trace/ledger', label: '进销存台账', icon: <InboxOutlined />, need },
    { key: '/trace/network', label: '回流网络', icon: <ApartmentOutlined />, need, who: 'office' },
    { key: '/trace/rates', label: '应采率', icon: <PercentageOutlined />, need },
  ],
  routes: [
    { path: 'trace/box', lazy: page(() => import('../pages/trace/Box')) },
    { path: 'trace/life', lazy: page(() => import('../pages/trace/Life')) },
    { path: 'trace/ledger', lazy: page(() => import('../pages/trace/Ledger')) },
    { path: 'trace/network', lazy: page(() => import('../pages/trace/Network')) },
    { path: 'trace/rates', lazy: page(() => import('../pages/trace/Rates')) },
    { path: 'trace/clues', lazy: page(() => import('../pages/trace/Clues')) },
    { path: 'trace/clues/:id', lazy: page(() => import('../pages/trace/Clue')) },
  ],
}
