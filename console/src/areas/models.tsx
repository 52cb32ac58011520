import { ClusterOutlined, ConsoleSqlOutlined } from '@ant-design/icons'
import { type Area, page } from '../app/area'

export const models: Area = {
  places: [
    { key: '/models', label: '大数据模型', icon: <ClusterOutlined />, need: '查看看板', who: 'office' },
    { key: '/models/query', label: '分析查询', icon: <ConsoleSqlOutlined />, need: '运行审核', who: 'office' },
  ],
  routes: [
    { path: 'models', lazy: page(() => import('./models/Library')) },
    { path: 'models/query', lazy: page(() => import('./models/Query')) },
    { path: 'models/:run/:model', lazy: page(() => import('./models/Result')) },
  ],
}
