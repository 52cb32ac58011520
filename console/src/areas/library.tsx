import { BookOutlined, BranchesOutlined, ControlOutlined, ExperimentOutlined, FileExcelOutlined, GlobalOutlined, InboxOutlined, ReadOutlined } from '@ant-design/icons'
import { type Area, page } from '../app/area'

export const library: Area = {
  places: [
    { key: '/library', label: '规则库', icon: <BookOutlined />, need: '查看疑点' },
    { key: '/library/points', label: '知识库', icon: <ReadOutlined />, need: '查看疑点' },
    { key: '/library/sources', label: '国家表与待裁决', icon: <InboxOutlined />, need: '维护两库', who: 'office' },
    { key: '/library/sources', label: '国家表与待裁决', icon: <InboxOutlined />, need: '批准两库', who: 'office' },
    { key: '/library/versions', label: '规则版本', icon: <BranchesOutlined />, need: '维护两库', who: 'office' },
    { key: '/library/versions', label: '规则版本', icon: <BranchesOutlined />, need: '批准两库', who: 'office' },
    { key: '/library/areas', label: '按统筹区不同', icon: <GlobalOutlined />, need: '维护两库', who: 'office' },
    { key: '/library/areas', label: '按统筹区不同', icon: <GlobalOutlined />, need: '批准两库', who: 'office' },
    { key: '/library/exemptions', label: '有期限的豁免', icon: <ControlOutlined />, need: '维护两库', who: 'office' },
    { key: '/library/exemptions', label: '有期限的豁免', icon: <ControlOutlined />, need: '批准两库', who: 'office' },
    { key: '/library/basis', label: '依据废止', icon: <FileExcelOutlined />, need: ['查看疑点', '维护两库'], who: 'office', whole: true },
    { key: '/library/basis', label: '依据废止', icon: <FileExcelOutlined />, need: ['查看疑点', '批准两库'], who: 'office', whole: true },
    { key: '/library/samples', label: '盲审样本', icon: <ExperimentOutlined />, need: '初审', who: 'office' },
    { key: '/library/samples', label: '盲审样本', icon: <ExperimentOutlined />, need: '复审', who: 'office' },
    { key: '/library/samples', label: '盲审样本', icon: <ExperimentOutlined />, need: '批准两库', who: 'office' },
  ],
  routes: [
    { path: 'library', lazy: page(() => import('./library/Cards')) },
    { path: 'library/points', lazy: page(() => import('./library/Points')) },
    { path: 'library/sources', lazy: page(() => import('./library/Sources')) },
    { path: 'library/versions', lazy: page(() => import('./library/Versions')) },
    { path: 'library/versions/:id', lazy: page(() => import('./library/Version')) },
    { path: 'library/exemptions', lazy: page(() => import('./library/Exemptions')) },
    { path: 'library/areas', lazy: page(() => import('./library/Areas')) },
    { path: 'library/basis', lazy: page(() => import('./library/Basis')) },
    { path: 'library/samples', lazy: page(() => import('./library/Samples')) },
    { path: 'library/cards/:id', lazy: page(() => import('./library/Card')) },
  ],
}
