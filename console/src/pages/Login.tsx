import { LockOutlined, SafetyCertificateOutlined, UserOutlined } from '@ant-design/icons'
import { Alert, Button, Form, Input } from 'antd'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Navigate, useLocation, useSearchParams } from 'react-router'
import { get } from '../api/client'
import { useSession } from '../api/session'

// Why who came back from the other office is not signed in.
const whys: Record<string, string> = {
  state: '登录请求已失效或已用过，请重新登录',
  token: '统一认证的答复不可信，没有登录。请重试；仍不行请找管理员',
  unknown: '统一认证认得您，但这里没有您可用的账号，请找管理员开通',
  locked: '账号因连续登录失败已锁定，请 15 分钟后再试，或请管理员解除',
  unreachable: '统一认证现在连不上，请稍后再试，或用登录名和口令登录',
  refused: '统一认证没有同意登录',
  often: '登录太频繁，请过几秒再试',
  off: '没有开通统一认证，请用登录名和口令登录',
}

export function Page() {
  const { session, signIn } = useSession()
  const { state } = useLocation() as { state?: { from?: string; trouble?: string } }
  const [busy, setBusy] = useState(false)
  const [query] = useSearchParams()
  const [why, setWhy] = useState(whys[query.get('why') ?? ''] ?? state?.trouble ?? '')
  const ways = useQuery({ queryKey: ['sign-in-ways'], queryFn: () => get<{ oidc: string }>('/api/session/oidc'), retry: false })
  if (session) return <Navigate to={state?.from && state.from !== '/login' ? state.from : '/'} replace />
  return (
    <div style={{ minHeight: '100%', display: 'grid', placeItems: 'center', background: 'linear-gradient(160deg,#0f2747 0%,#1458b8 70%,#3b82d6 100%)' }}>
      <div style={{ width: 380, background: '#fff', borderRadius: 8, padding: '32px 36px 20px', boxShadow: '0 12px 40px rgba(0,0,0,.25)' }}>
        <div style={{ display: 'flex', alignItems: 'center', gap: 12, marginBottom: 4 }}>
          <img src="/mark.svg" alt="" width={40} height={40} />
          <h1 style={{ fontSize: 22, margin: 0 }}>明鉴</h1>
        </div>
        <p className="quiet" style={{ margin: '0 0 20px' }}>医保基金智能监管</p>
        <Form
          layout="vertical" requiredMark={false} size="large"
          onFinish={async (v: { login: string; password: string }) => {
            setBusy(true)
            setWhy('')
            try {
              await signIn(v.login.trim(), v.password)
            } catch (e) {
              setWhy((e as Error).message)
              setBusy(false)
            }
          }}
        >
          {why && <Alert type="error" showIcon title={why} style={{ marginBottom: 16 }} />}
          <Form.Item name="login" rules={[{ required: true, message: '请输入登录名' }]}>
            <Input prefix={<UserOutlined />} placeholder="登录名" autoComplete="username" autoFocus aria-label="登录名" />
          </Form.Item>
          <Form.Item name="password" rules={[{ required: true, message: '请输入口令' }]}>
            <Input.Password prefix={<LockOutlined />} placeholder="口令" autoComplete="current-password" aria-label="口令" />
          </Form.Item>
          <Button type="primary" htmlType="submit" block loading={busy}>登录</Button>
        </Form>
        {ways.data?.oidc && (
          <Button size="large" block icon={<SafetyCertificateOutlined />} style={{ marginTop: 4 }} href={'/api/session/oidc/start?from=' + encodeURIComponent(state?.from ?? '/')}>
            {ways.data.oidc}
          </Button>
        )}
        <p className="quiet" style={{ fontSize: 12, marginTop: 20, marginBottom: 0 }}>忘记口令请找管理员重设。连续 5 次失败会锁定 15 分钟。</p>
      </div>
    </div>
  )
}
