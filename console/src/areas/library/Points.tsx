import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Input, Select, Space, Table } from 'antd'
import { useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { useSession } from '../../api/session'
import { count } from '../../parts/words'
import { type PointItem, cards, points } from './api'
import { DraftSet } from './PointSet'

const size = 100

export function Page() {
  const [params, setParams] = useSearchParams()
  const { may } = useSession()
  const [drafting, setDrafting] = useState(false)
  const rule = params.get('rule_id') ?? ''
  const find = params.get('find') ?? ''
  const at = Number(params.get('page') ?? 1)
  const set = (more: Record<string, string>) => setParams((p) => { for (const [k, v] of Object.entries(more)) if (v) p.set(k, v); else p.delete(k); return p }, { replace: true })
  const cs = useQuery({ queryKey: ['library-cards'], queryFn: cards })
  const q = useQuery({ queryKey: ['library-points', rule, find, at], queryFn: () => points({ rule_id: rule, find, skip: (at - 1) * size, limit: size }), placeholderData: (was) => was })
  const rows = q.data?.items ?? []
  return (
    <div className="fit" style={{ background: '#fff', padding: 12, borderRadius: 4 }}>
      <Space wrap style={{ marginBottom: 10 }}>
        <Select showSearch={{ optionFilterProp: 'label' }} allowClear placeholder="哪条规则" value={rule || undefined} onChange={(v?: string) => set({ rule_id: v ?? '', page: '' })} style={{ width: 300 }} aria-label="规则"
          options={(cs.data?.items ?? []).filter((c) => c.points > 0).map((c) => ({ value: c.rule_id, label: `${c.rule_id} ${c.name}（${c.points}）` }))} />
        <Input.Search allowClear placeholder="项目编码、诊断、依据里的文字" defaultValue={find} onSearch={(v) => set({ find: v.trim(), page: '' })} style={{ width: 280 }} aria-label="查知识点" />
        <span className="quiet">{count(q.data?.total ?? 0)} 个知识点</span>
        {may('维护两库') && <Button size="small" onClick={() => setDrafting(true)}>起草知识点集</Button>}
      </Space>
      {q.error && <Alert type="error" showIcon title={q.error.message} />}
      <div className="grow">
        <Table<PointItem>
          size="small" sticky rowKey="point_id" dataSource={rows} loading={q.isFetching} scroll={{ x: 1100 }}
          pagination={{ current: at, pageSize: size, total: q.data?.total ?? 0, showSizeChanger: false, hideOnSinglePage: true, onChange: (n) => set({ page: n > 1 ? String(n) : '' }) }}
          columns={[
            { title: '规则', dataIndex: 'rule_id', width: 66, fixed: 'left', render: (v: string) => <Link to={`/library/cards/${v}`}>{v}</Link> },
            { title: '项目', dataIndex: 'subject_code', width: 216, ellipsis: true },
            ...(rows.some((p) => p.subject2_code) ? [{ title: '对方项目', dataIndex: 'subject2_code', width: 150, ellipsis: true }] : []),
            { title: '范围', dataIndex: 'scope', width: 76 },
            { title: '限额', key: 'limit', width: 80, align: 'right', render: (_, p) => p.limit_value && `${p.limit_value} ${p.unit}` },
            { title: '限定', key: 'who', width: 170, ellipsis: true, render: (_, p) => [p.window_d > 0 && `${p.window_d} 天`, p.sex, p.age, p.diag_set && `诊断 ${p.diag_set}`, p.allow].filter(Boolean).join('，') },
            { title: '依据', dataIndex: 'basis', width: 290, ellipsis: true },
            { title: '有效', key: 'valid', width: 160, render: (_, p) => (p.valid_from || p.valid_to ? `${p.valid_from || '…'} 至 ${p.valid_to || '…'}` : <span className="quiet">一直</span>) },
            { title: '区划', dataIndex: 'admdvs', width: 70 },
          ]}
        />
      </div>
      {drafting && <DraftSet close={() => setDrafting(false)} />}
    </div>
  )
}
