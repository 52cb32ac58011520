import { useMutation } from '@tanstack/react-query'
import { Alert, App, Button, Checkbox, DatePicker, Form, Input, InputNumber, Radio, Select, Space } from 'antd'
import type { Dayjs } from 'dayjs'
import { type Row, rule } from './api'

type Fields = { use: 'use' | 'drop'; codes?: string; limit?: number; unit?: string; days?: number; scope?: string; sex?: string; age_min?: number | null; age_max?: number | null; allow?: string; kinds?: string[]; from?: Dayjs; why: string }

const must = (message: string) => [{ required: true, message }]
const options = (...xs: string[]) => xs.map((value) => ({ value, label: value }))

// RuleForm asks for the meaning of a row as its kind of rule knows it: a code, a limit, or why it is not used.
export function RuleForm({ x, done }: { x: Row; done: () => void }) {
  const { message } = App.useApp()
  const [form] = Form.useForm<Fields>()
  const drop = Form.useWatch('use', form) === 'drop'
  const send = useMutation({
    mutationFn: (f: Fields) => rule(x.row, f.use === 'drop' ? { drop: true } : decision(x, f), f.why.trim()),
    onSuccess: () => { message.success('已交另一人确认'); done() },
  })
  const r = x.reading
  return (
    <Form<Fields>
      form={form} layout="vertical" onFinish={(f) => send.mutate(f)} requiredMark={false}
      initialValues={{ use: 'use', limit: r.limit_value ? Number(r.limit_value) : undefined, unit: r.unit, days: r.window_d || undefined, scope: r.scope, sex: r.sex, age_min: r.age_min, age_max: r.age_max, allow: r.allow || undefined, kinds: r.allow ? r.allow.split('|') : [] }}
    >
      <Form.Item name="use" style={{ marginBottom: 10 }}><Radio.Group optionType="button" options={[{ value: 'use', label: '按下面的写法采用' }, { value: 'drop', label: '不采用' }]} /></Form.Item>
      {!drop && x.asks_code && (
        <Form.Item name="codes" label={x.needs === 'second' ? '从项的国家编码（可以几个，逗号或换行分开）' : '国家编码（可以几个，逗号或换行分开）'} rules={x.needs === 'limit' ? [] : must('写明国家编码')}>
          <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} aria-label="国家编码" />
        </Form.Item>
      )}
      {!drop && <Limit form={x.form} rule={x.rule_id} />}
      {!drop && <Form.Item name="from" label="从哪天的费用起（不选则同那张表）"><DatePicker aria-label="从哪天的费用起" /></Form.Item>}
      <Form.Item name="why" label={drop ? '为什么不采用' : '理由（写进知识点的依据，医院看得到）'} rules={must('写明理由')}><Input.TextArea autoSize={{ minRows: 2, maxRows: 5 }} maxLength={500} aria-label="理由" /></Form.Item>
      {send.error && <Alert type="error" showIcon title={send.error.message} style={{ marginBottom: 8 }} />}
      <Space><Button type="primary" htmlType="submit" loading={send.isPending}>交另一人确认</Button><span className="quiet">{x.codes > 1 && !drop && `用于这个通用名的全部 ${x.codes} 个编码`}</span></Space>
    </Form>
  )
}

// Limit is the part of the form that a kind of rule has.
function Limit({ form, rule }: { form: string; rule: string }) {
  switch (form) {
    case 'sex':
      return <Form.Item name="sex" label="限定性别" rules={must('选性别')}><Radio.Group options={options('男', '女')} /></Form.Item>
    case 'ageclass':
      return <Form.Item name="allow" label="限定年龄" rules={must('选年龄段')}><Radio.Group options={options('新生儿', '婴幼儿', '儿童')} /></Form.Item>
    case 'level':
      return <Level services={rule === 'A010'} />
    case 'visit':
      return <Form.Item name="kinds" label="允许的就医方式" rules={[{ type: 'array', min: 1, required: true, message: '至少选一种' }]}><Checkbox.Group options={['住院', '急诊', '抢救', '门诊', '生育']} /></Form.Item>
    case 'days':
      return (
        <Space align="start" size={16}>
          <Form.Item name="limit" label="支付不超过" rules={must('写天数')}><InputNumber min={1} max={3660} precision={0} suffix="天" aria-label="支付不超过" /></Form.Item>
          <Form.Item name="scope" label="怎样算" rules={must('选窗口')}><Radio.Group options={[{ value: '单次住院', label: '一次住院' }, { value: '疾病过程', label: '一个疾病过程' }, { value: '自然年', label: '一个自然年' }]} /></Form.Item>
        </Space>
      )
    case 'scope':
      return <Form.Item name="scope" label="同在多久之内算重复" rules={must('选频度')}><Radio.Group options={options('单日', '单次就诊', '6小时', '同一小时')} /></Form.Item>
    case 'quantity':
      return (
        <Space align="start" size={16}>
          <Form.Item name="limit" label="每日不超过" rules={must('写数量')}><InputNumber min={0.0001} max={10000} aria-label="每日不超过" /></Form.Item>
          <Form.Item name="unit" label="单位" rules={must('选单位')}><Select style={{ width: 100 }} options={options('次', '日', '部位', '侧', '小时')} /></Form.Item>
        </Space>
      )
    case 'cycle':
      return (
        <Space align="start" size={16}>
          <Form.Item name="days" label="多少天内" rules={must('写天数')}><InputNumber min={1} max={36600} precision={0} suffix="天" aria-label="多少天内" /></Form.Item>
          <Form.Item name="limit" label="不超过" rules={must('写次数')}><InputNumber min={1} max={1000} precision={0} suffix="次" aria-label="不超过" /></Form.Item>
        </Space>
      )
    case 'age':
      return (
        <Space align="start" size={16}>
          <Form.Item name="age_min" label="年龄下限"><InputNumber min={0} max={150} precision={0} suffix="岁" /></Form.Item>
          <Form.Item name="age_max" label="年龄上限"><InputNumber min={0} max={150} precision={0} suffix="岁" /></Form.Item>
        </Space>
      )
  }
  return null
}

// Level asks for the lowest level of the institution; of services also for the categories that may do them, or for these alone.
function Level({ services }: { services: boolean }) {
  return (
    <>
      <Form.Item name="limit" label="机构级别，至少" dependencies={['kinds']} rules={[(form) => ({ validator: async (_, v) => { if (!v && !(form.getFieldValue('kinds') ?? []).length) throw new Error(services ? '选级别，或写明机构类别' : '选级别') } })]}>
        <Radio.Group options={[...(services ? [{ value: 0, label: '不限级别' }] : []), { value: 1, label: '一级及以上' }, { value: 2, label: '二级及以上' }, { value: 3, label: '三级' }]} />
      </Form.Item>
      {services && (
        <Form.Item name="kinds" label="只限这些机构类别（不写则不限；写法要与机构表的“机构类别”一致）">
          <Select mode="tags" tokenSeparators={['、', '，', ',', '|']} placeholder="如 综合医院、专科医院" aria-label="机构类别" options={options('综合医院', '中医医院', '专科医院', '妇幼保健院', '社区卫生服务中心', '乡镇卫生院', '门诊部', '诊所')} />
        </Form.Item>
      )}
    </>
  )
}

function decision(x: Row, f: Fields) {
  const some = <T,>(v: T | null | undefined) => (v === null || v === '' ? undefined : v)
  return {
    codes: x.asks_code ? (f.codes ?? '').split(/[\s,，、;；]+/).filter(Boolean) : undefined,
    limit_value: f.limit ? String(f.limit) : undefined, unit: some(f.unit), window_d: some(f.days), scope: some(f.scope), sex: some(f.sex), age_min: some(f.age_min), age_max: some(f.age_max),
    allow: x.form === 'visit' || x.form === 'level' ? some((f.kinds ?? []).map((k) => k.trim()).join('|')) : some(f.allow), from: f.from?.format('YYYY-MM-DD'),
  }
}
