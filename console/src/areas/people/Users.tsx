import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Dropdown, Form, Input, Modal, Select, Space, Table, Tag, Typography } from 'antd'
import { useMemo, useState } from 'react'
import type { components } from '../../api/schema'
import { call, get } from '../../api/client'
import { useSession } from '../../api/session'
import { useDivisions } from '../../parts/divisions'
import { moment } from '../data/words'

type User = components['schemas']['UserItem']
type Role = components['schemas']['RoleItem']
type Inst = components['schemas']['InstItem']

interface Told {
  login: string
  password: string
}

export function Page() {
  const { session } = useSession()
  const { message, modal } = App.useApp()
  const queries = useQueryClient()
  const area = useDivisions()
  const [find, setFind] = useState('')
  const [role, setRole] = useState<string>()
  const [editing, setEditing] = useState<User | 'new'>()
  const [told, setTold] = useState<Told>()
  const q = useQuery({ queryKey: ['users'], queryFn: () => get<{ items: User[] | null }>('/api/people/users') })
  const roles = useQuery({ queryKey: ['roles'], queryFn: () => get<{ items: Role[] | null }>('/api/people/roles'), staleTime: Infinity })
  const insts = useQuery({ queryKey: ['insts'], queryFn: () => get<{ items: Inst[] | null }>('/api/people/institutions') })
  const names = useMemo(() => new Map((insts.data?.items ?? []).map((i) => [i.fixmedins_code, i.name])), [insts.data])
  const act = useMutation({
    mutationFn: ({ u, what }: { u: User; what: string }) => call<User & { password?: string }>('POST', `/api/people/users/${u.login}/${what}`, undefined, { 'if-match': `"${u.version}"` }),
    onSuccess: (r, { what }) => (what === 'password' ? setTold({ login: r.login, password: r.password ?? '' }) : message.success('已办好')),
    onError: (e) => message.error(e.message, 6),
    onSettled: () => queries.invalidateQueries({ queryKey: ['users'] }),
  })
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  const rows = (q.data?.items ?? []).filter((u) => (!find || u.login.includes(find) || u.name.includes(find) || u.fixmedins_code.includes(find)) && (!role || u.roles?.includes(role)))
  const ask = (u: User, what: string, title: string, text: string) => modal.confirm({ title, content: text, okText: '确定', cancelText: '取消', onOk: () => act.mutateAsync({ u, what }).catch(() => undefined) })
  return (
    <div style={{ background: '#fff', padding: 12, borderRadius: 4 }}>
      <Space wrap style={{ marginBottom: 10 }}>
        <Input.Search placeholder="登录名、姓名或机构编码" allowClear onSearch={setFind} style={{ width: 240 }} aria-label="查找用户" />
        <Select placeholder="角色" allowClear style={{ width: 170 }} value={role} onChange={setRole} options={(roles.data?.items ?? []).map((r) => ({ value: r.name, label: r.name }))} />
        <Button type="primary" onClick={() => setEditing('new')}>新增用户</Button>
        <span className="quiet">共 {rows.length} 人</span>
      </Space>
      <Table<User>
        size="small" rowKey="login" dataSource={rows} loading={q.isPending} pagination={{ pageSize: 50, hideOnSinglePage: true }} sticky
        columns={[
          { title: '登录名', dataIndex: 'login', width: 130, sorter: (a, b) => a.login.localeCompare(b.login) },
          { title: '姓名', dataIndex: 'name', width: 110 },
          { title: '角色', dataIndex: 'roles', render: (rs: string[] | null) => rs?.map((r) => <Tag key={r}>{r}</Tag>) },
          { title: '能看谁的数据', key: 'scope', ellipsis: true, render: (_, u) => (u.fixmedins_code ? `${names.get(u.fixmedins_code) ?? ''} ${u.fixmedins_code}` : u.admdvs ? area(u.admdvs) : '全部') },
          { title: '状态', key: 'state', width: 150, render: (_, u) => (u.disabled ? <Tag>已停用</Tag> : u.locked_until ? <Tag color="red">锁定到 {u.locked_until.slice(11, 16)}</Tag> : <span style={{ color: '#237804' }}>正常</span>) },
          { title: '最近使用', dataIndex: 'used_at', width: 140, render: (s: string) => moment(s) || <span className="quiet">近来没有</span> },
          {
            title: '', key: 'do', width: 130,
            render: (_, u) => {
              const self = u.login === session?.login
              return (
                <Space>
                  <Button size="small" type="link" disabled={self} onClick={() => setEditing(u)}>改权限</Button>
                  <Dropdown
                    trigger={['click']}
                    menu={{
                      items: [
                        { key: 'p', label: '重设口令', onClick: () => ask(u, 'password', `重设 ${u.name}（${u.login}）的口令？`, '原口令立即失效，已登录的会退出。新口令只显示一次。') },
                        ...(u.locked_until ? [{ key: 'u', label: '解除锁定', onClick: () => act.mutate({ u, what: 'unlock' }) }] : []),
                        u.disabled
                          ? { key: 'e', label: '启用', onClick: () => ask(u, 'enable', `启用 ${u.name}（${u.login}）？`, '') }
                          : { key: 'd', danger: true, disabled: self, label: '停用', onClick: () => ask(u, 'disable', `停用 ${u.name}（${u.login}）？`, '立即不能登录，已登录的会退出；办过的事都留着。') },
                      ],
                    }}
                  >
                    <Button size="small" type="link">更多</Button>
                  </Dropdown>
                </Space>
              )
            },
          },
        ]}
      />
      {editing && (
        <Edit
          user={editing === 'new' ? undefined : editing} roles={roles.data?.items ?? []} insts={insts.data?.items ?? []}
          done={(t) => {
            setEditing(undefined)
            setTold(t)
            void queries.invalidateQueries({ queryKey: ['users'] })
          }}
          cancel={() => setEditing(undefined)}
        />
      )}
      <Modal open={!!told} title="口令只显示这一次" onCancel={() => setTold(undefined)} footer={<Button type="primary" onClick={() => setTold(undefined)}>我已记下</Button>}>
        <p>登录名 <b>{told?.login}</b></p>
        <p>口令 <Typography.Text code copyable style={{ fontSize: 16 }}>{told?.password}</Typography.Text></p>
        <p className="quiet">请当面或用安全的方式交给本人，提醒他登录后在右上角修改。</p>
      </Modal>
    </div>
  )
}

interface Fields {
  login: string; name: string; roles: string[]; admdvs?: string; fixmedins_code?: string
}

function Edit({ user, roles, insts, done, cancel }: { user?: User; roles: Role[]; insts: Inst[]; done: (t?: Told) => void; cancel: () => void }) {
  const [form] = Form.useForm<Fields>()
  const [why, setWhy] = useState('')
  const [busy, setBusy] = useState(false)
  const chosen = (Form.useWatch('roles', form) ?? user?.roles ?? []) as string[]
  const outside = roles.some((r) => r.outside && chosen.includes(r.name))
  const save = async (v: Fields) => {
    setBusy(true)
    setWhy('')
    try {
      if (user) {
        await call('PUT', `/api/people/users/${user.login}/roles`, { roles: v.roles, admdvs: outside ? '' : (v.admdvs ?? ''), fixmedins_code: v.fixmedins_code ?? '' }, { 'if-match': `"${user.version}"` })
        done()
      } else {
        const r = await call<Told>('POST', '/api/people/users', { ...v, admdvs: outside ? undefined : v.admdvs || undefined, fixmedins_code: v.fixmedins_code || undefined })
        done({ login: r.login, password: r.password })
      }
    } catch (e) {
      setWhy((e as Error).message)
    }
    setBusy(false)
  }
  return (
    <Modal open title={user ? `${user.name}（${user.login}）的权限` : '新增用户'} onCancel={cancel} okText={user ? '保存' : '新增'} cancelText="取消" confirmLoading={busy} onOk={() => form.submit()} width={620}>
      {why && <Alert type="error" showIcon title={why} style={{ marginBottom: 12 }} />}
      <Form<Fields> form={form} layout="vertical" onFinish={save} initialValues={user ? { ...user, roles: user.roles ?? [] } : undefined}>
        {!user && (
          <>
            <Form.Item name="login" label="登录名" rules={[{ required: true, pattern: /^[a-z][a-z0-9._-]{1,31}$/, message: '2 到 32 个小写字母、数字或 . _ -，以字母开头' }]}><Input autoFocus autoComplete="off" /></Form.Item>
            <Form.Item name="name" label="姓名" rules={[{ required: true, message: '请写姓名' }]}><Input autoComplete="off" /></Form.Item>
          </>
        )}
        <Form.Item name="roles" label="角色" rules={[{ required: true, message: '至少一个角色' }]} extra={roles.filter((r) => chosen.includes(r.name)).map((r) => `${r.name}：${r.does}`).join('；')}>
          <Select mode="multiple" optionFilterProp="label" options={roles.map((r) => ({ value: r.name, label: r.name, title: r.does }))} />
        </Form.Item>
        <Form.Item name="fixmedins_code" label={outside ? '机构（必填：只看这家机构的数据）' : '机构（不填为不限）'} rules={[{ required: outside, message: '机构的角色必须指定机构' }]}>
          <Select allowClear showSearch optionFilterProp="label" options={insts.map((i) => ({ value: i.fixmedins_code, label: `${i.name} ${i.fixmedins_code}` }))} />
        </Form.Item>
        {!outside && <Form.Item name="admdvs" label="区划（不填为全部）" rules={[{ pattern: /^(\d{2}){0,3}$/, message: '2、4 或 6 位数字' }]}><Input placeholder="如 990101" /></Form.Item>}
      </Form>
    </Modal>
  )
}
