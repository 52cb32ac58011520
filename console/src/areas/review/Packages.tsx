import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Empty, Space, Table } from 'antd'
import { Link } from 'react-router'
import { call, get } from '../../api/client'
import { type Notice, type Pack, seen } from '../../api/review'
import { useSession } from '../../api/session'
import { count, yuan } from '../../parts/words'

// Page lists packages: the bureau makes and sends them, an institution signs for them and answers.
export function Page() {
  const { session, may } = useSession()
  const { message } = App.useApp()
  const queries = useQueryClient()
  const packs = useQuery({ queryKey: ['packages'], queryFn: () => get<{ items: Pack[] }>('/api/review/packages?limit=200') })
  const waiting = useQuery({ queryKey: ['notices'], queryFn: () => get<{ items: Notice[] }>('/api/review/notices?waiting=true&limit=200') })
  const own = !!session?.fixmedins_code
  const act = useMutation({
    mutationFn: (x: { path: string; version?: number; body?: unknown }) => call('POST', x.path, x.body, x.version ? seen(x.version) : {}),
    onSuccess: () => {
      void message.success('已办')
      void queries.invalidateQueries()
    },
  })
  return (
    <div className="fit" style={{ background: '#fff', padding: 12, borderRadius: 4 }}>
      <Space style={{ marginBottom: 10 }}>
        {!own && may('派单') && <Button type="primary" loading={act.isPending} onClick={() => act.mutate({ path: '/api/review/packages', body: {} })}>把保留的疑点组包</Button>}
        <span className="quiet">{own ? '签收之日起计算申诉期限；不签收的，期满由系统推定送达' : '按机构、规则、月份组包；不到起点金额的留到年末'}</span>
      </Space>
      {(act.error ?? packs.error) && <Alert type="error" showIcon title={(act.error ?? packs.error)!.message} style={{ marginBottom: 8 }} />}
      {own && (waiting.data?.items.length ?? 0) > 0 && (
        <Alert type="info" showIcon style={{ marginBottom: 8 }} title={`有 ${waiting.data!.items.length} 份文书待签收`} action={<Link to="/answers?state=待签收">去签收</Link>} />
      )}
      <div className="grow">
        <Table<Pack>
          size="small" rowKey="package_id" dataSource={packs.data?.items ?? []} loading={packs.isPending} pagination={false} sticky
          locale={{ emptyText: <Empty description={own ? '还没有发来的疑点包' : '还没有疑点包：初审保留之后，在这里组包发出'} /> }}
          columns={[
            { title: '机构', key: 'i', render: (_, p) => p.fixmedins_name || p.fixmedins_code },
            { title: '规则', dataIndex: 'rule_id', width: 90 }, { title: '月份', dataIndex: 'month', width: 90 }, { title: '类别', dataIndex: 'kind', width: 70 },
            { title: '疑点', dataIndex: 'findings', width: 70, align: 'right', render: count }, { title: '基金（元）', dataIndex: 'fund_fen', width: 120, align: 'right', render: yuan },
            { title: '状态', dataIndex: 'state', width: 80 }, { title: '发出', dataIndex: 'sent_at', width: 110, render: (s: string) => s.slice(0, 10) },
            {
              title: '', key: 'a', width: 190,
              render: (_, p) => (
                <Space>
                  <Link to={`/findings?package=${p.package_id}`}>查看疑点</Link>
                  {p.state === '待发' && may('派单') && <Button size="small" onClick={() => act.mutate({ path: `/api/review/packages/${p.package_id}/send`, version: p.version })}>发出</Button>}
                  {own && p.state === '已送达' && may('申诉') && <Button size="small" onClick={() => act.mutate({ path: `/api/review/packages/${p.package_id}/accept`, version: p.version, body: {} })}>整包认可</Button>}
                </Space>
              ),
            },
          ]}
        />
      </div>
    </div>
  )
}
