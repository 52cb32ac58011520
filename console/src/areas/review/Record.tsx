import { useQuery } from '@tanstack/react-query'
import { Card, Tag, Timeline } from 'antd'
import { Link } from 'react-router'
import { alike, type Whole } from '../../api/review'
import { Who } from '../../parts/Who'
import { yuan } from '../../parts/words'

const when = (s: string) => s.slice(0, 16).replace('T', ' ')

// Record is what happened to a finding, what the doctor had been told, what was decided on the like, and what else the stay holds.
export function Record({ f }: { f: Whole }) {
  const a = useQuery({ queryKey: ['alike', f.finding_id], queryFn: () => alike(f.finding_id) })
  return (
    <>
      <Card size="small" title="当时提醒">
        {f.told ? <span>{f.told.told}　{f.told.call_at && when(f.told.call_at)}　{f.told.choice && `医生答复：${f.told.choice}`}　{f.told.missing}{f.told.blocks && <Tag color="gold">平台没有提醒到，不追款</Tag>}</span> : <span className="quiet">就诊期间没有经事前事中审核上传</span>}
      </Card>
      {a.data && a.data.items.length > 0 && (
        <Card size="small" title="同类以往怎样决定" extra={<span className="quiet">{Object.entries(a.data.verdicts).map(([k, n]) => `${k} ${n}`).join('　')}</span>}>
          {a.data.items.slice(0, 5).map((x) => (
            <div key={x.finding_id} style={{ marginBottom: 4 }}>
              <Link to={`/findings/${x.finding_id}`}>{x.day}</Link>　<b>{x.verdict}</b> {x.reason}　{yuan(x.claim_fen)} → {yuan(x.charged_fen)} 元　<span className="quiet">{x.opinion || x.minutes}</span>
            </div>
          ))}
        </Card>
      )}
      {f.same_visit.length > 0 && (
        <Card size="small" title="本次就诊的其他疑点">
          {f.same_visit.map((x) => <div key={x.finding_id}><Link to={`/findings/${x.finding_id}`}>{x.rule_name}</Link>　<span className="quiet">{x.state}</span>　拟追 {yuan(x.charged_fen)} 元</div>)}
        </Card>
      )}
      {(f.notices.length > 0 || f.files.length > 0) && (
        <Card size="small" title="文书与附件">
          {f.notices.map((n) => <div key={n.notice_id}>{n.title}　{when(n.sent_at)} 发出　{n.delivered ? `${n.delivered} 送达（${n.proof}）` : <b>未送达</b>}</div>)}
          {f.files.map((x) => <div key={x.file_id}><a href={`/api/review/files/${x.file_id}`}>{x.name}</a>　<span className="quiet"><Who login={x.uploaded_by} />　{when(x.at)}</span></div>)}
        </Card>
      )}
      {f.steps.length > 0 && (
        <Card size="small" title="办理经过">
          <Timeline items={f.steps.map((s) => ({ children: <span><b>{s.name}</b>　<Who login={s.actor} />　<span className="quiet">{when(s.at)}　{s.from_state === s.to_state ? s.to_state : `${s.from_state} → ${s.to_state}`}</span>{(s.reason || s.opinion) && <div>{s.reason} {s.opinion}</div>}</span> }))} />
        </Card>
      )}
    </>
  )
}
