import { useQuery } from '@tanstack/react-query'
import { Alert, Card, Descriptions, Skeleton, Tag } from 'antd'
import { Link, useNavigate, useParams } from 'react-router'
import { type Evidence, getEvidence } from '../api/findings'
import { openFinding, type Whole as Finding } from '../api/review'
import { cluesOf } from '../api/trace'
import { useSession } from '../api/session'
import { Answer, Inside } from '../areas/hospital/Answer'
import { Decide } from '../areas/review/Decide'
import { Money } from '../areas/review/Money'
import { Papers } from '../areas/review/Papers'
import { Record } from '../areas/review/Record'
import { ModelCase, ofModel, useModelFinding } from '../areas/models/ModelCase'
import { Teach } from '../areas/review/Teach'
import { Bill } from '../parts/Bill'
import { useKeys } from '../parts/keys'
import { Severity } from '../parts/Severity'
import { Timeline } from '../parts/Timeline'
import { listOf } from '../parts/trail'
import { medTypes, yuan } from '../parts/words'

export function Page() {
  const id = useParams().id ?? ''
  const { session } = useSession()
  const navigate = useNavigate()
  const list = listOf(id)
  const go = (step: number) => {
    const next = list?.ids[list.at + step]
    if (next) navigate(`/findings/${next}`)
  }
  useKeys({ j: () => go(1), k: () => go(-1), u: () => list && navigate(list.back) })
  const f = useQuery({ queryKey: ['finding', id], queryFn: () => openFinding(id) })
  const e = useQuery({ queryKey: ['evidence', id], queryFn: () => getEvidence(id), staleTime: 300_000, enabled: !ofModel(id) })
  if (f.error) return <Alert type="error" showIcon title={f.error.message} />
  if (!f.data) return <Skeleton active />
  // After a decision the next of the list opens; where there is none, this one stays to be seen.
  const done = () => {
    if (list && list.at + 1 < list.ids.length) go(1)
    else void f.refetch()
  }
  return (
    <div style={{ display: 'grid', gap: 10, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      {list && (
        <div style={{ display: 'flex', gap: 16 }}>
          <Link to={list.back}>← 回到列表</Link>
          <span className="quiet">第 {list.at + 1} 条，共 {list.ids.length} 条　<kbd>J</kbd> 下一条　<kbd>K</kbd> 上一条　<kbd>U</kbd> 回列表；办完自动打开下一条</span>
        </div>
      )}
      <Head f={f.data} e={e.data} />
      {e.error && <Alert type="warning" showIcon title={`证据没有取到：${e.error.message}`} />}
      {e.isPending && !ofModel(id) && <Card size="small"><Skeleton active paragraph={{ rows: 8 }} /></Card>}
      <div style={{ display: 'flex', flexWrap: 'wrap', gap: 10, alignItems: 'flex-start' }}>
        <div style={{ flex: '100 1 520px', minWidth: 0 }}>{ofModel(id) && <ModelCase id={id} state={f.data.state} withdrawn={f.data.withdrawn} />}{e.data && <Proof f={f.data} e={e.data} />}</div>
        <div style={{ flex: '1 1 330px', minWidth: 0, display: 'grid', gap: 10, gridTemplateColumns: 'minmax(0, 1fr)', position: 'sticky', top: 0 }}>
          {session?.fixmedins_code ? (
            <>
              <Answer key={`${f.data.finding_id}/${f.data.state}`} f={f.data} onDone={done} />
              <Inside key={f.data.finding_id} f={f.data} />
            </>
          ) : (
            <Decide key={`${f.data.finding_id}/${f.data.version}`} f={f.data} onDone={done} />
          )}
          {/^T\d/.test(f.data.rule_id) && <Clues id={f.data.finding_id} />}
          <Money key={f.data.version} f={f.data} />
          <Teach f={f.data} />
          <Papers f={f.data} />
          <Record f={f.data} />
        </div>
      </div>
    </div>
  )
}

// Clues are the boxes behind the finding: what their institution said of them and what was found on site.
function Clues({ id }: { id: string }) {
  const q = useQuery({ queryKey: ['clues-of', id], queryFn: () => cluesOf(id), retry: false })
  const items = q.data?.items ?? []
  if (!items.length) return null
  return (
    <Card size="small" title="追溯码线索">
      {items.map((c) => (
        <div key={c.clue_id} style={{ display: 'flex', gap: 8, flexWrap: 'wrap' }}>
          <Link to={`/trace/clues/${c.clue_id}`}>{c.drug_trac_codg}</Link>
          <span>{c.class}　{c.state}{c.verdict && <>：<b>{c.verdict}</b></>}</span>
        </div>
      ))}
    </Card>
  )
}

function Head({ f, e }: { f: Finding; e?: Evidence }) {
  return (
    <Card size="small">
      <div style={{ display: 'flex', flexWrap: 'wrap', gap: 16, alignItems: 'flex-start' }}>
        <div style={{ flex: '1 1 260px', minWidth: 0 }}>
          <div style={{ marginBottom: 4 }}>
            <Severity level={f.sev_deg} />　<b style={{ fontSize: 16 }}>{f.rule_name}</b>　<span className="quiet">{f.rule_id}</span>
            <Tag color="blue" style={{ marginLeft: 12 }}>{f.state}</Tag>
            {f.withdrawn && <Tag>最近的审核已不再发现</Tag>}
            {e && !e.holds && <Tag color="gold">按现有数据与规则已不成立</Tag>}
            {e?.exemption && <Tag color="purple">豁免 {e.exemption}</Tag>}
          </div>
          <div style={{ fontSize: 15 }}>{f.vola_cont}</div>
        </div>
        {ofModel(f.finding_id) && f.vola_fen === 0 ? <Involved id={f.finding_id} /> : (
          <>
            <Sum label="违规金额" fen={f.vola_fen} />
            <Sum label="其中基金" fen={f.fund_fen} />
            <Sum label="拟追" fen={f.charged_fen} strong />
          </>
        )}
      </div>
    </Card>
  )
}

// Involved is the money a model's finding speaks of: it charges none until people have looked.
function Involved({ id }: { id: string }) {
  const q = useModelFinding(id)
  return q.data ? <Sum label="涉及金额，不是拟追" fen={q.data.money} /> : null
}

function Sum({ label, fen, strong }: { label: string; fen: number; strong?: boolean }) {
  return (
    <div style={{ textAlign: 'right', whiteSpace: 'nowrap' }}>
      <div className="quiet" style={{ fontSize: 12 }}>{label}（元）</div>
      <div style={{ fontSize: 20, fontWeight: 600, color: strong ? '#cf1322' : undefined }}>{yuan(fen)}</div>
    </div>
  )
}

const limits = ['限额', '上限', '限制', '限', '规定', '间隔']
const actual = ['量', '实际', '患者', '年龄', '性别']

const number = (s: string) => /^-?[\d.,]+$/.test(s)

// Contrast puts the limit and the fact side by side, as large as what they decide; the other facts follow.
function Contrast({ facts }: { facts: { name: string; value: string }[] }) {
  const limit = facts.find((f) => limits.includes(f.name))
  const facing = facts.filter((f) => actual.includes(f.name))
  const fact = facing.find((f) => limit && number(f.value) === number(limit.value)) ?? facing[0] // a number against a number, a word against a word
  const unit = facts.find((f) => f.name === '单位')?.value ?? ''
  const rest = facts.filter((f) => !(limit && fact && (f === limit || f === fact || f.name === '单位')))
  return (
    <>
      {limit && fact && (
        <div style={{ display: 'flex', gap: 32, marginBottom: 8 }}>
          <Big label="规则" text={`${limit.name} ${limit.value}${unit}`} />
          <Big label="本次" text={`${fact.name} ${fact.value}${unit}`} colour="#cf1322" />
        </div>
      )}
      <Descriptions size="small" column={2} items={rest.map((x, i) => ({ key: i, label: x.name, children: <b>{x.value}</b> }))} />
    </>
  )
}

function Big({ label, text, colour }: { label: string; text: string; colour?: string }) {
  return (
    <div>
      <span className="quiet" style={{ fontSize: 12 }}>{label}</span>
      <div style={{ fontSize: 20, fontWeight: 600, color: colour }}>{text}</div>
    </div>
  )
}

function Proof({ f, e }: { f: Finding; e: Evidence }) {
  const facts = e.facts ?? []
  return (
    <div style={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1.15fr) minmax(300px, 1fr)', gap: 10 }}>
      <Card size="small">
        <Bill lines={e.bill ?? []} height="calc(100vh - 300px)" />
      </Card>
      <div style={{ display: 'grid', gap: 10, alignContent: 'start' }}>
        {facts.length > 0 && (
          <Card size="small" title="限制与事实">
            <Contrast facts={facts} />
          </Card>
        )}
        <Card size="small" title="病人与就诊">
          <Descriptions
            size="small" column={2}
            items={[
              { key: 'p', label: '参保人', children: `${f.psn_no}　${e.person.gend ?? ''}　${e.person.age ? `${e.person.age} 岁` : ''}` },
              { key: 'm', label: '就诊', children: `${medTypes[e.visit.med_type ?? ''] ?? e.visit.med_type ?? ''}　${f.mdtrt_id}` },
              { key: 'b', label: '起止', children: `${e.visit.begntime ?? ''} 至 ${e.visit.endtime || '仍在院'}`, span: 2 },
              {
                key: 'd', label: '诊断', span: 2,
                children: (e.diagnoses ?? []).length ? (e.diagnoses ?? []).map((d, i) => <Tag key={i} color={d.main ? 'blue' : undefined}>{d.diag_code} {d.diag_name}</Tag>) : e.visit.main_diagnosis || '没有上传诊断',
              },
            ]}
          />
        </Card>
        <Card size="small" title="近一年就诊">
          <Timeline visits={e.visits ?? []} />
        </Card>
        <Card size="small" title="依据">
          <p style={{ margin: 0 }}>{e.basis}</p>
          {(e.points ?? []).map((p) => (
            <p key={p.point_id} style={{ margin: '6px 0 0' }}>
              <span className="quiet">{p.point_id}</span>　{p.basis}<span className="quiet">　{p.source}</span>
            </p>
          ))}
          {(e.exemptions_checked ?? []).length > 0 && <p className="quiet" style={{ margin: '6px 0 0' }}>已核对的豁免：{(e.exemptions_checked ?? []).join('、')}，均不适用</p>}
          {e.advice && <p style={{ margin: '6px 0 0' }}>核查提示：{e.advice}</p>}
        </Card>
      </div>
    </div>
  )
}
