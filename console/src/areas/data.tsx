import { DatabaseOutlined, ImportOutlined, PlayCircleOutlined } from '@ant-design/icons'
import { type Area, page } from '../app/area'

export const data: Area = {
  places: [
    { key: '/data', label: '数据接入', icon: <DatabaseOutlined />, need: '导入数据', who: 'office' },
    { key: '/takeover', label: '接管旧系统', icon: <ImportOutlined />, need: '派单', who: 'office' },
    { key: '/runs', label: '运行', icon: <PlayCircleOutlined />, need: '运行审核', who: 'office' },
  ],
  routes: [
    { path: 'data', lazy: page(() => import('./data/Data')) },
    { path: 'data/:id', lazy: page(() => import('./data/Import')) },
    { path: 'takeover', lazy: page(() => import('./review/Takeovers')) },
    { path: 'takeover/:id', lazy: page(() => import('./review/Takeover')) },
    { path: 'runs', lazy: page(() => import('./data/Runs')) },
    { path: 'runs/:run', lazy: page(() => import('./data/Run')) },
  ],
}
