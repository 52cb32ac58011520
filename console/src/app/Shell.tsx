import { LogoutOutlined } from '@ant-design/icons'
import { Breadcrumb, Dropdown, Layout, Menu, Spin } from 'antd'
import { lazy, Suspense, useEffect, useState } from 'react'
import { Link, Navigate, Outlet, useLocation, useNavigate } from 'react-router'
import { useSession } from '../api/session'
import { Who } from '../parts/Who'
import { areas, groups } from '../areas'
import type { Place } from './area'

const Bell = lazy(() => import('./Bell'))
const Marked = lazy(() => import('./Marked')) // for experts only
const places = areas.flatMap((a) => a.places)

export function Shell() {
  const { session, asking, trouble, signOut, may } = useSession()
  const { pathname } = useLocation()
  const navigate = useNavigate()
  const [narrow, setNarrow] = useState(false)
  const here = places.filter((p) => pathname === p.key || (p.key !== '/' && pathname.startsWith(p.key + '/'))).sort((a, b) => b.key.length - a.key.length)[0]
  useEffect(() => {
    document.title = `${here?.label ?? '明鉴'} · 明鉴医保基金智能监管`
  }, [here])
  if (asking) return <Spin fullscreen />
  if (!session) return <Navigate to="/login" replace state={{ from: pathname, trouble }} />
  const open = (p: Place) => [p.need ?? []].flat().every(may) && (!p.who || (p.who === 'institution') === !!session.fixmedins_code) && (!p.whole || !session.admdvs)
  const menu = groups.map((g) => ({ title: g.title, items: g.areas.flatMap((a) => a.places).filter(open).map(({ key, label, icon }) => ({ key, label, icon })) })).filter((g) => g.items.length > 0)
  const go = (to: string) => {
    if (window.matchMedia('(max-width: 640px)').matches) setNarrow(true) // there the wide menu lies over the page
    void navigate(to)
  }
  return (
    <Layout style={{ height: '100%' }}>
      <Layout.Sider width={176} collapsedWidth={56} breakpoint="lg" collapsible collapsed={narrow} onCollapse={setNarrow} theme="dark">
        <div style={{ display: 'flex', flexDirection: 'column', height: '100%' }}>
          <Link to="/" style={{ display: 'flex', alignItems: 'center', gap: 10, padding: '12px 14px', color: '#fff', fontSize: 18, fontWeight: 600 }}>
            <img src="/mark.svg" alt="" width={28} height={28} />
            <span style={{ overflow: 'hidden', whiteSpace: 'nowrap' }}>明鉴</span>
          </Link>
          <Menu
            theme="dark" mode="inline" style={{ flex: 1, minHeight: 0, overflowY: 'auto' }} selectedKeys={here ? [here.key] : []} onClick={(e) => go(e.key)}
            items={narrow || menu.length < 2 ? menu.flatMap((g, i) => [...(i ? [{ type: 'divider' as const, key: g.title }] : []), ...g.items]) : menu.map((g) => ({ type: 'group' as const, key: g.title, label: g.title, children: g.items }))}
          />
        </div>
      </Layout.Sider>
      <Layout>
        <Layout.Header style={{ display: 'flex', alignItems: 'center', borderBottom: '1px solid #eaecf0', lineHeight: '48px' }}>
          <Breadcrumb items={crumbs(pathname, here)} style={{ flex: 1 }} />
          <Suspense fallback={null}><Bell places={places.filter(open)} /></Suspense>
          <Dropdown menu={{ items: [{ key: 'out', icon: <LogoutOutlined />, label: '退出', onClick: () => void signOut() }] }} trigger={['click']}>
            <a role="button" tabIndex={0} aria-label="用户菜单"><Who login={session.login} />　<span className="quiet">{session.roles.join('、')}</span></a>
          </Dropdown>
        </Layout.Header>
        <Layout.Content style={{ padding: 12, minHeight: 0, overflow: 'auto', background: '#f2f4f7' }}>
          <Suspense fallback={<Spin />}>
            {session.roles.includes('合议专家') ? (
              <Marked login={session.login}><Outlet /></Marked>
            ) : (
              <Outlet />
            )}
          </Suspense>
        </Layout.Content>
      </Layout>
    </Layout>
  )
}

function crumbs(path: string, here?: { key: string; label: string }) {
  const items = [{ title: <Link to="/">首页</Link> }]
  if (here && here.key !== '/') {
    items.push({ title: path === here.key ? <span>{here.label}</span> : <Link to={here.key}>{here.label}</Link> })
    if (path !== here.key) items.push({ title: <span>详情</span> })
  }
  return items
}
