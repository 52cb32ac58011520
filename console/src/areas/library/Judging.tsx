import { useMutation, useQuery } from '@tanstack/react-query'
import { Alert, App, Button, Card, Descriptions, Empty, Input, Skeleton, Space } from 'antd'
import { useEffect, useMemo, useState } from 'react'
import { Bill } from '../../parts/Bill'
import { useKeys } from '../../parts/keys'
import { Timeline } from '../../parts/Timeline'
import { medTypes, yuan } from '../../parts/words'
import { type Sheet, blindCase, card, judge } from './api'

type Verdict = 'right' | 'wrong' | 'unclear'
const verdicts: [Verdict, string, string][] = [['right', '对', '规则判得对，这笔确实违规'], ['wrong', '错', '规则判错了，这笔不违规'], ['unclear', '说不清', '看了这些还判断不了']]
const insurances: Record<string, string> = { '310': '职工医保', '390': '居民医保', '510': '生育保险', '410': '工伤保险' }

// Judging is the queue of a judge: one case at a time with what the rule says and what happened; how grave the machine holds it, its conclusion, how far
// it has come and what the other judge says are not shown.
export function Judging({ month, rows, names, loading, again, at, go }: { month: string; rows: Sheet[]; names: Map<string, string>; loading: boolean; again: () => void; at: string; go: (finding: string) => void }) {
  const open = useMemo(() => rows.filter((s) => !s.mine && !s.full), [rows])
  const i = Math.max(0, open.findIndex((s) => s.finding_id === at))
  const s = open[i]
  const step = (n: number) => { const next = open[(i + n + open.length) % open.length]; if (next) go(next.finding_id) }
  if (loading) return <Skeleton active />
  if (!s) return <Empty style={{ marginTop: 60 }} description={rows.length ? '这个月抽到的您都判完了' : '这个月还没有抽样：由维护两库的人抽取'} />
  const of = open.filter((x) => x.rule_id === s.rule_id).length
  return <One key={s.finding_id} s={s} month={month} name={names.get(s.rule_id) ?? ''} place={`第 ${i + 1} 条，共 ${open.length} 条；这条规则还有 ${of} 条`} step={step} next={open[i + 1]?.finding_id ?? open[i - 1]?.finding_id ?? ''} go={go} again={again} />
}

function One({ s, month, name, place, step, next, go, again }: { s: Sheet; month: string; name: string; place: string; step: (n: number) => void; next: string; go: (f: string) => void; again: () => void }) {
  const { message } = App.useApp()
  const [note, setNote] = useState('')
  const q = useQuery({ queryKey: ['blind', month, s.finding_id], queryFn: () => blindCase(month, s.finding_id), retry: false, staleTime: 300_000 })
  const c = useQuery({ queryKey: ['library-card', s.rule_id], queryFn: () => card(s.rule_id), retry: false, staleTime: 300_000 })
  const say = useMutation({
    mutationFn: (v: Verdict) => judge(s.finding_id, v, note.trim()),
    onSuccess: (r) => { if (r.put_back) message.warning(r.put_back, 8); go(next); again() },
  })
  const answer = (v: Verdict) => {
    if (say.isPending) return
    if (v !== 'right' && !note.trim()) message.info('错的、说不清的请先写为什么')
    else say.mutate(v)
  }
  useKeys({ j: () => step(1), k: () => step(-1), 1: () => answer('right'), 2: () => answer('wrong'), 3: () => answer('unclear') })
  useEffect(() => { document.querySelector('.grow')?.scrollTo(0, 0) }, [s.finding_id])
  const x = q.data
  return (
    <div className="grow" style={{ overflow: 'auto', display: 'flex', flexWrap: 'wrap', gap: 10, alignItems: 'flex-start' }}>
      <div style={{ flex: '100 1 520px', minWidth: 0, display: 'grid', gap: 10, gridTemplateColumns: 'minmax(0, 1fr)' }}>
        {q.error && <Alert type="warning" showIcon title={q.error.message} />}
        {q.isPending && <Skeleton active paragraph={{ rows: 8 }} />}
        {x && (
          <>
            <Card size="small">
              <Descriptions size="small" column={{ xs: 1, md: 3 }}>
                <Descriptions.Item label="人">{x.person.psn_no}　{x.person.gend}　{x.person.age && `${x.person.age} 岁`}</Descriptions.Item>
                <Descriptions.Item label="险种">{insurances[x.person.insutype] ?? x.person.insutype}</Descriptions.Item>
                <Descriptions.Item label="争议金额">{yuan(x.vola_fen)} 元</Descriptions.Item>
                <Descriptions.Item label="就诊">{medTypes[x.visit.med_type] ?? x.visit.med_type}　{x.visit.begntime.slice(0, 16)}{x.visit.endtime && x.visit.endtime.slice(0, 10) !== x.visit.begntime.slice(0, 10) && ` 至 ${x.visit.endtime.slice(0, 16)}`}</Descriptions.Item>
                <Descriptions.Item label="诊断" span={2}>{(x.diagnoses ?? []).map((d) => `${d.diag_name || d.diag_code}${d.main ? '（主）' : ''}`).join('、') || x.visit.main_diagnosis || '没有'}</Descriptions.Item>
              </Descriptions>
            </Card>
            {(x.bill ?? []).length > 0 && <Card size="small"><Bill lines={x.bill ?? []} height={330} marks={['提出', '有关']} /></Card>}
            <Card size="small" title="近一年就诊"><Timeline visits={x.visits ?? []} /></Card>
          </>
        )}
      </div>
      <div style={{ flex: '1 1 360px', minWidth: 0, display: 'grid', gap: 10, gridTemplateColumns: 'minmax(0, 1fr)', position: 'sticky', top: 0 }}>
        <Card size="small" title={<>{s.rule_id}　{name}</>} styles={{ body: { maxHeight: 'max(180px, calc(100vh - 400px))', overflow: 'auto' } }}>
          <p style={{ fontSize: 15, margin: '0 0 6px' }}>{c.data?.says}</p>
          {c.data?.plainly && <p style={{ margin: '0 0 6px' }}>{c.data.plainly}</p>}
          {c.data?.reading && <p className="quiet" style={{ margin: '0 0 6px' }}>口径：{c.data.reading.replace(/^〔[^〕]*〕\s*/, '')}</p>}
          {(c.data?.exempts ?? []).length > 0 && <p className="quiet" style={{ margin: '0 0 6px' }}>不算的情形：{(c.data?.exempts ?? []).join('、')}</p>}
          {x && (x.facts ?? []).length > 0 && <Descriptions size="small" column={1} bordered styles={{ label: { width: 96 } }} items={(x.facts ?? []).map((f, i) => ({ key: i, label: f.name, children: f.value }))} />}
          {(x?.points ?? []).map((p) => <p key={p.point_id} className="quiet" style={{ margin: '6px 0 0' }}>知识点：{p.basis}{p.source && `（${p.source}）`}</p>)}
          {(x?.basis ?? c.data?.basis) && <p className="quiet" style={{ margin: '6px 0 0' }}>依据：{x?.basis ?? c.data?.basis}</p>}
        </Card>
        <Card size="small" title="您的判断">
          <Space style={{ marginBottom: 8 }} wrap>{verdicts.map(([v, text, means], k) => <Button key={v} title={means} type={v === 'right' ? 'primary' : 'default'} danger={v === 'wrong'} loading={say.isPending && say.variables === v} onClick={() => answer(v)}>{text} <kbd style={{ color: '#344054' }}>{k + 1}</kbd></Button>)}</Space>
          <Input.TextArea value={note} onChange={(e) => setNote(e.target.value)} autoSize={{ minRows: 2, maxRows: 4 }} maxLength={2000} placeholder="为什么（错的、说不清的要写）" aria-label="说明" />
          {say.error && <Alert type="error" showIcon title={say.error.message} style={{ marginTop: 8 }} />}
          <p className="quiet" style={{ margin: '8px 0 0' }}>{place}　<kbd>J</kbd> 下一条　<kbd>K</kbd> 上一条；判了不能改。程度、机器的结论和另一人的判断在两人都判完以前不给看。</p>
        </Card>
      </div>
    </div>
  )
}
