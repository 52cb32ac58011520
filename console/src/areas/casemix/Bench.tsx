import { useMutation, useQuery } from '@tanstack/react-query'
import { Alert, Button, Card, Descriptions, Empty, Form, Grid, InputNumber, Radio, Select, Skeleton, Table, Tag, Timeline } from 'antd'
import { useState } from 'react'
import { call } from '../../api/client'
import { yuan } from '../../parts/words'
import { type Bench, codes, insuredWord, per, setup } from './api'
import { Sample, Trouble } from './Note'

const ways = [[1, '医嘱离院'], [2, '转院'], [3, '转社区'], [4, '非医嘱离院'], [5, '死亡'], [9, '其他']] as const

interface Fields { insutype: string; gend: number; age: number; age_days?: number; weight_g?: number; los?: number; icu_hours?: number; discharge?: number; cost?: number; hosp_lv?: string; dx: string[]; proc?: string[] }

// The coder's bench: codes in, group out, with the whole way and what would change it.
export function Page() {
  const [form] = Form.useForm<Fields>()
  const s = useQuery({ queryKey: ['casemix-setup'], queryFn: setup })
  const age = Form.useWatch('age', form)
  const wide = Grid.useBreakpoint().lg !== false
  const go = useMutation({ mutationFn: (v: Fields) => call<Bench>('POST', '/api/casemix/group', { ...v, cost: v.cost ? Math.round(v.cost * 100) : undefined }) })
  if (s.error) return <Trouble error={s.error} />
  if (!s.data) return <Skeleton active />
  return (
    <div style={{ display: 'grid', gap: 10, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <Sample on={s.data.sample} />
      <div style={{ display: 'grid', gap: 10, gridTemplateColumns: wide ? '400px minmax(0, 1fr)' : 'minmax(0, 1fr)', alignItems: 'start' }}>
        <Card size="small" title="病例">
          <Form form={form} layout="horizontal" labelCol={{ flex: '86px' }} size="small" onFinish={(v) => go.mutate(v)} initialValues={{ insutype: s.data.insured?.[0]?.insutype, gend: 1, age: 45, discharge: 1, hosp_lv: '2' }}>
            <Form.Item name="insutype" label="险种">
              <Select options={(s.data.insured ?? []).map((i) => ({ value: i.insutype, label: `${insuredWord(i.insutype)}（${i.mode}，${i.by}）` }))} />
            </Form.Item>
            <Form.Item name="dx" label="诊断" rules={[{ required: true, message: '至少写主要诊断' }]} extra="第一个为主要诊断；可直接输入编码，回车一个"><Codes kind="dx" /></Form.Item>
            <Form.Item name="proc" label="手术操作" extra="第一个为主要手术"><Codes kind="proc" /></Form.Item>
            <Form.Item name="gend" label="性别"><Radio.Group options={[{ value: 1, label: '男' }, { value: 2, label: '女' }]} /></Form.Item>
            <Form.Item name="age" label="年龄"><InputNumber min={0} max={130} suffix="周岁" style={{ width: '100%' }} /></Form.Item>
            {age === 0 && <>
              <Form.Item name="age_days" label="日龄" rules={[{ required: true, message: '0 岁必须填日龄' }]}><InputNumber min={0} max={366} suffix="天" style={{ width: '100%' }} /></Form.Item>
              <Form.Item name="weight_g" label="体重"><InputNumber min={100} max={20000} suffix="克" style={{ width: '100%' }} /></Form.Item>
            </>}
            <Form.Item name="los" label="住院天数"><InputNumber min={0} max={4000} suffix="天" style={{ width: '100%' }} /></Form.Item>
            <Form.Item name="discharge" label="离院方式"><Select options={ways.map(([value, label]) => ({ value, label: `${value} ${label}` }))} /></Form.Item>
            <Form.Item name="icu_hours" label="监护"><InputNumber min={0} max={10000} suffix="小时" style={{ width: '100%' }} /></Form.Item>
            <Form.Item name="hosp_lv" label="医院级别"><Select options={[{ value: '3', label: '三级' }, { value: '2', label: '二级' }, { value: '1', label: '一级' }]} /></Form.Item>
            <Form.Item name="cost" label="总费用"><InputNumber min={0} precision={2} suffix="元" style={{ width: '100%' }} /></Form.Item>
            <Button type="primary" htmlType="submit" block loading={go.isPending}>分组</Button>
          </Form>
        </Card>
        {go.error ? <Alert type="error" showIcon title={go.error.message} /> : go.data ? <Told b={go.data} /> : <Empty style={{ background: '#fff', padding: 60, margin: 0 }} description="写好编码，点“分组”：这里说明入哪一组、凭什么、改哪个编码会变成什么组。不保存，也不改任何病例。" />}
      </div>
    </div>
  )
}

// Codes are typed one after the other; what the scheme knows is offered.
function Codes({ kind, value, onChange, id }: { kind: 'dx' | 'proc'; value?: string[]; onChange?: (v: string[]) => void; id?: string }) {
  const [words, setWords] = useState('')
  const found = useQuery({ queryKey: ['casemix-codes', kind, words], queryFn: () => codes(kind, words), enabled: words.length > 1, staleTime: 60_000 })
  return (
    <Select
      id={id} mode="tags" value={value} onChange={onChange} showSearch={{ filterOption: false, onSearch: setWords }} tokenSeparators={['|', ',', '，', '、', ' ', ';']} placeholder={kind === 'dx' ? '如 J18.900' : '如 51.2300'}
      options={(found.data ?? []).map((c) => ({ value: c.code, label: `${c.code} ${c.title}` }))} tagRender={({ value: v, closable, onClose }) => <Tag closable={closable} onClose={onClose} color={v === value?.[0] ? 'blue' : undefined}>{v === value?.[0] ? `主 ${v}` : String(v)}</Tag>}
    />
  )
}

const colours: Record<string, string> = { MDC: 'blue', ADRG: 'blue', 合并症: 'orange', 细分组: 'green', 病种: 'blue', 无法入组: 'red', 编码: 'gray', 未入: 'gray' }

function Told({ b }: { b: Bench }) {
  const ok = b.status === '分组成功'
  const named = (c: { code: string; title: string }) => `${c.code} ${c.title}`
  return (
    <div style={{ display: 'grid', gap: 10, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <Card size="small" title={ok ? <><b style={{ fontSize: 18 }}>{b.group}</b>　{b.name}</> : b.status} extra={<Tag color={ok ? 'green' : 'red'}>{b.status}</Tag>}>
        <Descriptions size="small" column={{ xs: 1, sm: 2, lg: 4 }} items={[
          { key: 'm', label: b.mode === 'DRG' ? 'MDC / ADRG' : '方式', children: b.mode === 'DRG' ? `${b.mdc} / ${b.adrg}` : 'DIP' },
          { key: 'w', label: b.mode === 'DRG' ? '权重' : '分值', children: b.weight ? per(b.weight, 4) : '—' },
          { key: 's', label: '病组标准（元）', children: b.standard ? yuan(b.standard) : '—' },
          { key: 'c', label: '本组均费（元）', children: b.mean_cost ? yuan(b.mean_cost) : '—' },
          ...(b.way ? [{ key: 'f', label: '怎样付', span: 'filled' as const, children: <>{b.way}　<span className="quiet">{b.formula}</span></> }] : []),
          { key: 'd', label: '诊断', span: 'filled' as const, children: (b.dx ?? []).map(named).join('；') },
          ...((b.proc ?? []).length ? [{ key: 'p', label: '手术操作', span: 'filled' as const, children: (b.proc ?? []).map(named).join('；') }] : []),
        ]} />
      </Card>
      <Card size="small" title="改什么会变">
        <Table
          size="small" rowKey={(c) => `${c.kind}${c.code}`} dataSource={b.changes ?? []} pagination={false} scroll={{ x: 700 }}
          locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={ok ? '去掉任何一个次要诊断、手术，或换主要诊断，都还是这一组' : '没有入组'} /> }}
          columns={[
            { title: '改动', dataIndex: 'kind', width: 110 },
            { title: '编码', render: (_, c) => named(c), ellipsis: true },
            { title: '变成', render: (_, c) => <><b>{c.group}</b> {c.name}</>, ellipsis: true },
            { title: '权重（分值）', width: 110, align: 'right', render: (_, c) => (c.weight ? per(c.weight, 4) : '—') },
            { title: '差', width: 90, align: 'right', render: (_, c) => (c.weight && b.weight ? <span style={{ color: c.weight > b.weight ? '#cf1322' : '#3f8600' }}>{c.weight > b.weight ? '+' : ''}{per(c.weight - b.weight, 4)}</span> : '') },
          ]}
        />
      </Card>
      <Card size="small" title="入组过程">
        <Timeline items={(b.steps ?? []).map((s, i) => ({ key: i, color: colours[s.kind] ?? 'blue', content: <><Tag>{s.kind}</Tag>{s.text}</> }))} />
      </Card>
    </div>
  )
}
