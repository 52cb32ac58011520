import { useQuery } from '@tanstack/react-query'
import { Alert, Empty, Segmented, Space, Table, Tag } from 'antd'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { Who } from '../../parts/Who'
import { type Version, versions } from './api'

export const colours: Record<string, string> = { 草稿: 'default', 试算: 'cyan', 影子: 'blue', 待批: 'orange', 已批: 'gold', 已公布: 'lime', 生效: 'green', 被替: 'default', 停用: 'red', 回退: 'red', 作废: 'default' }

export function Page() {
  const navigate = useNavigate()
  const [params, setParams] = useSearchParams()
  const state = params.get('state') ?? ''
  const q = useQuery({ queryKey: ['library-versions', '', state], queryFn: () => versions({ state }, '') })
  return (
    <div className="fit" style={{ background: '#fff', padding: 12, borderRadius: 4 }}>
      <Space wrap style={{ marginBottom: 10 }}>
        <Segmented value={state} onChange={(v) => setParams(v ? { state: v } : {}, { replace: true })} options={[{ value: '', label: '全部' }, '草稿', '试算', '影子', '待批', '已批', '已公布', '生效', '停用', '回退', '作废']} />
        <span className="quiet">从<Link to="/library">规则库</Link>的一条规则起草：试算 → 影子 → 送审 → 另一人批准 → 公布 → 生效</span>
      </Space>
      {q.error && <Alert type="error" showIcon title={q.error.message} />}
      <div className="grow">
        <Table<Version>
          size="small" sticky rowKey="version_id" dataSource={q.data?.items ?? []} loading={q.isPending} pagination={false} scroll={{ x: 900 }}
          onRow={(v) => ({ onClick: () => navigate(`/library/versions/${v.version_id}`), style: { cursor: 'pointer' } })}
          locale={{ emptyText: <Empty description="没有版本：规则都是出厂的样子" /> }}
          columns={[
            { title: '规则', dataIndex: 'subject', width: 170, ellipsis: true, render: (s: string, v) => <b>{s}{v.kind === 'points' && <span className="quiet">　知识点</span>}</b> },
            { title: '版本', dataIndex: 'title', ellipsis: true, render: (t: string, v) => t || v.version_id },
            { title: '状态', dataIndex: 'state', width: 84, render: (s: string) => <Tag color={colours[s]}>{s}</Tag> },
            { title: '区划', dataIndex: 'admdvs', width: 84, render: (a: string) => a || '全国' },
            { title: '起草', dataIndex: 'author', width: 96, ellipsis: true, render: (l: string) => <Who login={l} /> },
            { title: '批准', dataIndex: 'approver', width: 96, ellipsis: true, render: (l: string) => l && <Who login={l} /> },
            { title: '执行', key: 'from', width: 190, render: (_, v) => (v.valid_from ? `${v.valid_from} 至 ${v.valid_to || '…'}` : '') },
            { title: '起草时间', dataIndex: 'made_at', width: 150, render: (t: string) => t.slice(0, 16).replace('T', ' ') },
          ]}
        />
      </div>
    </div>
  )
}
