import { useQuery } from '@tanstack/react-query'
import { Card, Tooltip } from 'antd'
import { forms, type Whole } from '../../api/review'

// Papers are the documents of a finding that can be printed now; of the others it says what is missing.
export function Papers({ f }: { f: Whole }) {
  const q = useQuery({ queryKey: ['forms', f.finding_id, f.version], queryFn: () => forms(f.finding_id), enabled: f.taken })
  if (!q.data) return null
  const at = (form: string, kind: string) => `/api/findings/${encodeURIComponent(f.finding_id)}/papers/${encodeURIComponent(form)}?kind=${kind}`
  const there = q.data.items.filter((x) => !x.why)
  const not = q.data.items.filter((x) => x.why)
  return (
    <Card size="small" title="文书下载" extra={q.data.whole && there.length > 0 && <a href={`/api/findings/${encodeURIComponent(f.finding_id)}/papers`}>全卷</a>}>
      {there.length === 0 && <span className="quiet">这一步还没有可出的文书</span>}
      {there.map((x) => (
        <div key={x.form} style={{ display: 'flex', gap: 10 }}>
          <span style={{ flex: 1 }}>{x.title}</span>
          <a href={at(x.form, 'pdf')} aria-label={`${x.title} PDF`}>PDF</a>
          <a href={at(x.form, 'docx')} aria-label={`${x.title} Word`}>Word</a>
        </div>
      ))}
      {not.length > 0 && (
        <div className="quiet" style={{ fontSize: 12, marginTop: 4 }}>
          还出不了：{not.map((x, i) => <Tooltip key={x.form} title={x.why}>{i > 0 && '、'}<span style={{ borderBottom: '1px dotted' }}>{x.title}</span></Tooltip>)}
        </div>
      )}
    </Card>
  )
}
