import { useQuery } from '@tanstack/react-query'
import { Alert, Input, Table, Tag } from 'antd'
import { useState } from 'react'
import type { components } from '../../api/schema'
import { get } from '../../api/client'

type Indicator = components['schemas']['Indicator']

// Page says of each figure what it is and how it is worked out.
export function Page() {
  const [text, setText] = useState('')
  const q = useQuery({ queryKey: ['indicators'], queryFn: () => get<{ items: Indicator[] | null }>('/api/board/dictionary') })
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  const rows = (q.data?.items ?? []).filter((i) => !text || `${i.id}${i.name}${i.means}${i.asked}`.includes(text))
  return (
    <div className="fit" style={{ background: '#fff', padding: 12, borderRadius: 4 }}>
      <div style={{ marginBottom: 10 }}>
        <Input.Search placeholder="按名称、定义、出处查" allowClear onSearch={setText} style={{ width: 260 }} aria-label="查指标" />
        <span className="quiet" style={{ marginLeft: 12 }}>看板、简报和导出只用这里的指标。拒付、拟追回、已追回、事前避免、违约金、罚款互不相加。</span>
      </div>
      <div className="grow">
        <Table<Indicator>
          size="small" rowKey="id" dataSource={rows} loading={q.isPending} pagination={false} sticky scroll={{ x: 1240 }}
          columns={[
            { title: '编号', dataIndex: 'id', width: 60, fixed: 'left' },
            { title: '指标', dataIndex: 'name', width: 170, fixed: 'left', render: (n: string, i) => <>{n} {i.source === 'none' && <Tag>暂无来源</Tag>}</> },
            { title: '单位', dataIndex: 'unit', width: 60, render: (u: string) => (u === '分' ? '元' : u === '‰' ? '%' : u) },
            { title: '定义', dataIndex: 'means', width: 330 },
            { title: '算法', dataIndex: 'how', width: 200, render: (h: string) => <span className="quiet">{h}</span> },
            { title: '去重', dataIndex: 'once', width: 190 },
            { title: '异地', dataIndex: 'elsewhere', width: 150 },
            { title: '退费', dataIndex: 'refunds', width: 110 },
            { title: '手工报销', dataIndex: 'manual', width: 80 },
            { title: '时效', dataIndex: 'fresh', width: 100 },
            { title: '打开', dataIndex: 'opens', width: 110 },
            { title: '出处', dataIndex: 'asked', width: 170 },
          ]}
        />
      </div>
    </div>
  )
}
