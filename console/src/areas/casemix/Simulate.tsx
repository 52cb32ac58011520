import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Card, Empty, Form, Grid, Input, Skeleton, Space, Table, Tag } from 'antd'
import { useState } from 'react'
import { call, get } from '../../api/client'
import { yuan } from '../../parts/words'
import { insuredWord, type Job, per, type Setup, setup, type Simulated } from './api'
import { Sample, Trouble } from './Note'
import { watch } from './watch'

type Shift = NonNullable<Simulated['shifts']>[number]

// Parameters are tried on a past year before they are decided. Nothing that is in force changes.
export function Page() {
  const [open, setOpen] = useState('')
  const wide = Grid.useBreakpoint().lg !== false
  const s = useQuery({ queryKey: ['casemix-setup'], queryFn: setup })
  const list = useQuery({ queryKey: ['simulations'], queryFn: () => get<Simulated[] | null>('/api/casemix/simulations') })
  if (s.error ?? list.error) return <Trouble error={(s.error ?? list.error)!} />
  if (!s.data || !list.data) return <Skeleton active />
  const id = open || list.data[0]?.id
  return (
    <div style={{ display: 'grid', gap: 10, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <Sample on={s.data.sample} />
      <div style={{ display: 'grid', gap: 10, gridTemplateColumns: wide ? '330px minmax(0, 1fr)' : 'minmax(0, 1fr)', alignItems: 'start' }}>
        <Card size="small" title={`换参数试算 ${s.data.year} 年`}><Try s={s.data} done={setOpen} /></Card>
        <div style={{ display: 'grid', gap: 10, gridTemplateColumns: 'minmax(0, 1fr)' }}>
          {id ? <Result id={id} /> : <Empty style={{ background: '#fff', padding: 60, margin: 0 }} description="还没有试算过：左边改一个或几个参数，给这次试算起个名字，点“试算”。不改任何已定的参数。" />}
          {list.data.length > 0 && (
            <Card size="small" title="做过的试算">
              <Table<Simulated>
                size="small" rowKey="id" dataSource={list.data} pagination={{ pageSize: 8, hideOnSinglePage: true }} scroll={{ x: 620 }} onRow={(r) => ({ onClick: () => setOpen(r.id), style: { cursor: 'pointer' } })} rowClassName={(r) => (r.id === id ? 'picked' : '')}
                columns={[
                  { title: '名字', render: (_, r) => <a role="button" tabIndex={0} onKeyDown={(e) => e.key === 'Enter' && setOpen(r.id)}>{r.try.name}</a>, ellipsis: true },
                  { title: '改动', render: (_, r) => Object.entries(r.try.set).map(([k, v]) => <Tag key={k}>{words(k)} {v}</Tag>) },
                  { title: '应清算差（元）', width: 150, align: 'right', render: (_, r) => yuan((r.shifts ?? []).reduce((n, x) => n + x.become - x.settled, 0)) },
                  { title: '谁', dataIndex: 'by', width: 100 }, { title: '何时', width: 140, render: (_, r) => r.at.slice(0, 16).replace('T', ' ') },
                ]}
              />
            </Card>
          )}
        </div>
      </div>
    </div>
  )
}

const names: Record<string, string> = { rate: '费率（点值）', total: '可分配总额', 'high.times': '高倍率', 'low.times': '低倍率', 'hospitals.3': '三级系数', 'hospitals.2': '二级系数', 'hospitals.1': '一级系数', ungrouped: '未入组付', 'month.ratio': '预结比例' }
const words = (k: string) => { const [ins = '', ...rest] = k.split('.'); return `${insuredWord(ins)}${names[rest.join('.')] ?? rest.join('.')}` }

function Try({ s, done }: { s: Setup; done: (id: string) => void }) {
  const { message } = App.useApp()
  const queries = useQueryClient()
  const go = useMutation({
    mutationFn: async (v: { name: string; set: Record<string, Record<string, string>>; more?: string }) => {
      const set: Record<string, string> = {}
      for (const [ins, ps] of Object.entries(v.set ?? {})) for (const [k, x] of Object.entries(ps)) if (x?.trim()) set[`${ins}.${k.replaceAll('__', '.')}`] = x.trim()
      for (const l of (v.more ?? '').split('\n')) { const [k, x] = l.split('='); if (k?.trim() && x !== undefined) set[k.trim()] = x.trim() }
      return watch(await call<Job>('POST', '/api/casemix/simulations', { name: v.name, set }))
    },
    onSuccess: (j) => { message.success(`算好了：${j.message}`); void queries.invalidateQueries({ queryKey: ['simulations'] }); done(j.job_id) },
    onError: (e) => message.error(e.message, 8),
  })
  return (
    <Form layout="vertical" size="small" onFinish={(v) => go.mutate(v)}>
      <Form.Item name="name" label="试算名称" rules={[{ required: true, message: '起个名字' }]}><Input placeholder="如 职工费率提高 3%" maxLength={100} /></Form.Item>
      {(s.insured ?? []).map((i) => {
        const unit = i.mode === 'DRG' ? '费率' : '点值'
        const put = (key: string, label: string, now: string) => <Form.Item name={['set', i.insutype, key]} label={label} style={{ marginBottom: 6 }}><Input placeholder={now} inputMode="decimal" style={{ width: 92 }} /></Form.Item>
        return (
          <div key={i.insutype} style={{ borderTop: '1px solid #eaecf0', paddingTop: 6 }}>
            <b>{insuredWord(i.insutype)}（{i.mode}，{i.floating ? '浮动' : '固定'}{unit}）</b>
            <Space wrap size={[10, 0]}>
              {i.floating ? put('total', '可分配总额', String(i.total / 100)) : put('rate', unit, per(i.rate, 2))}
              {i.high_times > 0 && put('high__times', '高倍率倍数', per(i.high_times, 2))}
              {i.low_times > 0 && put('low__times', '低倍率倍数', per(i.low_times, 2))}
              {put('hospitals__3', '三级系数', '不改')}{put('hospitals__2', '二级系数', '不改')}{put('hospitals__1', '一级系数', '不改')}
            </Space>
          </div>
        )
      })}
      <Form.Item name="more" label="其他参数（一行一个，参数=值）"><Input.TextArea rows={3} placeholder="310.month.ratio=0.9" /></Form.Item>
      <Button type="primary" htmlType="submit" block loading={go.isPending}>试算</Button>
      <div className="quiet" style={{ marginTop: 6 }}>空着的照现行参数。在另一个进程里算，离开这一页照样进行。</div>
    </Form>
  )
}

function Result({ id }: { id: string }) {
  const q = useQuery({ queryKey: ['simulation', id], queryFn: () => get<Simulated>(`/api/casemix/simulations/${encodeURIComponent(id)}`) })
  if (q.error) return <Trouble error={q.error} />
  if (!q.data) return <Skeleton active />
  const rows = q.data.shifts ?? []
  const sum = (f: (s: Shift) => number) => rows.reduce((n, s) => n + f(s), 0)
  const diff = (n: number) => <span style={{ color: n < 0 ? '#cf1322' : n > 0 ? '#3f8600' : undefined }}>{n > 0 ? '+' : ''}{yuan(n)}</span>
  return (
    <Card size="small" title={`试算结果：${q.data.try.name}`} extra={<Space wrap>{Object.entries(q.data.try.set).map(([k, v]) => <Tag key={k} color="blue">{words(k)} → {v}</Tag>)}</Space>}>
      <Table<Shift>
        size="small" rowKey={(s) => s.insutype + s.fixmedins_code} dataSource={rows} pagination={{ pageSize: 15, hideOnSinglePage: true, showSizeChanger: false }} scroll={{ x: 860 }}
        columns={[
          { title: '险种', width: 56, render: (_, s) => insuredWord(s.insutype) },
          { title: '机构', render: (_, s) => s.fixmedins_name || s.fixmedins_code, ellipsis: true },
          { title: '现行应付', width: 108, align: 'right', render: (_, s) => yuan(s.was) }, { title: '试算应付', width: 108, align: 'right', render: (_, s) => yuan(s.would) },
          { title: '差', width: 98, align: 'right', render: (_, s) => diff(s.would - s.was), sorter: (a, b) => a.would - a.was - b.would + b.was },
          { title: '现行清算', width: 108, align: 'right', render: (_, s) => yuan(s.settled) }, { title: '试算清算', width: 108, align: 'right', render: (_, s) => yuan(s.become) },
          { title: '差', key: 'd', width: 98, align: 'right', render: (_, s) => diff(s.become - s.settled), sorter: (a, b) => a.become - a.settled - b.become + b.settled },
        ]}
        summary={() => (
          <Table.Summary.Row>
            <Table.Summary.Cell index={0} colSpan={2}><b>合计（元）</b></Table.Summary.Cell>
            {[yuan(sum((s) => s.was)), yuan(sum((s) => s.would)), diff(sum((s) => s.would - s.was)), yuan(sum((s) => s.settled)), yuan(sum((s) => s.become)), diff(sum((s) => s.become - s.settled))].map((v, i) => <Table.Summary.Cell key={i} index={i + 2} align="right"><b>{v}</b></Table.Summary.Cell>)}
          </Table.Summary.Row>
        )}
      />
    </Card>
  )
}
