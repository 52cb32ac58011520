import { AreaChartOutlined, ClusterOutlined, ConsoleSqlOutlined, FundViewOutlined, IdcardOutlined, SendOutlined } from '@ant-design/icons'
import { type Area, page } from '../app/area'

export const models: Area = {
  places: [
    { key: '/models', label: '大数据模型', icon: <ClusterOutlined />, need: '查看看板', who: 'office' },
    { key: '/models/batches', label: '模型批次', icon: <SendOutlined />, need: '查看看板', who: 'office' },
    { key: '/models/portraits', label: '智能画像', icon: <IdcardOutlined />, need: '查看看板', who: 'office' },
    { key: '/models/usage', label: '使用情况监测', icon: <AreaChartOutlined />, need: '查看看板', who: 'office' },
    { key: '/models/query', label: '分析查询', icon: <ConsoleSqlOutlined />, need: '运行审核', who: 'office' },
    { key: '/models/drafts', label: '做成模型', icon: <FundViewOutlined />, need: '查看看板', who: 'office', whole: true },
  ],
  routes: [
    { path: 'models', lazy: page(() => import('./models/Library')) },
    { path: 'models/topics/:id', lazy: page(() => import('./models/Topic')) },
    { path: 'models/query', lazy: page(() => import('./models/Query')) },
    { path: 'models/batches', lazy: page(() => import('./models/Batches')) },
    { path: 'models/batches/:id', lazy: page(() => import('./models/Batch')) },
    { path: 'models/drafts', lazy: page(() => import('./models/Drafts')) },
    { path: 'models/drafts/:id', lazy: page(() => import('./models/Draft')) },
    { path: 'models/portraits', lazy: page(() => import('./models/Portraits')) },
    { path: 'models/portraits/:kind/:id', lazy: page(() => import('./models/Portrait')) },
    { path: 'models/usage', lazy: page(() => import('./models/Usage')) },
    { path: 'models/:run/:model', lazy: page(() => import('./models/Result')) },
  ],
}
