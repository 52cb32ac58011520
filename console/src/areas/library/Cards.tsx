import { DownloadOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Input, Segmented, Select, Space, Table, type TableColumnsType, Tag } from 'antd'
import { useMemo } from 'react'
import { useNavigate, useSearchParams } from 'react-router'
import { useSession } from '../../api/session'
import { Severity } from '../../parts/Severity'
import { count, percent, yuan } from '../../parts/words'
import { type CardItem, type Quality, cards, quality } from './api'

type Row = CardItem & { q?: Quality }
const right = 'right' as const

export function Page() {
  const navigate = useNavigate()
  const { session } = useSession()
  const office = !session?.fixmedins_code // how a card does is the bureau's business
  const [params, setParams] = useSearchParams()
  const [find, sev, stage, kind] = ['find', 'sev', 'stage', 'kind'].map((k) => params.get(k) ?? '')
  const set = (k: string, v: string) => setParams((p) => { if (v) p.set(k, v); else p.delete(k); return p }, { replace: true })
  const q = useQuery({ queryKey: ['library-cards'], queryFn: cards })
  const how = useQuery({ queryKey: ['library-quality'], queryFn: quality, enabled: office })
  const rows = useMemo<Row[]>(() => {
    const by = new Map((how.data?.rules ?? []).map((x) => [x.rule_id, x]))
    return (q.data?.items ?? []).map((c) => ({ ...c, q: by.get(c.rule_id) }))
      .filter((c) => (!find || `${c.rule_id} ${c.name} ${c.says}`.toLowerCase().includes(find.toLowerCase())) && (!sev || String(c.severity) === sev) && (!stage || (c.stages ?? []).includes(stage)) && (!kind || c.kind === kind))
  }, [q.data, how.data, find, sev, stage, kind])
  const kinds = [...new Set((q.data?.items ?? []).map((c) => c.kind))].sort()
  const precise = (c: Row) => c.q?.precision && c.q.precision.both > 0 ? c.q.precision.share : -1
  const done: TableColumnsType<Row> = office ? [
    { title: '疑点', key: 'n', width: 80, align: right, render: (_, c) => count(c.q?.findings ?? 0), sorter: (a, b) => (a.q?.findings ?? 0) - (b.q?.findings ?? 0) },
    { title: '拟追（元）', key: 'm', width: 116, align: right, render: (_, c) => yuan(c.q?.charged_fen ?? 0), sorter: (a, b) => (a.q?.charged_fen ?? 0) - (b.q?.charged_fen ?? 0), defaultSortOrder: 'descend' },
    { title: '被推翻', key: 'o', width: 84, align: right, render: (_, c) => <span title={`已决定 ${c.q?.decided ?? 0} 条`}>{percent(c.q?.overturned ?? 0, c.q?.decided ?? 0)}</span>, sorter: (a, b) => (a.q?.overturned ?? 0) / (a.q?.decided || 1) - (b.q?.overturned ?? 0) / (b.q?.decided || 1) },
    { title: '盲审准确率', key: 'p', width: 104, align: right, render: (_, c) => (precise(c) < 0 ? <span className="quiet">未判</span> : <span style={{ color: c.q?.precision?.failing ? '#a8071a' : undefined }}>{percent(precise(c), 1)}</span>), sorter: (a, b) => precise(a) - precise(b) },
  ] : []
  return (
    <div className="fit" style={{ background: '#fff', padding: 12, borderRadius: 4 }}>
      <Space wrap style={{ marginBottom: 10 }}>
        <Input.Search allowClear placeholder="编号、名称、判什么" defaultValue={find} onChange={(e) => set('find', e.target.value.trim())} style={{ width: 260 }} aria-label="查规则" />
        <Segmented value={sev} onChange={(v) => set('sev', v)} options={[{ value: '', label: '全部程度' }, { value: '1', label: '明确违规' }, { value: '2', label: '高度可疑' }, { value: '3', label: '轻度可疑' }]} />
        <Segmented value={stage} onChange={(v) => set('stage', v)} options={[{ value: '', label: '各环节' }, '事前', '事中', '事后']} />
        <Select allowClear placeholder="判法" value={kind || undefined} onChange={(v?: string) => set('kind', v ?? '')} options={kinds.map((k) => ({ value: k, label: k }))} style={{ width: 170 }} />
        <span className="quiet">{count(rows.length)} 条规则</span>
        <Button size="small" icon={<DownloadOutlined />} href="/api/library/rulebook">下载整本</Button>
        <a href="/api/library/feed" title="规则增、改、停的订阅（Atom）：登录后可看；本院系统用接口密钥取">订阅变更</a>
      </Space>
      {q.error && <Alert type="error" showIcon title={q.error.message} />}
      <div className="grow">
        <Table<Row>
          size="small" sticky rowKey="rule_id" dataSource={rows} loading={q.isPending} scroll={{ x: 1080 }} pagination={{ pageSize: 100, hideOnSinglePage: true, showSizeChanger: false }}
          onRow={(c) => ({ onClick: () => navigate(`/library/cards/${c.rule_id}`), style: { cursor: 'pointer' } })}
          columns={[
            { title: '规则', dataIndex: 'rule_id', width: 76, fixed: 'left', render: (v: string) => <b>{v}</b>, sorter: (a, b) => a.rule_id.localeCompare(b.rule_id) },
            { title: '名称', dataIndex: 'name', ellipsis: true, render: (v: string, c) => <span title={c.says}>{v}{c.local && <Tag color="blue" style={{ marginLeft: 6 }}>本地</Tag>}</span> },
            { title: '程度', dataIndex: 'severity', width: 96, render: (v: number) => <Severity level={v} />, sorter: (a, b) => a.severity - b.severity },
            { title: '环节', dataIndex: 'stages', width: 84, render: (v: string[] | null) => <span title={(v ?? []).join('、')}>{(v ?? []).map((x) => x.slice(1)).join(' ')}</span> },
            { title: '停止级别', dataIndex: 'stop', width: 80 },
            { title: '知识点', dataIndex: 'points', width: 74, align: right, render: (n: number) => (n ? count(n) : <span className="quiet">—</span>), sorter: (a, b) => a.points - b.points },
            ...done,
          ]}
        />
      </div>
    </div>
  )
}
