import { AuditOutlined, KeyOutlined, TeamOutlined } from '@ant-design/icons'
import { type Area, page } from '../app/area'

export const people: Area = {
  places: [
    { key: '/users', label: '用户与权限', icon: <TeamOutlined />, need: '用户管理', who: 'office' },
    { key: '/keys', label: '接口密钥', icon: <KeyOutlined />, need: '密钥管理', who: 'office' },
    { key: '/experts', label: '合议专家', icon: <TeamOutlined />, need: '确认扣款', who: 'office' },
    { key: '/trail', label: '操作日志', icon: <AuditOutlined />, need: '查看留痕', who: 'office' },
  ],
  routes: [
    { path: 'users', lazy: page(() => import('./people/Users')) },
    { path: 'keys', lazy: page(() => import('./people/Keys')) },
    { path: 'experts', lazy: page(() => import('./people/Experts')) },
    { path: 'trail', lazy: page(() => import('./people/Trail')) },
  ],
}
