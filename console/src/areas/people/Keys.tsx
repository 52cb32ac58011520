import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, DatePicker, Empty, Form, Input, Modal, Popconfirm, Select, Table, Tag, Typography } from 'antd'
import type { Dayjs } from 'dayjs'
import { useState } from 'react'
import type { components } from '../../api/schema'
import { call, get } from '../../api/client'
import { moment } from '../data/words'

type Key = components['schemas']['KeyItem']
type Inst = components['schemas']['InstItem']

export function Page() {
  const { message } = App.useApp()
  const queries = useQueryClient()
  const [adding, setAdding] = useState(false)
  const [told, setTold] = useState<{ key_id: string; secret: string }>()
  const [form] = Form.useForm()
  const q = useQuery({ queryKey: ['keys'], queryFn: () => get<{ items: Key[] | null }>('/api/people/keys') })
  const insts = useQuery({ queryKey: ['insts'], queryFn: () => get<{ items: Inst[] | null }>('/api/people/institutions') })
  const again = () => queries.invalidateQueries({ queryKey: ['keys'] })
  const revoke = useMutation({ mutationFn: (id: string) => call('POST', `/api/people/keys/${id}/revoke`), onError: (e) => message.error(e.message), onSettled: again })
  const add = useMutation({
    mutationFn: (v: { name: string; fixmedins_code?: string; expires?: Dayjs }) =>
      call<{ key_id: string; secret: string }>('POST', '/api/people/keys', { name: v.name, fixmedins_code: v.fixmedins_code || undefined, expires_on: v.expires?.format('YYYY-MM-DD') }),
    onSuccess: (r) => {
      setAdding(false)
      setTold(r)
      form.resetFields()
    },
    onError: (e) => message.error(e.message, 6),
    onSettled: again,
  })
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  return (
    <div style={{ background: '#fff', padding: 12, borderRadius: 4 }}>
      <Button type="primary" style={{ marginBottom: 10 }} onClick={() => setAdding(true)}>新增密钥</Button>
      <Table<Key>
        size="small" rowKey="key_id" dataSource={q.data?.items ?? []} loading={q.isPending} pagination={false}
        locale={{ emptyText: <Empty description="还没有接口密钥：医院系统事前事中调用、网关接入时各发一个" /> }}
        columns={[
          { title: '给哪个系统用', dataIndex: 'name' },
          { title: '密钥编号（paasid）', dataIndex: 'key_id', width: 260 },
          { title: '机构', dataIndex: 'fixmedins_code', width: 160, render: (s: string, k) => s || (k.admdvs ? `区划 ${k.admdvs}` : '全部') },
          { title: '建立', dataIndex: 'made_at', width: 140, render: moment },
          { title: '到期', dataIndex: 'expires_at', width: 140, render: (s: string) => moment(s) || '不过期' },
          { title: '状态', key: 's', width: 130, render: (_, k) => (k.revoked_at ? <Tag>已作废</Tag> : k.expires_at && Date.parse(k.expires_at) < Date.now() ? <Tag>已过期</Tag> : <span style={{ color: '#237804' }}>有效</span>) },
          {
            title: '', key: 'do', width: 80,
            render: (_, k) => !k.revoked_at && <Popconfirm title={`作废“${k.name}”的密钥？用它的系统立即连不上`} okText="作废" cancelText="不" onConfirm={() => revoke.mutate(k.key_id)}><Button size="small" type="link" danger>作废</Button></Popconfirm>,
          },
        ]}
      />
      <Modal open={adding} title="新增接口密钥" okText="新增" cancelText="取消" confirmLoading={add.isPending} onCancel={() => setAdding(false)} onOk={() => form.submit()}>
        <Form form={form} layout="vertical" onFinish={(v) => add.mutate(v)}>
          <Form.Item name="name" label="给哪个系统用" rules={[{ required: true, message: '请写明系统' }]}><Input placeholder="如 市一院 HIS" autoFocus /></Form.Item>
          <Form.Item name="fixmedins_code" label="机构（只能送这家机构的数据）"><Select allowClear showSearch optionFilterProp="label" options={(insts.data?.items ?? []).map((i) => ({ value: i.fixmedins_code, label: `${i.name} ${i.fixmedins_code}` }))} /></Form.Item>
          <Form.Item name="expires" label="用到哪一天（不填为不过期）"><DatePicker style={{ width: '100%' }} /></Form.Item>
        </Form>
      </Modal>
      <Modal open={!!told} title="密钥只显示这一次" onCancel={() => setTold(undefined)} footer={<Button type="primary" onClick={() => setTold(undefined)}>我已记下</Button>}>
        <p>编号 <Typography.Text code copyable>{told?.key_id}</Typography.Text></p>
        <p>密钥 <Typography.Text code copyable>{told?.secret}</Typography.Text></p>
      </Modal>
    </div>
  )
}
