import { useMutation, useQuery } from '@tanstack/react-query'
import { Alert, Button, Card, Collapse, Input, Space, Table } from 'antd'
import { useState } from 'react'
import { call, get } from '../../api/client'

interface Answer { columns: string[]; rows: unknown[][]; cut: boolean }
interface View { name: string; title: string; columns: { name: string; title: string }[] }

// The analyst's bench: one read-only statement over the approved views.
export function Page() {
  const [sql, setSql] = useState('SELECT inst, COUNT(*) AS n, SUM(fee) AS fee\nFROM visit\nWHERE setting = 2\nGROUP BY inst\nORDER BY n DESC')
  const views = useQuery({ queryKey: ['model-views'], queryFn: () => get<View[]>('/api/models/views') })
  const ask = useMutation({ mutationFn: () => call<Answer>('POST', '/api/models/query', { sql }) })
  return (
    <div style={{ display: 'grid', gap: 10, gridTemplateColumns: '1fr 320px', alignItems: 'start' }}>
      <div style={{ display: 'grid', gap: 10 }}>
        <Card size="small" title="分析查询：只读，只看自己范围内的数据，每一条都记入操作留痕">
          <Input.TextArea
            value={sql} onChange={(e) => setSql(e.target.value)} autoSize={{ minRows: 6, maxRows: 18 }} spellCheck={false} style={{ fontFamily: 'monospace' }} aria-label="查询语句"
            onKeyDown={(e) => { if (e.ctrlKey && e.key === 'Enter') ask.mutate() }}
          />
          <Space style={{ marginTop: 8 }}>
            <Button type="primary" loading={ask.isPending} onClick={() => ask.mutate()}>查询</Button>
            <span className="quiet"><kbd>Ctrl</kbd>+<kbd>Enter</kbd>；最长一分钟，最多一千行；金额单位为分</span>
          </Space>
        </Card>
        {ask.error && <Alert type="error" showIcon title={ask.error.message} />}
        {ask.data && (
          <Card size="small" title={`${ask.data.rows.length} 行${ask.data.cut ? '（还有，没有列出）' : ''}`}>
            <Table
              size="small" rowKey="key" dataSource={ask.data.rows.map((r, key) => ({ key, r }))} pagination={{ pageSize: 50, size: 'small' }} scroll={{ x: true }}
              columns={ask.data.columns.map((title, i) => ({ title, render: (_: unknown, x: { r: unknown[] }) => String(x.r[i] ?? '') }))}
            />
          </Card>
        )}
      </div>
      <Card size="small" title="可用的视图">
        <Collapse size="small" items={(views.data ?? []).map((v) => ({ key: v.name, label: `${v.name} ${v.title}`, children: v.columns.map((c) => <div key={c.name}><code>{c.name}</code> <span className="quiet">{c.title}</span></div>) }))} />
      </Card>
    </div>
  )
}
