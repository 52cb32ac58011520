import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, DatePicker, Empty, Input, Modal, Space, Table } from 'antd'
import dayjs from 'dayjs'
import { useState } from 'react'
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
  const [recalling, setRecalling] = useState<Pack>()
  const [receipt, setReceipt] = useState<Pack>()
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
              title: '', key: 'a', width: 230,
              render: (_, p) => (
                <Space>
                  <Link to={`/findings?package=${p.package_id}`}>查看疑点</Link>
                  {p.state === '待发' && may('派单') && <Button size="small" onClick={() => act.mutate({ path: `/api/review/packages/${p.package_id}/send`, version: p.version })}>发出</Button>}
                  {!own && p.state === '已发' && may('派单') && <Button size="small" onClick={() => setReceipt(p)}>登记回证</Button>}
                  {!own && ['已发', '已送达'].includes(p.state) && may('确认扣款') && <Button size="small" danger onClick={() => setRecalling(p)}>撤回</Button>}
                  {own && p.state === '已送达' && may('申诉') && <Button size="small" onClick={() => act.mutate({ path: `/api/review/packages/${p.package_id}/accept`, version: p.version, body: {} })}>整包认可</Button>}
                </Space>
              ),
            },
          ]}
        />
      </div>
      {recalling && <Recall p={recalling} onClose={() => setRecalling(undefined)} />}
      {receipt && <Receipt p={receipt} onClose={() => setReceipt(undefined)} />}
    </div>
  )
}

// useDone ends a form: everything on screen is asked for anew.
function useDone(said: string, close: () => void) {
  const { message } = App.useApp()
  const queries = useQueryClient()
  return () => {
    void message.success(said)
    void queries.invalidateQueries()
    close()
  }
}

// Recall takes a package back that was sent wrongly: whole, with notice, and what came in goes back.
function Recall({ p, onClose }: { p: Pack; onClose: () => void }) {
  const [why, setWhy] = useState('')
  const m = useMutation({ mutationFn: () => call('POST', `/api/review/packages/${p.package_id}/recall`, { opinion: why }, seen(p.version)), onSuccess: useDone('已撤回，已通知机构', onClose) })
  return (
    <Modal open title="撤回误发的疑点包" okText="整包撤回" cancelText="取消" okButtonProps={{ danger: true, disabled: why.trim().length < 2 }} confirmLoading={m.isPending} onCancel={onClose} onOk={() => m.mutate()}>
      <p style={{ marginTop: 0 }}>{p.fixmedins_name || p.fixmedins_code}，规则 {p.rule_id}，{p.month}：{count(p.findings)} 条疑点、基金 {yuan(p.fund_fen)} 元全部撤回并关闭，机构收到撤回通知；已扣、已收的退还机构。撤回后不能恢复。</p>
      <Input.TextArea rows={3} value={why} onChange={(e) => setWhy(e.target.value)} placeholder="为什么撤回，写进撤回通知" aria-label="撤回理由" />
      {m.error && <Alert type="error" showIcon title={m.error.message} style={{ marginTop: 8 }} />}
    </Modal>
  )
}

// Receipt records that a paper was signed for: the institution's limits begin with that day.
function Receipt({ p, onClose }: { p: Pack; onClose: () => void }) {
  const [day, setDay] = useState(dayjs())
  const [no, setNo] = useState('')
  const m = useMutation({ mutationFn: () => call('POST', `/api/review/notices/${p.notice_id}/delivered`, { day: day.format('YYYY-MM-DD'), receipt: no.trim() }), onSuccess: useDone('已登记送达', onClose) })
  return (
    <Modal open title="登记纸质送达回证" okText="登记" cancelText="取消" okButtonProps={{ disabled: !no.trim() }} confirmLoading={m.isPending} onCancel={onClose} onOk={() => m.mutate()}>
      <p style={{ marginTop: 0 }}>{p.fixmedins_name || p.fixmedins_code}，规则 {p.rule_id}，{p.month}，{count(p.findings)} 条疑点。申诉期限从签收日起算。</p>
      <Space>
        签收日 <DatePicker value={day} allowClear={false} maxDate={dayjs()} onChange={(d) => d && setDay(d)} aria-label="签收日" />
        回证编号 <Input value={no} onChange={(e) => setNo(e.target.value)} maxLength={200} style={{ width: 180 }} aria-label="回证编号" />
      </Space>
      {m.error && <Alert type="error" showIcon title={m.error.message} style={{ marginTop: 8 }} />}
    </Modal>
  )
}
