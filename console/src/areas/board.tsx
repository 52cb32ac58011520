import { BookOutlined, FileWordOutlined, FundOutlined } from '@ant-design/icons'
import { type Area, page } from '../app/area'

export const board: Area = {
  places: [
    { key: '/board', label: '首页看板', icon: <FundOutlined />, need: '查看看板', who: 'office' },
    { key: '/briefs', label: '简报与发布会', icon: <FileWordOutlined />, need: '查看看板', who: 'office' },
    { key: '/indicators', label: '指标字典', icon: <BookOutlined />, need: '查看看板', who: 'office' },
  ],
  routes: [
    { path: 'board', lazy: page(() => import('./board/Board')) },
    { path: 'wall', lazy: page(() => import('./board/Wall')) },
    { path: 'board/rows', lazy: page(() => import('./board/Rows')) },
    { path: 'briefs', lazy: page(() => import('./board/Briefs')) },
    { path: 'indicators', lazy: page(() => import('./board/Dictionary')) },
  ],
}
