import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Card, DatePicker, Drawer, Empty, Input, Progress, Space, Table, Tag } from 'antd'
import type { Dayjs } from 'dayjs'
import { useState } from 'react'
import { Link } from 'react-router'
import type { components } from '../../api/schema'
import { useSession } from '../../api/session'
import { Drop } from '../../parts/Drop'
import { Who } from '../../parts/Who'
import { count } from '../../parts/words'
import { type SheetImport, bringSheets, job, sheetImport, sheetImports, sheetStep } from './api'

type S = components['schemas']
type Report = S['Report'] | undefined

const colours: Record<string, string> = { 核对: 'processing', 待批: 'orange', 导入: 'processing', 生效: 'green', 失败: 'red', 作废: 'default' }
const going = (x: SheetImport) => x.state === '核对' || x.state === '导入'

// Sheets brings national sheets in: one person hands them over and sees what they would do, another approves, then they are taken in.
export function Sheets() {
  const { may } = useSession()
  const client = useQueryClient()
  const [from, setFrom] = useState<Dayjs | null>(null)
  const [why, setWhy] = useState('')
  const [at, setAt] = useState('')
  const again = () => { for (const k of ['sheet-imports', 'sheet-import', 'library-sources', 'library-rows', 'library-coverage', 'library-points', 'library-cards']) void client.invalidateQueries({ queryKey: [k] }) }
  const q = useQuery({ queryKey: ['sheet-imports'], queryFn: sheetImports, refetchInterval: (x) => (x.state.data?.items?.some(going) ? 1000 : 15_000) })
  const items = q.data?.items ?? []
  return (
    <>
      {may('维护两库') && (
        <Card size="small" title={<>交表　<span className="quiet" style={{ fontWeight: 400 }}>先核对会怎样，不写入；另一个人看过、批准后才导入</span></>}>
          <Space wrap style={{ marginBottom: 8 }}>
            <DatePicker value={from} onChange={setFrom} placeholder="从哪天起生效" aria-label="从哪天起生效" />
            <span className="quiet">表里没写生效日的从这天起，不选为一直</span>
            <Input value={why} onChange={(e) => setWhy(e.target.value)} placeholder="说明，如：国家第九批" maxLength={500} style={{ width: 260 }} aria-label="说明" />
          </Space>
          <Drop
            shelf="/api/library/uploads" title="把国家两库表拖到这里，或点这里选择；可以一次选多个"
            hint="Excel、CSV（可压缩为 gz）；按表头认表，不看文件名。本局的 points.csv、code_map.csv 也从这里进"
            onSent={async (uploads) => { const x = await bringSheets({ uploads, valid_from: from?.format('YYYY-MM-DD'), why: why.trim() || undefined }); setWhy(''); setAt(x.import_id); again() }}
          />
        </Card>
      )}
      <Card size="small" title="办理">
        <Table<SheetImport>
          size="small" rowKey="import_id" dataSource={items} loading={q.isPending} scroll={{ x: 900 }} pagination={{ pageSize: 8, hideOnSinglePage: true, size: 'small', showSizeChanger: false }}
          locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description="还没有在这里交过表" /> }} onRow={(x) => ({ onClick: () => setAt(x.import_id), style: { cursor: 'pointer' } })}
          columns={[
            { title: '状态', dataIndex: 'state', width: 76, render: (s: string) => <Tag color={colours[s]}>{s}</Tag> },
            { title: '文件', key: 'f', width: 240, ellipsis: true, render: (_, x) => (x.files ?? []).map((f) => f.name).join('、') },
            { title: '结果', dataIndex: 'message', ellipsis: true, render: (v: string, x) => (going(x) ? <Bar id={x.job_id} done={again} /> : v) },
            { title: '交', dataIndex: 'author', width: 90, ellipsis: true, render: (l: string) => <Who login={l} /> },
            { title: '批准', dataIndex: 'approver', width: 90, ellipsis: true, render: (l: string) => l && <Who login={l} /> },
            { title: '时间', dataIndex: 'made_at', width: 130, render: (t: string) => t.slice(0, 16).replace('T', ' ') },
          ]}
        />
      </Card>
      <Drawer open={!!at} onClose={() => setAt('')} size={760} title="两库表导入" destroyOnHidden>{at && <One id={at} again={again} close={() => setAt('')} />}</Drawer>
    </>
  )
}

// Bar is how far the job is.
function Bar({ id, done }: { id: string; done: () => void }) {
  const q = useQuery({ queryKey: ['job', id], enabled: !!id, refetchInterval: 800, queryFn: async () => { const j = await job(id); if (!['等待', '进行'].includes(j.state)) done(); return j } })
  const j = q.data
  if (j && !['等待', '进行', '完成'].includes(j.state)) return <span style={{ color: '#a8071a' }}>任务{j.state}：{j.message || '请重新核对'}</span>
  return <Space><Progress percent={j?.total ? Math.round((j.done / j.total) * 100) : 0} style={{ width: 160 }} size="small" /><span className="quiet">{j?.state === '进行' ? '正在读表' : '等待'}</span></Space>
}

function One({ id, again, close }: { id: string; again: () => void; close: () => void }) {
  const { session, may } = useSession()
  const { message } = App.useApp()
  const [why, setWhy] = useState('')
  const q = useQuery({ queryKey: ['sheet-import', id], queryFn: () => sheetImport(id), refetchInterval: (x) => (x.state.data && going(x.state.data) ? 1000 : false) })
  const x = q.data
  const step = useMutation({
    mutationFn: (path: 'approve' | 'check' | 'drop') => sheetStep(x!, path, path === 'drop' ? { why: why.trim() } : undefined),
    onSuccess: (_, path) => { message.success({ approve: '已批准，正在导入', check: '正在重新核对', drop: '已作废' }[path]); setWhy(''); again(); if (path === 'drop') close() },
  })
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  if (!x) return null
  const own = x.author === session?.login
  const open = x.state === '待批' || x.state === '失败' || x.state === '核对'
  const stuck = x.state === '导入' // until its job has ended; one that was broken off is checked anew
  return (
    <div style={{ display: 'grid', gap: 10 }}>
      <div>
        <Tag color={colours[x.state]}>{x.state}</Tag>{(x.files ?? []).map((f) => f.name).join('、')}
        <div className="quiet"><Who login={x.author} /> 交于 {x.made_at.slice(0, 16).replace('T', ' ')}{x.valid_from && `，${x.valid_from} 起生效`}{x.why && `；${x.why}`}{x.approver && <>；<Who login={x.approver} /> 批准</>}</div>
      </div>
      {going(x) && <Bar id={x.job_id} done={again} />}
      {x.state === '生效' && <Alert type="success" showIcon title={`已导入，知识库版本 ${x.version_made}`} />}
      {!going(x) && x.state !== '生效' && x.message && (x.state !== '待批' || x.message.startsWith('没有导入成')) && <Alert type={x.state === '作废' ? 'info' : 'error'} showIcon title={x.message} />}
      {!going(x) && x.report && <Said r={x.report} done={x.state === '生效'} />}
      {x.state === '待批' && may('批准两库') && !own && <Space><Button type="primary" loading={step.isPending && step.variables === 'approve'} onClick={() => step.mutate('approve')}>批准，导入</Button><span className="quiet">导入后下次审核按新的知识点判，受影响的月份重审</span></Space>}
      {x.state === '待批' && !(may('批准两库') && !own) && <Alert type="info" showIcon title="等另一个有“批准两库”权限的人批准" />}
      {stuck && <Space><Button size="small" onClick={() => step.mutate('check')} loading={step.isPending}>任务中断了？重新核对</Button></Space>}
      {open && (own || may('批准两库')) && (
        <Space.Compact style={{ width: '100%' }}>
          <Button onClick={() => step.mutate('check')} loading={step.isPending && step.variables === 'check'}>重新核对</Button>
          <Input value={why} onChange={(e) => setWhy(e.target.value)} placeholder={own ? '不导入了的理由' : '不同意的理由'} maxLength={500} aria-label="不导入的理由" />
          <Button danger disabled={!why.trim()} loading={step.isPending && step.variables === 'drop'} onClick={() => step.mutate('drop')}>{own ? '不导入了' : '不同意'}</Button>
        </Space.Compact>
      )}
      {step.error && <Alert type="error" showIcon title={step.error.message} />}
    </div>
  )
}

// Said is the report in words: what became of the rows, and what is otherwise than before.
function Said({ r, done }: { r: NonNullable<Report>; done: boolean }) {
  const t = r.totals, d = r.diff
  return (
    <>
      <p style={{ margin: 0, fontSize: 15, lineHeight: 1.8 }}>
        {count((r.sheets ?? []).length)} 张表 {count(t.rows)} 行：<b>{count(t.used)}</b> 行{done ? '采用' : '可采用'}，<b style={{ color: t.pending ? '#ad4e00' : undefined }}>{count(t.pending)}</b> 行待裁决，<b style={{ color: t.unusable ? '#a8071a' : undefined }}>{count(t.unusable)}</b> 行不可用，{count(t.duplicate)} 行已有，{count(t.waiting)} 行等另一张表。
        <br />与上一版相比，知识点新增 <b>{count(d.added)}</b> 个、改变 <b>{count(d.changed)}</b> 个、不再有 <b>{count(d.gone)}</b> 个；导入后共 {count(r.live)} 个生效。新的待裁决 {count(d.new_rows)} 行{d.settled > 0 && `，${count(d.settled)} 行不再待裁决`}{done && d.new_rows > 0 && <>，去<Link to="/library/sources">裁决</Link></>}。
      </p>
      {(r.unread ?? []).map((u) => <Alert key={u} type="error" showIcon title={u} />)}
      {(r.unknown_rules ?? []).length > 0 && <Alert type="warning" showIcon title={`规则库里还没有的规则：${(r.unknown_rules ?? []).join('、')}（知识点已保留）`} />}
      <Table<S['KnowledgeSheetReport']>
        size="small" rowKey={(s) => s.file + (s.tab ?? '')} dataSource={r.sheets ?? []} pagination={false} scroll={{ y: 320 }}
        expandable={{ defaultExpandAllRows: true, rowExpandable: (s) => !!(s.reasons?.length || s.notes?.length), expandedRowRender: (s) => <>{(s.reasons ?? []).map((x) => <div key={x.text}>{count(x.count)} 行不可用：{x.text}<span className="quiet">（{(x.sample ?? []).join('，')}）</span></div>)}{(s.notes ?? []).map((n) => <div key={n}>{n}</div>)}</> }}
        columns={[
          { title: '表', key: 'n', ellipsis: true, render: (_, s) => <span title={s.kind}>{s.file}{s.tab && `［${s.tab}］`}<div className="quiet">{s.kind}</div></span> },
          ...([['行', 'rows'], ['采用', 'used'], ['待裁决', 'pending'], ['不可用', 'unusable'], ['已有', 'duplicate'], ['等另一半', 'waiting']] as const).map(([title, dataIndex]) => ({ title, dataIndex, width: 74, align: 'right' as const, render: count })),
        ]}
      />
      {(d.rules ?? []).length > 0 && (
        <Table<S['RuleDiff']> size="small" rowKey="rule_id" title={() => '各规则的知识点'} dataSource={d.rules ?? []} pagination={{ pageSize: 8, hideOnSinglePage: true, size: 'small', showSizeChanger: false }}
          columns={[{ title: '规则', dataIndex: 'rule_id', render: (v: string) => <Link to={`/library/cards/${v}`}>{v}</Link> }, { title: '新增', dataIndex: 'added', align: 'right', render: count }, { title: '改变', dataIndex: 'changed', align: 'right', render: count }, { title: '不再有', dataIndex: 'gone', align: 'right', render: count }]} />
      )}
      {(d.lines ?? []).length > 0 && (
        <Table<S['PointChange']> size="small" rowKey={(c) => c.rule_id + c.name + c.before + c.after} title={() => '改变和不再有的'} dataSource={d.lines ?? []} pagination={{ pageSize: 8, hideOnSinglePage: true, size: 'small', showSizeChanger: false }}
          footer={d.more ? () => `还有 ${count(d.more)} 项没有列出` : undefined}
          columns={[{ title: '规则', dataIndex: 'rule_id', width: 66 }, { title: '名称', dataIndex: 'name', ellipsis: true }, { title: '原来', dataIndex: 'before', ellipsis: true }, { title: '现在', dataIndex: 'after', ellipsis: true, render: (v: string) => v || '不再有' }, { title: '编码', dataIndex: 'points', width: 60, align: 'right', render: count }]} />
      )}
      {(r.pendings ?? []).length > 0 && !done && (
        <Table<S['PendingGroup']> size="small" rowKey={(p) => p.rule_id + p.name + p.reason} title={() => '导入后待裁决的'} dataSource={r.pendings ?? []} pagination={{ pageSize: 8, hideOnSinglePage: true, size: 'small', showSizeChanger: false }}
          columns={[{ title: '规则', dataIndex: 'rule_id', width: 66 }, { title: '名称', dataIndex: 'name', width: 200, ellipsis: true }, { title: '为什么', dataIndex: 'reason', ellipsis: true }, { title: '编码', dataIndex: 'points', width: 60, align: 'right', render: count }]} />
      )}
    </>
  )
}
