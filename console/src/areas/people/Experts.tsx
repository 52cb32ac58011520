import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, DatePicker, Empty, Modal, Table, Tag } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useState } from 'react'
import type { components } from '../../api/schema'
import { Who } from '../../parts/Who'
import { call, get } from '../../api/client'

type Expert = components['schemas']['ExpertItem']

export function Page() {
  const { message } = App.useApp()
  const queries = useQueryClient()
  const [of, setOf] = useState<Expert>()
  const [term, setTerm] = useState<[Dayjs, Dayjs]>()
  const q = useQuery({ queryKey: ['experts'], queryFn: () => get<{ items: Expert[] | null }>('/api/people/experts') })
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  const save = async () => {
    if (!of || !term) return
    try {
      await call('PUT', `/api/people/experts/${of.login}/term`, { from: term[0].format('YYYY-MM-DD'), until: term[1].format('YYYY-MM-DD') })
      setOf(undefined)
    } catch (e) {
      message.error((e as Error).message, 6)
    }
    void queries.invalidateQueries({ queryKey: ['experts'] })
  }
  return (
    <div style={{ background: '#fff', padding: 12, borderRadius: 4 }}>
      <p className="quiet" style={{ marginTop: 0 }}>专家只在聘期内、只看交给自己合议的疑点；姓名证件已遮，页面带水印。新专家先由管理员建账号（角色“合议专家”），再在这里聘任。</p>
      <Table<Expert>
        size="small" rowKey="login" dataSource={q.data?.items ?? []} loading={q.isPending} pagination={false}
        locale={{ emptyText: <Empty description="还没有合议专家的账号" /> }}
        columns={[
          { title: '登录名', dataIndex: 'login', width: 160 },
          { title: '姓名', dataIndex: 'name', width: 160 },
          { title: '聘期', key: 't', render: (_, e) => (e.from ? `${e.from} 至 ${e.until}` : <span className="quiet">没有聘任</span>) },
          { title: '现在', dataIndex: 'serving', width: 120, render: (s: boolean) => (s ? <Tag color="green">在聘</Tag> : <Tag>不在聘期</Tag>) },
          { title: '聘任人', dataIndex: 'made_by', width: 140, render: (l: string) => <Who login={l} /> },
          { title: '', key: 'do', width: 90, render: (_, e) => <Button size="small" type="link" onClick={() => { setOf(e); setTerm(e.from ? [dayjs(e.from), dayjs(e.until)] : [dayjs(), dayjs().add(2, 'year')]) }}>聘任</Button> },
        ]}
      />
      <Modal open={!!of} title={`聘任 ${of?.name ?? ''}（${of?.login ?? ''}）`} okText="聘任" cancelText="取消" onCancel={() => setOf(undefined)} onOk={save}>
        <DatePicker.RangePicker style={{ width: '100%' }} allowClear={false} value={term} onChange={(v) => v?.[0] && v[1] && setTerm([v[0], v[1]])} />
      </Modal>
    </div>
  )
}
