import { useQuery } from '@tanstack/react-query'
import { Alert, Empty, Segmented, Space, Table } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { get, query } from '../../api/client'
import type { Relay } from '../../api/review'
import { keepList } from '../../parts/trail'
import { Who } from '../../parts/Who'
import { yuan } from '../../parts/words'
import { Left } from '../review/Decide'
import { Reply } from './Answer'

interface Row extends Relay { rule_id: string; rule_name: string; vola_cont: string; mdtrt_id: string; charged_fen: number; case_state: string; outer_due: string }

// Page lists the questions inside an institution: those put to me, and those I put to others.
export function Page() {
  const [side, setSide] = useState('转给我的')
  const [state, setState] = useState('待答')
  const asked = side !== '转给我的'
  const q = useQuery({ queryKey: ['relays', asked, state], queryFn: () => get<{ items: Row[] }>(`/api/review/relays${query({ asked, state: state === '全部' ? '' : state })}`) })
  const rows = q.data?.items ?? []
  return (
    <div className="fit" style={{ background: '#fff', padding: 12, borderRadius: 4 }}>
      <Space wrap style={{ marginBottom: 10 }}>
        <Segmented value={side} onChange={setSide} options={['转给我的', '我转出的']} />
        <Segmented value={state} onChange={setState} options={['待答', '已答', '全部']} />
        <span className="quiet">院内期限不晚于机构对外的期限；点开行首可直接答复</span>
      </Space>
      {q.error && <Alert type="error" showIcon title={q.error.message} style={{ marginBottom: 8 }} />}
      <div className="grow">
        <Table<Row>
          size="small" rowKey="relay_id" dataSource={rows} loading={q.isPending} pagination={false} sticky scroll={{ x: 1000 }}
          expandable={{ rowExpandable: (r) => r.state === '待答' && !asked, expandedRowRender: (r) => <Reply relay={r} /> }}
          locale={{ emptyText: <Empty description={asked ? '还没有转出的：在疑点详情右边“院内转办”里转给科室或医生' : '没有转给您的疑点'} /> }}
          columns={[
            { title: '院内期限', key: 'due', width: 130, render: (_, r) => (r.state === '待答' ? <Left days={r.days_left} due={r.due} paused={false} /> : <span style={{ color: '#067647' }}>已答</span>) },
            { title: asked ? '转给' : '谁转来', key: 'who', width: 120, render: (_, r) => (asked ? <>{r.dept} <Who login={r.login} /></> : <Who login={r.asked_by} />) },
            {
              title: '疑点', key: 'f', width: 220, ellipsis: true,
              render: (_, r) => <Link to={`/findings/${r.finding_id}`} onClick={() => keepList({ back: '/relays', ids: rows.map((x) => x.finding_id) })}><span className="quiet">{r.rule_id}</span>　{r.rule_name}</Link>,
            },
            { title: '要说明什么', dataIndex: 'asks', ellipsis: true },
            ...(state === '待答' ? [{ title: '疑点说明', dataIndex: 'vola_cont', ellipsis: true }] : [{ title: '答复', dataIndex: 'reply', ellipsis: true }]),
            { title: '拟追（元）', dataIndex: 'charged_fen', width: 104, align: 'right', render: yuan },
            { title: '疑点状态', dataIndex: 'case_state', width: 90 },
            { title: '对外期限', dataIndex: 'outer_due', width: 104 },
          ]}
        />
      </div>
    </div>
  )
}
