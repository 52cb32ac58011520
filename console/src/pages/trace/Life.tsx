import { useQuery } from '@tanstack/react-query'
import { Alert, Empty, Input, Table, Tag } from 'antd'
import { useSearchParams } from 'react-router'
import { life } from '../../api/trace'
import { LifeLine } from './LifeLine'

export function Page() {
  const [params, setParams] = useSearchParams()
  const code = params.get('code') ?? ''
  const q = useQuery({ queryKey: ['trace-life', code], queryFn: () => life(code), enabled: !!code, retry: false })
  const s = q.data
  return (
    <div style={{ background: '#fff', padding: 16, borderRadius: 4 }}>
      <Input.Search
        autoFocus size="large" placeholder="扫码或输入追溯码：20 位码、GS1 二维码、企业自编码" enterButton="查询" defaultValue={code} loading={q.isFetching}
        onSearch={(v) => setParams(v.trim() ? { code: v.trim() } : {})} style={{ maxWidth: 640 }} aria-label="追溯码"
      />
      {q.error && <Alert type="error" showIcon title={q.error.message} style={{ marginTop: 12 }} />}
      {!code && <Empty style={{ marginTop: 40 }} description="输入一个码，看它从购进到售出、退货、再售的全过程" />}
      {s && (
        <>
          <div style={{ margin: '16px 0 8px', fontSize: 16 }}>
            <b>{s.drug_trac_codg}</b>　<span className="quiet">{s.form}{s.prefix ? `，标识码 ${s.prefix}` : ''}</span>　
            <Tag color={s.net_sales > 1 ? 'red' : s.known ? 'blue' : 'default'}>{s.known ? `${s.verdict}，净售 ${s.net_sales} 次` : '没有见过'}</Tag>
          </div>
          <LifeLine story={s} />
          <Table
            size="small" rowKey={(x) => x.time + x.event + x.note} pagination={false} dataSource={s.steps ?? []} style={{ marginTop: 12 }} scroll={{ x: 760 }}
            columns={[
              { title: '时间', dataIndex: 'time', width: 160 },
              { title: '事件', dataIndex: 'event', width: 100 },
              { title: '机构', key: 'inst', width: 240, render: (_, x) => <>{x.fixmedins_name}　<span className="quiet">{x.fixmedins_code}</span></> },
              { title: '单据', dataIndex: 'doc', width: 160, ellipsis: true },
              { title: '说明', dataIndex: 'note' },
            ]}
          />
          {(s.explained ?? []).map((w) => <div key={w} className="quiet" style={{ marginTop: 6 }}>已排除：{w}</div>)}
        </>
      )}
    </div>
  )
}
