import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Card, Descriptions, Drawer, Empty, Form, Input, InputNumber, Radio, Select, Skeleton, Space, Statistic, Table, Tag } from 'antd'
import { type Chosen, Choose, FileList, Materials } from './Materials'
import { useState } from 'react'
import { useSearchParams } from 'react-router'
import { call, get, query } from '../../api/client'
import { useSession } from '../../api/session'
import { count, percent, wan, yuan } from '../../parts/words'
import { attach, type Candidate, change, insuredWord, type Special, type Stats, type Terms } from './api'
import { beside, Trouble } from './Note'

const colours: Record<string, string> = { 待补正: 'orange', 待评审: 'blue', 评审中: 'blue', 准予: 'green', 不准予: 'default', 退回: 'default' }

// Special review: hospitals apply, the bureau has a panel drawn, experts vote, the outcome goes into payment.
export function Page() {
  const { session, may } = useSession()
  const [state, setState] = useState('')
  const [params, setParams] = useSearchParams()
  const open = params.get('open') ?? '' // the application looked at: an address one can hand on
  const setOpen = (id: string) => setParams(id ? { open: id } : {})
  const q = useQuery({ queryKey: ['specials', state], queryFn: () => get<{ items: Special[] | null }>(`/api/casemix/specials${query({ state, limit: 200 })}`) })
  const stats = useQuery({ queryKey: ['special-stats'], queryFn: () => get<Stats>('/api/casemix/specials/stats') })
  const terms = useQuery({ queryKey: ['special-terms'], queryFn: () => get<Terms>('/api/casemix/specials/terms') })
  const trouble = q.error ?? stats.error ?? terms.error
  if (trouble) return <Trouble error={trouble} />
  if (!q.data || !stats.data || !terms.data) return <Skeleton active />
  const mine = !!session?.fixmedins_code
  const s = stats.data
  const now = (q.data.items ?? []).find((x) => x.special_id === open) // the list is read anew after every step
  return (
    <div style={{ display: 'grid', gap: 10, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <div style={{ display: 'grid', gap: 10, gridTemplateColumns: beside(220) }}>
        <Card size="small"><Statistic title="申报" value={count(s.asked)} suffix="例" /><div className="quiet">{Object.entries(s.by_state).map(([k, n]) => `${k} ${n}`).join('，') || '还没有申报'}</div></Card>
        <Card size="small"><Statistic title="通过率" value={percent(s.granted, s.judged)} /><div className="quiet">评审 {s.judged} 例，准予 {s.granted} 例</div></Card>
        <Card size="small"><Statistic title="准予的按项目统筹" value={wan(s.fund).join(' ')} /><div className="quiet">核减 {yuan(s.cut)} 元</div></Card>
        <Card size="small"><div className="quiet">申报条件</div><div>季度结束后 {terms.data.workdays} 个工作日内{terms.data.extended?.map((e) => `（${e.period} 延期到 ${e.until}）`).join('')}；DRG 不超过本季结算病例的 {terms.data.drg_share / 1e4}%，DIP 不超过 {terms.data.dip_share / 1e3}‰；材料：{terms.data.materials?.join('、')}</div></Card>
      </div>
      {mine && may('申诉') && <Apply terms={terms.data} />}
      <Card size="small" title="申报清单" extra={<Select aria-label="状态" size="small" style={{ width: 110 }} value={state} onChange={setState} options={['', ...Object.keys(colours)].map((v) => ({ value: v, label: v || '全部状态' }))} />}>
        <Table<Special>
          size="small" rowKey="special_id" dataSource={q.data.items ?? []} pagination={{ pageSize: 20, hideOnSinglePage: true, showSizeChanger: false }} scroll={{ x: 1080 }} onRow={(r) => ({ onClick: () => setOpen(r.special_id), style: { cursor: 'pointer' } })}
          locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={mine ? '还没有申报：上面选一例，写理由，附上材料' : '没有申报；机构申报后在这里评审'} /> }}
          columns={[
            { title: '就诊', width: 190, ellipsis: true, render: (_, r) => <a role="button" tabIndex={0} onKeyDown={(e) => e.key === 'Enter' && setOpen(r.special_id)}>{r.mdtrt_id}</a> },
            ...(mine ? [] : [{ title: '机构', render: (_: unknown, r: Special) => r.fixmedins_name || r.fixmedins_code, ellipsis: true }]),
            { title: '季度', dataIndex: 'period', width: 80 }, { title: '险种', width: 80, render: (_, r) => insuredWord(r.insutype) }, { title: '方式', dataIndex: 'pay_kind', width: 60 },
            { title: '理由', dataIndex: 'reason', width: 130 },
            { title: '总费用（元）', width: 115, align: 'right', render: (_, r) => yuan(r.cost) }, { title: '标准（元）', width: 115, align: 'right', render: (_, r) => yuan(r.standard) },
            { title: '倍数', width: 65, align: 'right', render: (_, r) => (r.standard ? (r.cost / r.standard).toFixed(1) : '') },
            { title: '专家', width: 70, align: 'right', render: (_, r) => (r.seats?.length ? `${r.seats.filter((x) => x.vote).length}/${r.seats.length}` : '') },
            { title: '状态', width: 90, render: (_, r) => <Tag color={colours[r.state]}>{r.state}</Tag> },
          ]}
        />
      </Card>
      <Drawer title={now ? `${now.mdtrt_id}　${now.state}` : '特例单议'} size={680} open={!!open} onClose={() => setOpen('')} destroyOnHidden>
        {open && <One id={open} terms={terms.data} />}
      </Drawer>
    </div>
  )
}

function Apply({ terms }: { terms: Terms }) {
  const { message } = App.useApp()
  const queries = useQueryClient()
  const q = useQuery({ queryKey: ['special-candidates'], queryFn: () => get<Candidate[] | null>('/api/casemix/specials/candidates') })
  const [form] = Form.useForm()
  const [files, setFiles] = useState<Chosen>({})
  const go = useMutation({
    mutationFn: async (v: { mdtrt_id: string; reason: string; asked: string }) => {
      let s = await call<Special>('POST', '/api/casemix/specials', v)
      const failed: string[] = []
      for (const [kind, list] of Object.entries(files))
        for (const f of list)
          if (s.takes_files)
            try {
              s = await attach(s.special_id, kind, f)
            } catch (e) {
              failed.push(`${f.name}：${(e as Error).message}`)
            }
      return { s, failed }
    },
    onSuccess: ({ s, failed }) => {
      message[s.state === '待评审' && !failed.length ? 'success' : 'warning']([s.state, ...(s.problems ?? []).map((p) => p.text), ...failed].join('；'), 10)
      form.resetFields()
      setFiles({})
      for (const k of ['specials', 'special-stats', 'special-candidates']) void queries.invalidateQueries({ queryKey: [k] })
    },
    onError: (e) => message.error(e.message, 8),
  })
  if (q.error) return <Trouble error={q.error} />
  const late = (q.data ?? []).filter((c) => c.late).length
  const intime = (q.data?.length ?? 0) - late
  return (
    <Card size="small" title="申报">
      <p className="quiet" style={{ marginTop: 0 }}>可申报的高倍率、长住院病例 {count(intime)} 例{late ? `；已过截止日的 ${count(late)} 例排在后面，申报会退回` : ''}</p>
      <Form form={form} layout="inline" size="small" initialValues={{ asked: '按项目' }} onFinish={(v) => go.mutate(v)} style={{ rowGap: 6 }}>
        <Form.Item name="mdtrt_id" label="病例" rules={[{ required: true, message: '选一例' }]}>
          <Select style={{ width: 480, maxWidth: 'calc(100vw - 180px)' }} showSearch={{ optionFilterProp: 'label' }} placeholder="就诊号 病组 费用" options={(q.data ?? []).map((c) => ({ value: c.mdtrt_id, label: `${c.mdtrt_id} ${c.month} ${c.group} ${yuan(c.cost)} 元，标准 ${yuan(c.standard)} 元${c.late ? '（已过 ' + c.deadline + '）' : '，截止 ' + c.deadline}` }))} />
        </Form.Item>
        <Form.Item name="reason" label="理由" rules={[{ required: true, message: '选理由' }]}><Select style={{ width: 150 }} options={(terms.reasons ?? []).map((v) => ({ value: v, label: v }))} /></Form.Item>
        <Form.Item name="asked" label="申请"><Radio.Group options={['按项目', '按标准']} /></Form.Item>
        <Button type="primary" htmlType="submit" loading={go.isPending}>申报</Button>
      </Form>
      <Choose kinds={[...(terms.materials ?? []), '其他']} files={files} onChange={setFiles} disabled={go.isPending} />
    </Card>
  )
}

function One({ id, terms }: { id: string; terms: Terms }) {
  const { message } = App.useApp()
  const { session, may } = useSession()
  const queries = useQueryClient()
  const q = useQuery({ queryKey: ['special', id], queryFn: () => get<Special>(`/api/casemix/specials/${encodeURIComponent(id)}`) })
  const go = useMutation({
    mutationFn: (v: { step: string; body?: unknown }) => change(q.data!, v.step, v.body),
    onSuccess: (s) => { queries.setQueryData(['special', id], s); for (const k of ['specials', 'special-stats']) void queries.invalidateQueries({ queryKey: [k] }) },
    onError: (e) => message.error(e.message, 8),
  })
  if (q.error) return <Trouble error={q.error} />
  if (!q.data) return <Skeleton active />
  const s = q.data
  const mine = !!session?.fixmedins_code
  const seat = (s.seats ?? []).find((x) => x.expert === session?.login)
  const voted = (s.seats ?? []).filter((x) => x.vote && x.vote !== '回避').length
  return (
    <div style={{ display: 'grid', gap: 12 }}>
      {(s.problems ?? []).map((p) => <Alert key={p.text} type={p.fatal ? 'error' : 'warning'} showIcon title={`${p.code} ${p.text}`} />)}
      <Descriptions size="small" column={2} bordered items={[
        { key: 'i', label: '机构', children: s.fixmedins_name || s.fixmedins_code }, { key: 'p', label: '季度', children: `${s.period}（${s.extended ? '延期到' : '截止'} ${s.deadline}）` },
        { key: 'r', label: '理由', children: s.reason }, { key: 'a', label: '申请', children: s.asked },
        { key: 'c', label: '总费用', children: `${yuan(s.cost)} 元` }, { key: 's', label: '病组标准', children: `${yuan(s.standard)} 元` },
        { key: 'f', label: '按项目统筹', children: `${yuan(s.fund)} 元` }, { key: 'm', label: '申报', children: `${s.author} ${s.made_at.slice(0, 10)}` },
        { key: 'x', label: '材料', span: 2, children: s.files?.length ? <FileList of={s} /> : Object.entries(s.materials).map(([k, v]) => `${k}：${v}`).join('；') || '还没有' },
        ...(s.decided_at ? [{ key: 'd', label: '结果', span: 2, children: `${s.state}${s.state === '准予' ? `，${s.times ? `按标准的 ${s.times / 1e6} 倍` : '按项目'}付，核减 ${yuan(s.cut)} 元` : ''}（${s.decided_at.slice(0, 10)}）` }] : []),
      ]} />
      {(s.seats ?? []).length > 0 && (
        <Table size="small" rowKey="expert" pagination={false} dataSource={s.seats ?? []} columns={[
          { title: '专家', dataIndex: 'expert' }, { title: '意见', dataIndex: 'vote', render: (v: string) => v || <span className="quiet">未投</span> },
          { title: '核减（元）', align: 'right', render: (_, x) => (x.vote === '准予' ? yuan(x.cut) : '') }, { title: '说明', dataIndex: 'note' },
        ]} />
      )}
      {mine && s.takes_files && may('申诉') && (
        <Materials of={s} kinds={[...(terms.materials ?? []), '其他']} onDone={(x) => { queries.setQueryData(['special', id], x); for (const k of ['specials', 'special-stats']) void queries.invalidateQueries({ queryKey: [k] }) }} />
      )}
      <Space wrap>
        {!mine && (may('派单') || may('确认扣款')) && (s.state === '待评审' || (s.state === '评审中' && (s.seats ?? []).some((x) => x.vote === '回避'))) && (
          <Button type="primary" loading={go.isPending} onClick={() => go.mutate({ step: 'draw' })}>{s.state === '待评审' ? `随机抽 ${terms.panel} 位专家` : '补抽专家'}</Button>
        )}
      </Space>
      {seat && !seat.vote && s.state === '评审中' && (
        <Card size="small" title="我的意见">
          <Form size="small" layout="vertical" initialValues={{ vote: '准予', cut: 0 }} onFinish={(v) => go.mutate({ step: 'vote', body: { vote: v.vote, cut: Math.round((v.cut ?? 0) * 100), note: v.note } })}>
            <Form.Item name="vote"><Radio.Group options={['准予', '不准予', '回避']} /></Form.Item>
            <Form.Item name="cut" label="核减的不合理费用（元）"><InputNumber min={0} max={s.fund / 100} precision={2} style={{ width: 200 }} /></Form.Item>
            <Form.Item name="note" label="说明"><Input.TextArea rows={2} /></Form.Item>
            <Button type="primary" htmlType="submit" loading={go.isPending}>投票</Button>
          </Form>
        </Card>
      )}
      {may('确认扣款') && s.state === '评审中' && (
        <Card size="small" title={`定结果（有效票 ${voted}/${terms.panel}）`}>
          <Form size="small" layout="inline" onFinish={(v) => go.mutate({ step: 'decide', body: { times: Math.round((v.times ?? 0) * 1e6) } })}>
            <Form.Item name="times" label="准予时按标准的倍数（0 为按项目）"><InputNumber min={0} max={100} step={0.1} /></Form.Item>
            <Button type="primary" htmlType="submit" disabled={voted < terms.panel} loading={go.isPending}>按多数意见定</Button>
          </Form>
        </Card>
      )}
    </div>
  )
}
