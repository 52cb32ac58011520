import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, DatePicker, Descriptions, Empty, Input, Modal, Progress, Space, Spin, Steps, Table, Tag } from 'antd'
import { Suspense, lazy, useState } from 'react'
import { Link, useParams } from 'react-router'
import { Box } from '../../parts/Box'
import { around, diff } from '../../parts/diff'
import { Who } from '../../parts/Who'
import { count, yuan } from '../../parts/words'
import { type Contrast, type Example, type Job, type Result, type VersionWhole, card, job, step, version } from './api'
import { SetDiff } from './PointSet'
import { colours } from './Versions'

const Chart = lazy(() => import('../../parts/Chart'))
const life = ['草稿', '试算', '影子', '待批', '已批', '已公布', '生效']
const paths: Record<string, string> = { 试算: 'trial', 转影子: 'shadow', 送审: 'submit', 批准: 'approve', 退回: 'reject', 公布: 'announce', 生效: 'live', 停用: 'retire', 回退: 'rollback', 作废: 'drop' }
const grave = ['退回', '停用', '回退', '作废']

export function Page() {
  const { id = '' } = useParams()
  const q = useQuery({ queryKey: ['library-version', id], queryFn: () => version(id), retry: false })
  const v = q.data
  const live = useQuery({ queryKey: ['library-card', v?.subject], queryFn: () => card(v!.subject), enabled: v?.kind === 'card', retry: false })
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  if (!v) return <Spin />
  const results = (v.results ?? {}) as { trial?: Result; shadow?: Result }
  return (
    <div style={{ display: 'grid', gap: 12, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <Box title={<>{v.kind === 'card' ? <Link to={`/library/cards/${v.subject}`}>{v.subject}</Link> : v.subject}　{v.title}</>} extra={<Tag color={colours[v.state]}>{v.state}</Tag>}>
        {life.includes(v.state) && <Steps size="small" responsive={false} current={life.indexOf(v.state)} items={['起草', '试算', '影子', '送审', '批准', '公布', '生效'].map((title) => ({ title }))} style={{ margin: '4px 0 12px' }} />}
        <Descriptions size="small" column={4}>
          <Descriptions.Item label="起草"><Who login={v.author} />　{v.made_at.slice(0, 10)}</Descriptions.Item>
          <Descriptions.Item label="批准">{v.approver ? <Who login={v.approver} /> : '—'}</Descriptions.Item>
          <Descriptions.Item label="执行">{v.valid_from ? `${v.valid_from} 至 ${v.valid_to || '…'}` : '—'}</Descriptions.Item>
          <Descriptions.Item label="区划">{v.admdvs || '全国'}</Descriptions.Item>
        </Descriptions>
        <Act v={v} />
      </Box>
      {results.shadow && <Effect title="影子运行" r={results.shadow} names={v.institutions} />}
      {results.trial && <Effect title="试算" r={results.trial} names={v.institutions} />}
      <div style={{ display: 'grid', gap: 12, gridTemplateColumns: v.kind === 'points' ? 'minmax(0, 1fr)' : 'repeat(auto-fit, minmax(min(100%, 460px), 1fr))', alignItems: 'start' }}>
        <Box title={live.data || v.kind === 'points' ? '与现行的不同' : '原文'}>
          {v.kind === 'points' && <SetDiff text={v.text} />}
          {live.data && live.data.text === v.text && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description="与现行的一样" />}
          {v.kind !== 'points' && <pre style={{ margin: 0, maxHeight: 520, overflow: 'auto', fontSize: 12, lineHeight: '19px' }}>
            {live.data ? around(diff(live.data.text, v.text)).map((l, i) => l === null ? <div key={i} className="quiet">⋯</div>
              : <div key={i} style={{ background: l.kind === 'new' ? '#e6ffec' : l.kind === 'old' ? '#ffebe9' : undefined }}>{l.kind === 'new' ? '+ ' : l.kind === 'old' ? '− ' : '  '}{l.text}</div>) : v.text}
          </pre>}
        </Box>
        <Box title="走过的步骤">
          {(v.steps ?? []).map((s, i) => (
            <div key={i} style={{ padding: '5px 0', borderTop: i ? '1px solid #f0f0f0' : undefined }}>
              {s.from ? `${s.from} → ${s.to}` : s.to}　<span className="quiet"><Who login={s.actor} />　{s.at.slice(0, 16).replace('T', ' ')}</span>
              {s.why && <div>{s.why}</div>}
            </div>
          ))}
        </Box>
      </div>
    </div>
  )
}

// Effect shows what would change: more, fewer, the same, and with whom.
function Effect({ title, r, names }: { title: string; r: Result; names: Record<string, string> }) {
  const c: Contrast | undefined = r.contrast?.[0]
  const insts = (c?.institutions ?? []).slice(0, 12)
  return (
    <Box title={<>{title}　<span className="quiet">{r.from} 至 {r.to}，判了 {count(r.judged)} 行费用</span></>}>
      {(r.not_live ?? []).length > 0 && <Alert type="warning" title={`这些月份没有现行疑点可比：${(r.not_live ?? []).join('、')}`} style={{ marginBottom: 8 }} />}
      {(r.contrast ?? []).map((x) => (
        <Table key={x.rule_id} size="small" rowKey="k" pagination={false} style={{ marginBottom: 8 }}
          dataSource={[{ k: '现行', ...x.live }, { k: '新版本', ...x.candidate }, { k: '只有新版本有', ...x.only_candidate }, { k: '只有现行有', ...x.only_live }]}
          columns={[{ title: x.rule_id, dataIndex: 'k', width: 150 }, { title: '疑点', dataIndex: 'findings', align: 'right', render: count }, { title: '违规金额（元）', dataIndex: 'vola_fen', align: 'right', render: yuan }, { title: '其中基金（元）', dataIndex: 'fund_fen', align: 'right', render: yuan }]}
          footer={() => `两边都有 ${count(x.both)} 条，其中 ${count(x.revised)} 条行、金额或程度不同`} />
      ))}
      {(r.contrast ?? []).some((x) => x.live.findings + x.candidate.findings > 0) && <Suspense fallback={<Spin />}><Chart height={56 + (r.contrast ?? []).length * 64} label="疑点：两边都有的、新增的、不再有的" option={difference(r.contrast ?? [])} /></Suspense>}
      {(r.contrast ?? []).map((x) => (
        <div key={x.rule_id} style={{ display: 'grid', gap: '0 16px', gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 420px), 1fr))' }}>
          <Examples title={`新增的，看 ${(x.only_candidate_examples ?? []).length} 条`} items={x.only_candidate_examples ?? []} />
          <Examples title={`不再有的，看 ${(x.only_live_examples ?? []).length} 条`} items={x.only_live_examples ?? []} link />
        </div>
      ))}
      {c && insts.length > 0 && <Suspense fallback={<Spin />}><Chart height={Math.max(120, 40 + insts.length * 24)} label="疑点与现行的差别" option={{
        grid: { left: 150, right: 40, top: 26, bottom: 4 }, legend: { top: 0, left: 0 }, tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' } },
        xAxis: { type: 'value', splitLine: { lineStyle: { color: '#f0f0f0' } } },
        yAxis: { type: 'category', inverse: true, data: insts.length ? insts.map((x) => names[x.fixmedins_code] || x.fixmedins_code) : ['现行', '新版本'] },
        series: [{ name: insts.length ? '新版本的疑点（按机构）' : '疑点', type: 'bar', barMaxWidth: 14, color: '#1d4ed8', label: { show: true, position: 'right' }, data: insts.length ? insts.map((x) => x.findings) : [c.live.findings, c.candidate.findings] }],
      }} /></Suspense>}
      {(r.samples ?? []).length > 0 && <details><summary>抽样看 {r.samples?.length} 条</summary>{(r.samples ?? []).map((s, i) => <pre key={i} style={{ whiteSpace: 'pre-wrap', fontSize: 12, borderTop: '1px solid #f0f0f0', paddingTop: 6 }}>{s}</pre>)}</details>}
    </Box>
  )
}

// difference draws what both find, what only the new version finds and what only the live one does.
function difference(cs: Contrast[]) {
  const names = cs.flatMap((x) => [`${x.rule_id} 现行`, `${x.rule_id} 新版本`])
  const row = (name: string, color: string, of: (x: Contrast) => [number, number]) => ({ name, type: 'bar' as const, stack: 'a', color, barMaxWidth: 18, data: cs.flatMap(of), label: { show: true, formatter: (p: { value: number }) => (p.value ? count(p.value) : '') } })
  return {
    grid: { left: 110, right: 30, top: 28, bottom: 4 }, legend: { top: 0, left: 0 }, tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' } },
    xAxis: { type: 'value', splitLine: { lineStyle: { color: '#f0f0f0' } }, minInterval: 1 }, yAxis: { type: 'category', inverse: true, data: names },
    series: [row('两边都有', '#98a2b3', (x) => [x.both, x.both]), row('新增', '#d46b08', (x) => [0, x.only_candidate.findings]), row('不再有', '#389e0d', (x) => [x.only_live.findings, 0])],
  }
}

function Examples({ title, items, link }: { title: string; items: Example[]; link?: boolean }) {
  if (!items.length) return null
  return (
    <Table<Example> size="small" rowKey="finding_id" title={() => title} pagination={{ pageSize: 5, hideOnSinglePage: true, size: 'small', showSizeChanger: false }} dataSource={items} style={{ marginBottom: 8 }}
      columns={[{ title: '月份', dataIndex: 'month', width: 80, render: (m: string, x) => (link ? <Link to={`/findings/${x.finding_id}`}>{m}</Link> : m) }, { title: '疑点', dataIndex: 'vola_cont', ellipsis: true }, { title: '金额（元）', dataIndex: 'vola_fen', width: 100, align: 'right', render: yuan }]} />
  )
}

function Act({ v }: { v: VersionWhole }) {
  const { message } = App.useApp()
  const client = useQueryClient()
  const [doing, setDoing] = useState('')
  const [why, setWhy] = useState('')
  const [text, setText] = useState('')
  const [day, setDay] = useState('')
  const [run, setRun] = useState('')
  const again = () => { for (const k of ['library-version', 'library-versions', 'library-card', 'library-cards']) void client.invalidateQueries({ queryKey: [k] }) }
  const progress = useQuery({
    queryKey: ['job', run], queryFn: async () => { const j = await job(run); if (ended(j)) again(); return j }, enabled: !!run,
    refetchInterval: (x) => (x.state.data && ended(x.state.data) ? false : 1000),
  })
  const go = useMutation({
    mutationFn: () => step(v, paths[doing] ?? '', doing === '公布' ? { text, effective: day } : doing === '停用' ? { from: day, why } : doing === '试算' ? {} : { why }),
    onSuccess: (x) => {
      if ('job_id' in x) setRun(x.job_id)
      else message.success(`已${doing}`)
      setDoing(''); setWhy('')
      again()
    },
  })
  const next = (v.next ?? []).filter((a) => paths[a])
  const forward = next.find((a) => a !== v.state && !grave.includes(a)) // trying again is possible, going on is meant
  const needsDay = doing === '公布' || doing === '停用'
  const ready = (doing !== '公布' || (text.trim() && day)) && (doing !== '停用' || (why.trim() && day)) && (doing !== '退回' || why.trim())
  const j = progress.data
  return (
    <>
      {j && !ended(j) && <Space style={{ marginTop: 8 }}><Progress percent={j.total ? Math.round((j.done / j.total) * 100) : 0} style={{ width: 260 }} /><span className="quiet">试算{j.state}</span></Space>}
      {j && ended(j) && j.state !== '完成' && <Alert type="error" showIcon title={`试算${j.state}：${j.message}`} style={{ marginTop: 8 }} />}
      {next.length > 0 && <Space style={{ marginTop: 10 }} wrap>{next.map((a) => <Button key={a} size="small" type={a === forward ? 'primary' : 'default'} danger={grave.includes(a)} onClick={() => { setDoing(a); go.reset() }}>{a}</Button>)}</Space>}
      <Modal open={!!doing} title={`${doing}：${v.subject}`} onCancel={() => setDoing('')} onOk={() => go.mutate()} okText={doing} okButtonProps={{ disabled: !ready, loading: go.isPending, danger: grave.includes(doing) }}>
        {doing === '试算' && <p>在全部已导入的月份上和现行的并排判一遍，不影响现行疑点。</p>}
        {doing === '公布' && <Input.TextArea rows={6} value={text} onChange={(e) => setText(e.target.value)} placeholder="给定点机构看的正文：改了什么、为什么、从哪天起" aria-label="公布正文" style={{ marginBottom: 8 }} />}
        {needsDay && <DatePicker onChange={(d) => setDay(d ? d.format('YYYY-MM-DD') : '')} placeholder={doing === '公布' ? '从哪天起执行' : '从哪天起不再执行'} style={{ width: '100%', marginBottom: 8 }} />}
        {doing !== '公布' && doing !== '试算' && <Input.TextArea rows={3} value={why} onChange={(e) => setWhy(e.target.value)} placeholder={doing === '退回' || doing === '停用' ? '理由（必填）' : '理由'} aria-label="理由" />}
        {go.error && <Alert type="error" showIcon title={go.error.message} style={{ marginTop: 8 }} />}
      </Modal>
    </>
  )
}

const ended = (j: Job) => !['等待', '进行'].includes(j.state)
