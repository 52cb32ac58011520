import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Card, Form, Input, InputNumber, Select, Skeleton, Space, Table, Tag } from 'antd'
import { useState } from 'react'
import { useLocation, useNavigate, useParams } from 'react-router'
import { call, get } from '../../api/client'
import { useSession } from '../../api/session'
import { Who } from '../../parts/Who'
import { count, yuan } from '../../parts/words'
import { draftColours } from './Drafts'
import { below, beside, part } from './layout'
import { type DraftItem, type DraftText, type Trial, subjects } from './types'

const empty: DraftText = {
  id: 'M001', name: '', purpose: '', method: '', subject: 'institution', step: '', picture: 'timeline', severity: 3, params: [{ name: 'least', title: '至少多少', default: 3, min: 1, max: 100 }], money: '', basis: '',
  verify: '', innocent: [], sql: '', members_sql: '', rows: [{ view: 'visit', csv: 'visit,person,inst,setting,day_in,fee\n1,1,1,1,100,5000\n2,2,2,1,100,5000' }], hit: [1], twin: [2],
}

// One model in the making: the form, its check, its trial, and the second person's decision.
export function Page() {
  const { id = 'new' } = useParams()
  const q = useQuery({ queryKey: ['model-draft', id], queryFn: () => get<DraftItem>(`/api/models/drafts/${id}`), enabled: id !== 'new' })
  const from = (useLocation().state as { sql?: string } | null)?.sql
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  if (id !== 'new' && !q.data) return <Skeleton active />
  return <Editor key={`${id} ${q.data?.version}`} d={q.data} text={q.data?.text ?? { ...empty, sql: from ?? '' }} />
}

const numbers = (s: string) => s.split(/[,，\s]+/).filter(Boolean).map(Number).filter(Number.isInteger)

function Editor({ d, text }: { d?: DraftItem; text: DraftText }) {
  const [t, setT] = useState(text)
  const [why, setWhy] = useState('')
  const go = useNavigate()
  const again = useQueryClient()
  const { may, session } = useSession()
  const open = may('运行审核') && (!d || d.state === '草稿' || d.state === '已退回')
  const decides = may('批准两库') && d?.author !== session?.login
  const dirty = !d || JSON.stringify(t) !== JSON.stringify(text)
  const act = useMutation({
    mutationFn: ([method, path, body]: [string, string, unknown]) => call<DraftItem>(method, `/api/models/drafts${path}`, body, d ? { 'If-Match': `"${d.version}"` } : {}),
    onSuccess: (x) => {
      again.invalidateQueries({ queryKey: ['model-drafts'] })
      again.invalidateQueries({ queryKey: ['models'] })
      again.setQueryData(['model-draft', x.draft_id], x)
      if (!d) go(`/models/drafts/${x.draft_id}`, { replace: true })
    },
  })
  const set = <K extends keyof DraftText>(k: K, v: DraftText[K]) => setT({ ...t, [k]: v })
  const line = (k: 'name' | 'purpose' | 'method' | 'money' | 'basis' | 'verify', label: string, hint = '') => (
    <Form.Item label={label} required><Input.TextArea disabled={!open} autoSize value={t[k]} placeholder={hint} onChange={(e) => set(k, e.target.value)} aria-label={label} /></Form.Item>
  )
  const step = (path: string, body: unknown = {}) => act.mutate(['POST', `/${d!.draft_id}${path}`, body])
  return (
    <div style={beside}>
      <Card size="small" style={part(3, 520)} title={d ? <>{d.model_id} {d.name} <Tag color={draftColours[d.state]}>{d.state}</Tag></> : '新的模型草稿'}>
        <Form layout="horizontal" labelCol={{ span: 4 }} size="small">
          <Form.Item label="编号" required><Input disabled={!open} value={t.id} onChange={(e) => set('id', e.target.value)} style={{ width: 120 }} aria-label="编号" /> <span className="quiet">自己的用 M 加三位数字；写现有编号即作它的新版本</span></Form.Item>
          {line('name', '名称')}{line('purpose', '用途', '一句话：找出什么')}{line('method', '方法', '大白话：怎么找、阈值是什么')}
          <Form.Item label="对象、程度、图"><Space wrap>
            <Select disabled={!open} value={t.subject} onChange={(v) => set('subject', v)} style={{ width: 110 }} options={Object.entries(subjects).map(([value, label]) => ({ value, label }))} aria-label="对象" />
            <Select disabled={!open} value={t.severity} onChange={(v) => set('severity', v)} style={{ width: 110 }} options={[{ value: 2, label: '高度可疑' }, { value: 3, label: '轻度可疑' }]} aria-label="程度" />
            <Select disabled={!open} value={t.picture} onChange={(v) => set('picture', v)} style={{ width: 110 }} aria-label="图" options={[['network', '关系网'], ['timeline', '时间线'], ['heat', '日历'], ['peers', '同行'], ['map', '区划图']].map(([value, label]) => ({ value, label }))} />
            <Select disabled={!open} value={t.step} onChange={(v) => set('step', v)} style={{ width: 150 }} aria-label="中间步骤" options={[['', '一条语句'], ['groups', '成群（边 a,b,weight）'], ['similar', '文本相似']].map(([value, label]) => ({ value, label }))} />
          </Space></Form.Item>
          <Form.Item label="参数">
            <Table size="small" rowKey="k" pagination={false} scroll={{ x: 480 }} dataSource={t.params.map((p, k) => ({ ...p, k }))} columns={[
              ...(['name', 'title'] as const).map((f) => ({ title: f === 'name' ? '名（:名 用在语句里）' : '含义', render: (_: unknown, p: { k: number } & DraftText['params'][0]) => <Input disabled={!open} size="small" value={p[f]} aria-label={f} onChange={(e) => set('params', t.params.map((x, i) => (i === p.k ? { ...x, [f]: e.target.value } : x)))} /> })),
              ...(['default', 'min', 'max'] as const).map((f) => ({ title: { default: '缺省', min: '下限', max: '上限' }[f], width: 90, render: (_: unknown, p: { k: number } & DraftText['params'][0]) => <InputNumber disabled={!open} size="small" style={{ width: 80 }} value={p[f]} aria-label={f} onChange={(v) => set('params', t.params.map((x, i) => (i === p.k ? { ...x, [f]: v ?? 0 } : x)))} /> })),
              { title: '', width: 50, render: (_: unknown, p: { k: number }) => <Button type="link" size="small" disabled={!open} onClick={() => set('params', t.params.filter((_x, i) => i !== p.k))}>删</Button> },
            ]} />
            <Button size="small" disabled={!open} onClick={() => set('params', [...t.params, { name: '', title: '', default: 1, min: 1, max: 10 }])}>加参数</Button>
          </Form.Item>
          <Form.Item label="语句" required><Input.TextArea disabled={!open} value={t.sql} onChange={(e) => set('sql', e.target.value)} autoSize={{ minRows: 6, maxRows: 20 }} spellCheck={false} style={{ fontFamily: 'monospace' }} aria-label="语句" /><span className="quiet">结果要有 case_key 列；整数键、:first :last 为起止日、除法前写 1.0 *，不写 LIMIT</span></Form.Item>
          {t.step && <Form.Item label="成群之后"><Input.TextArea disabled={!open} value={t.members_sql} onChange={(e) => set('members_sql', e.target.value)} autoSize={{ minRows: 4 }} spellCheck={false} style={{ fontFamily: 'monospace' }} aria-label="成群之后" /></Form.Item>}
          {line('money', '涉及金额口径', '不计拟拒付，写清是哪些钱的合计')}{line('basis', '依据')}{line('verify', '现场核实')}
          <Form.Item label="正当原因" required><Input.TextArea disabled={!open} autoSize value={t.innocent.join('\n')} placeholder="一行一个" onChange={(e) => set('innocent', e.target.value.split('\n'))} aria-label="正当原因" /></Form.Item>
          <Form.Item label="样例" required>
            {t.rows.map((r, k) => (
              <div key={k} style={{ marginBottom: 6 }}>
                <Space><Input disabled={!open} size="small" value={r.view} style={{ width: 120 }} aria-label="样例的视图" onChange={(e) => set('rows', t.rows.map((x, i) => (i === k ? { ...x, view: e.target.value } : x)))} /><Button type="link" size="small" disabled={!open} onClick={() => set('rows', t.rows.filter((_x, i) => i !== k))}>删</Button></Space>
                <Input.TextArea disabled={!open} value={r.csv} autoSize={{ minRows: 3, maxRows: 12 }} spellCheck={false} style={{ fontFamily: 'monospace' }} aria-label="样例的行" onChange={(e) => set('rows', t.rows.map((x, i) => (i === k ? { ...x, csv: e.target.value } : x)))} />
              </div>
            ))}
            <Button size="small" disabled={!open} onClick={() => set('rows', [...t.rows, { view: 'setl', csv: '' }])}>加一张视图的行</Button>
            <span className="quiet">　CSV，第一行是列名，空格为空值</span>
          </Form.Item>
          <Form.Item label="该查出的键"><Space wrap><Input disabled={!open} defaultValue={t.hit.join(', ')} onBlur={(e) => set('hit', numbers(e.target.value))} aria-label="该查出的键" /> 看着像而无辜的键 <Input disabled={!open} defaultValue={t.twin.join(', ')} onBlur={(e) => set('twin', numbers(e.target.value))} aria-label="无辜的键" /></Space></Form.Item>
        </Form>
      </Card>
      <div style={{ ...below, ...part(2, 340), position: 'sticky', top: 0 }}>
        {act.error && <Alert type="error" showIcon title={act.error.message} style={{ whiteSpace: 'pre-wrap' }} />}
        <Card size="small" title="办理">
          <Space wrap>
            {open && <Button type={dirty ? 'primary' : 'default'} loading={act.isPending} disabled={!dirty} onClick={() => act.mutate(d ? ['PUT', `/${d.draft_id}`, t] : ['POST', '', t])}>保存</Button>}
            {d && open && <Button loading={act.isPending} disabled={dirty} onClick={() => step('/check')}>用样例检查</Button>}
            {d && open && <Button loading={act.isPending} disabled={dirty || !d.checked} onClick={() => step('/trial')}>历史试算</Button>}
            {d && open && <Button loading={act.isPending} disabled={dirty || !d.checked || !d.trial} onClick={() => step('/ask', { why })}>提交批准</Button>}
            {decides && d?.state === '待批准' && <Button type="primary" loading={act.isPending} onClick={() => step('/decide', { agree: true, why })}>批准</Button>}
            {decides && d?.state === '待批准' && <Button danger loading={act.isPending} onClick={() => step('/decide', { agree: false, why })}>退回</Button>}
            {may('批准两库') && d?.state === '已批准' && <Button danger loading={act.isPending} onClick={() => step('/retire', { why })}>停用</Button>}
          </Space>
          <Input style={{ marginTop: 8 }} value={why} onChange={(e) => setWhy(e.target.value)} placeholder="说明或理由（退回、停用必写）" aria-label="说明" />
          {d && <p className="quiet" style={{ marginBottom: 0 }}>样例{d.checked ? '已通过' : '还没有通过'}；作者 <Who login={d.author} />{d.approver && <>；办理 <Who login={d.approver} /></>}{d.why && `；${d.why}`}。批准要另一个有“批准两库”权限的人。</p>}
        </Card>
        {d?.trial && <TrialCard t={d.trial} />}
      </div>
    </div>
  )
}

function TrialCard({ t }: { t: Trial }) {
  return (
    <Card size="small" title={`历史试算：${t.first} 至 ${t.last}，${count(t.cases)} 例，涉及 ${yuan(t.money)} 元`}>
      {t.unjudged && <Alert type="info" showIcon title={`未判：${t.unjudged}`} />}
      <p style={{ marginTop: 0 }}>与现用版本比：现用 {count(t.live)} 例，两版都有 {count(t.both)}，新增 {count(t.added)}，不再查出 {count(t.lost)}。用时 {t.seconds.toFixed(1)} 秒。</p>
      <Table size="small" rowKey={(s) => s.how + s.subject + s.money} dataSource={t.some} pagination={false} columns={[
        { title: '对象', dataIndex: 'subject', ellipsis: true }, { title: '人', width: 50, align: 'right', dataIndex: 'members' }, { title: '涉及（元）', width: 110, align: 'right', render: (_, s) => yuan(s.money) }, { title: '', width: 80, dataIndex: 'how' },
      ]} />
    </Card>
  )
}
