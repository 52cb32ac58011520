import { AccountBookOutlined, AuditOutlined, CalculatorOutlined, CodeOutlined, FundProjectionScreenOutlined, PieChartOutlined } from '@ant-design/icons'
import { type Area, page } from '../app/area'

export const casemix: Area = {
  places: [
    { key: '/casemix/budget', label: '预算与结付率', icon: <FundProjectionScreenOutlined />, need: '查看看板', who: 'office' },
    { key: '/casemix/hospital', label: '病例组合', icon: <PieChartOutlined />, need: '查看看板', who: 'office' },
    { key: '/casemix/hospital', label: '病例组合', icon: <PieChartOutlined />, need: '院内答复', who: 'institution' },
    { key: '/casemix/clearing', label: '月结与清算', icon: <AccountBookOutlined />, need: '查看看板', who: 'office' },
    { key: '/casemix/clearing', label: '月结与清算', icon: <AccountBookOutlined />, need: ['申诉', '院内答复'], who: 'institution' },
    { key: '/casemix/bench', label: '编码工作台', icon: <CodeOutlined />, need: '查看看板', who: 'office' },
    { key: '/casemix/bench', label: '编码工作台', icon: <CodeOutlined />, need: '院内答复', who: 'institution' },
    { key: '/casemix/special', label: '特例单议', icon: <AuditOutlined />, need: '查看看板', who: 'office' },
    { key: '/casemix/special', label: '特例单议', icon: <AuditOutlined />, need: ['申诉', '院内答复'], who: 'institution' },
    { key: '/casemix/special', label: '特例单议', icon: <AuditOutlined />, need: '合议', who: 'office' },
    { key: '/casemix/simulate', label: '付费试算', icon: <CalculatorOutlined />, need: '运行审核', who: 'office', whole: true },
  ],
  routes: [
    { path: 'casemix/budget', lazy: page(() => import('./casemix/Budget')) },
    { path: 'casemix/hospital', lazy: page(() => import('./casemix/Hospital')) },
    { path: 'casemix/clearing', lazy: page(() => import('./casemix/Clearing')) },
    { path: 'casemix/bench', lazy: page(() => import('./casemix/Bench')) },
    { path: 'casemix/special', lazy: page(() => import('./casemix/Special')) },
    { path: 'casemix/simulate', lazy: page(() => import('./casemix/Simulate')) },
  ],
}
