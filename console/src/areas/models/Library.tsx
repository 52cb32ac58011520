import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Card, Descriptions, Popconfirm, Skeleton, Space, Table, Tag } from 'antd'
import { Suspense, lazy } from 'react'
import { Link } from 'react-router'
import { call, get } from '../../api/client'
import { useSession } from '../../api/session'
import { Severity } from '../../parts/Severity'
import { count, yuan } from '../../parts/words'
import { below } from './layout'
import { type Model, type Run, type Threshold, type Topic, subjects } from './types'

interface Progress { started: string; seconds: number; done: number; total: number; model: string; error?: string }

// working says how far a run is and how long it will yet take, by what the models so far took.
function working(p: Progress) {
  if (!p.model) return '正在生成分析视图'
  const left = p.done > 2 ? Math.ceil((p.seconds / p.done) * (p.total - p.done)) : 0
  return `正在运行 ${p.model}（${p.done + 1}/${p.total}），已用 ${p.seconds} 秒${left ? `，约剩 ${left} 秒` : ''}`
}

// The library, with what the last run found beside each model.
export function Page() {
  const again = useQueryClient()
  const { may, session } = useSession()
  const whole = !session?.admdvs // runs are of the whole area
  const runner = whole && may('运行审核')
  const lib = useQuery({ queryKey: ['models'], queryFn: () => get<{ models: Model[]; topics: Topic[]; curves: Record<string, Threshold> }>('/api/models') })
  const runs = useQuery({
    queryKey: ['model-runs'],
    queryFn: () => get<{ items: Run[]; running?: Progress }>('/api/models/runs'), enabled: whole,
    refetchInterval: (q) => (q.state.data?.running && !q.state.data.running.error ? 1500 : false),
  })
  const start = useMutation({
    mutationFn: (models: string[]) => call('POST', '/api/models/runs', { models }),
    onSuccess: () => again.invalidateQueries({ queryKey: ['model-runs'] }),
  })
  const cancel = useMutation({ mutationFn: () => call('DELETE', '/api/models/runs/current'), onSuccess: () => again.invalidateQueries({ queryKey: ['model-runs'] }) })
  if (lib.error) return <Alert type="error" showIcon title={lib.error.message} />
  if (!lib.data) return <Skeleton active />
  const going = runs.data?.running
  const busy = !!going && !going.error
  const last = new Map<string, { run: Run; cases: number; money: number; unjudged?: string; error?: string }>()
  for (const run of runs.data?.items ?? []) for (const m of run.models) if (!last.has(m.id)) last.set(m.id, { run, ...m })
  return (
    <div style={below}>
      {(start.error ?? cancel.error ?? runs.error) && <Alert type="error" showIcon title={(start.error ?? cancel.error ?? runs.error)!.message} />}
      {going?.error && <Alert type="error" showIcon title={`上次运行没有做成：${going.error}`} />}
      <Card
        size="small" title={`模型库（${lib.data.models.length} 个）`}
        extra={<Space>
          {busy && <span className="quiet">{working(going)}，可离开本页</span>}
          {busy && runner && <Popconfirm title="取消这次运行" description="已算出的也不保存。" okText="取消运行" cancelText="不取消" onConfirm={() => cancel.mutate()}><Button size="small" danger loading={cancel.isPending}>取消运行</Button></Popconfirm>}
          {runner && <Button type="primary" size="small" loading={busy || start.isPending} onClick={() => start.mutate([])}>全部运行</Button>}
          {!whole && <span className="quiet">模型在全统筹区运行；送到本区划的疑点见“模型批次”</span>}
        </Space>}
      >
        <Table<Model>
          size="small" rowKey="id" dataSource={lib.data.models} pagination={false} sticky scroll={{ x: 860 }}
          expandable={{ expandedRowRender: (m) => <About m={m} curve={lib.data.curves[m.id]} /> }}
          columns={[
            { title: '编号', dataIndex: 'id', width: 70 },
            { title: '模型', dataIndex: 'name', width: 300 },
            { title: '对象', width: 80, render: (_, m) => subjects[m.subject] },
            { title: '程度', width: 100, render: (_, m) => <Severity level={m.severity} /> },
            { title: '上次运行', width: 170, render: (_, m) => last.get(m.id)?.run.started ?? <span className="quiet">没有运行过</span> },
            {
              title: '案例', width: 110, align: 'right', render: (_, m) => {
                const l = last.get(m.id)
                if (!l) return ''
                if (l.error) return <Tag color="red" title={l.error}>失败</Tag>
                if (l.unjudged) return <Tag title={l.unjudged}>未判</Tag>
                return <Link to={`/models/${l.run.run_id}/${m.id}`}>{count(l.cases)}</Link>
              },
            },
            { title: '涉及金额（元）', width: 140, align: 'right', render: (_, m) => (last.has(m.id) ? yuan(last.get(m.id)!.money) : '') },
            ...(runner ? [{ title: '', width: 70, render: (_: unknown, m: Model) => <Button size="small" type="link" disabled={busy} onClick={() => start.mutate([m.id])}>运行</Button> }] : []),
          ]}
        />
      </Card>
      <Card size="small" title="主题：已有规则卡的模型，看疑点，不另出结论">
        <Table<Topic>
          size="small" rowKey="id" dataSource={lib.data.topics} pagination={false} scroll={{ x: 700 }}
          columns={[
            { title: '编号', dataIndex: 'id', width: 70 }, { title: '主题', width: 200, render: (_, t) => <Link to={`/models/topics/${t.id}`}>{t.name}</Link> }, { title: '用途', dataIndex: 'purpose', ellipsis: true },
            { title: '规则疑点', width: 320, render: (_, t) => (t.cards.length > 12 ? `${t.cards.length} 条规则，点主题看` : <Space wrap>{t.cards.map((c) => <Link key={c} to={`/findings?rule=${c}`}>{c}</Link>)}</Space>) },
          ]}
        />
      </Card>
    </div>
  )
}

const Chart = lazy(() => import('../../parts/Chart'))

function About({ m, curve }: { m: Model; curve?: Threshold }) {
  return (
    <Descriptions size="small" column={1} bordered>
      <Descriptions.Item label="用途">{m.purpose}</Descriptions.Item>
      <Descriptions.Item label="方法">{m.method}</Descriptions.Item>
      <Descriptions.Item label="参数">{m.params.map((p) => <div key={p.name}>{p.title}：{p.default}（可在 {p.min} 到 {p.max} 之间）</div>)}</Descriptions.Item>
      <Descriptions.Item label="涉及金额">{m.money}</Descriptions.Item>
      <Descriptions.Item label="依据">{m.basis}</Descriptions.Item>
      <Descriptions.Item label="现场核实">{m.verify}</Descriptions.Item>
      <Descriptions.Item label="已知正当原因">{m.innocent.join('；')}</Descriptions.Item>
      {curve && !m.own && <Descriptions.Item label="阈值曲线"><Curve m={m} c={curve} /></Descriptions.Item>}
      <Descriptions.Item label="SQL"><pre style={{ margin: 0, whiteSpace: 'pre-wrap' }}>{m.sql}</pre></Descriptions.Item>
    </Descriptions>
  )
}

// Curve is how the main parameter was chosen: what each value finds in the demo city.
function Curve({ m, c }: { m: Model; c: Threshold }) {
  const p = m.params.find((x) => x.name === c.param)
  const option = {
    grid: { left: 50, right: 50, top: 30, bottom: 44 }, tooltip: { trigger: 'axis' }, legend: { top: 0 }, xAxis: { type: 'category', name: p?.title, nameLocation: 'middle', nameGap: 24, data: c.points.map((x) => (x[0] === p?.default ? `${x[0]}（缺省）` : String(x[0]))) },
    yAxis: [{ type: 'value', max: 1, min: 0 }, { type: 'value', name: '案例' }],
    series: [{ name: '精确率', type: 'line', data: c.points.map((x) => x[4]) }, { name: '召回率', type: 'line', data: c.points.map((x) => x[5]) }, { name: '案例', type: 'bar', yAxisIndex: 1, itemStyle: { color: '#d9d9d9' }, data: c.points.map((x) => x[1]) }],
  }
  return <><Suspense fallback={null}><Chart option={option} height={220} label={`${p?.title ?? c.param}的阈值曲线`} /></Suspense><span className="quiet">在两万人的示例城市上量得；缺省取精确率、召回率都站得住的一段里。</span></>
}
