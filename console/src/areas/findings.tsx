import { AuditOutlined, DashboardOutlined } from '@ant-design/icons'
import { type Area, page } from '../app/area'

export const findings: Area = {
  places: [
    { key: '/', label: '工作台', icon: <DashboardOutlined /> },
    { key: '/findings', label: '疑点池', icon: <AuditOutlined />, need: '查看疑点' },
  ],
  routes: [
    { index: true, lazy: page(() => import('../pages/Desk')) },
    { path: 'findings', lazy: page(() => import('../pages/Findings')) },
    { path: 'findings/:id', lazy: page(() => import('../pages/Finding')) },
  ],
}
