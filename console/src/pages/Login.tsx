import { LockOutlined, UserOutlined } from '@ant-design/icons'
import { Alert, Button, Form, Input } from 'antd'
import { useState } from 'react'
import { Navigate, useLocation } from 'react-router'
import { useSession } from '../api/session'

export function Page() {
  const { session, signIn } = useSession()
  const { state } = useLocation() as { state?: { from?: string; trouble?: string } }
  const [busy, setBusy] = useState(false)
  const [why, setWhy] = useState(state?.trouble ?? '')
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
        <p className="quiet" style={{ fontSize: 12, marginTop: 20, marginBottom: 0 }}>忘记口令请找管理员重设。连续 5 次失败会锁定 15 分钟。</p>
      </div>
    </div>
  )
}
