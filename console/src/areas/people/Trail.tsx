import { DownloadOutlined } from '@ant-design/icons'
import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { Alert, App, Button, DatePicker, Empty, Input, Space, Table } from 'antd'
import dayjs from 'dayjs'
import { useSearchParams } from 'react-router'
import type { components } from '../../api/schema'
import { get, query } from '../../api/client'
import { Who } from '../../parts/Who'
import { count } from '../../parts/words'

type Record = components['schemas']['RecordItem']
type Verdict = components['schemas']['Verdict']

export function Page() {
  const { modal } = App.useApp()
  const [params, setParams] = useSearchParams()
  const f = Object.fromEntries(['actor', 'action', 'object', 'from', 'to'].map((k) => [k, params.get(k) ?? '']))
  const set = (more: { [k: string]: string }) => {
    const next = new URLSearchParams(params)
    for (const [k, v] of Object.entries(more)) v ? next.set(k, v) : next.delete(k)
    setParams(next, { replace: true })
  }
  const q = useInfiniteQuery({
    queryKey: ['trail', f], initialPageParam: '', getNextPageParam: (l: { next: string }) => l.next || undefined,
    queryFn: ({ pageParam }) => get<{ items: Record[] | null; next: string }>(`/api/trail${query({ ...f, cursor: pageParam, limit: 50 })}`),
  })
  const check = useMutation({
    mutationFn: () => get<Verdict>('/api/trail/verify'),
    onSuccess: (v) =>
      v.whole
        ? modal.success({ title: '操作日志完整', content: `核对了 ${count(v.records)} 条记录、${count(v.chains)} 条链、${count(v.anchors)} 个锚点，没有改动或缺失。` })
        : modal.error({ title: '操作日志不完整', content: v.broken }),
    onError: (e) => modal.error({ title: '没有核对成', content: e.message }),
  })
  const rows = q.data?.pages.flatMap((p) => p.items ?? []) ?? []
  return (
    <div style={{ background: '#fff', padding: 12, borderRadius: 4 }}>
      <Space wrap style={{ marginBottom: 10 }}>
        <DatePicker.RangePicker allowEmpty={[true, true]} value={[f.from ? dayjs(f.from) : null, f.to ? dayjs(f.to) : null]} onChange={(v) => set({ from: v?.[0]?.format('YYYY-MM-DD') ?? '', to: v?.[1]?.format('YYYY-MM-DD') ?? '' })} />
        <Input.Search placeholder="操作人" allowClear defaultValue={f.actor} onSearch={(v) => set({ actor: v.trim() })} style={{ width: 150 }} aria-label="操作人" />
        <Input.Search placeholder="操作，如 登录失败" allowClear defaultValue={f.action} onSearch={(v) => set({ action: v.trim() })} style={{ width: 170 }} aria-label="操作" />
        <Input.Search placeholder="对象，如疑点编号" allowClear defaultValue={f.object} onSearch={(v) => set({ object: v.trim() })} style={{ width: 240 }} aria-label="对象" />
        <Button loading={check.isPending} onClick={() => check.mutate()}>核对是否完整</Button>
        <Button icon={<DownloadOutlined />} href={`/api/trail/export${query(f)}`}>导出</Button>
      </Space>
      {q.error && <Alert type="error" showIcon title={q.error.message} style={{ marginBottom: 8 }} />}
      <Table<Record>
        size="small" rowKey={(r) => `${r.chain} ${r.seq}`} dataSource={rows} loading={q.isPending} pagination={false} sticky
        locale={{ emptyText: <Empty description="没有符合条件的记录" /> }}
        columns={[
          { title: '时间', dataIndex: 'at', width: 160, render: (s: string) => `${s.slice(0, 10)} ${s.slice(11, 19)}` },
          { title: '操作人', dataIndex: 'actor', width: 130, ellipsis: true, render: (l: string) => <Who login={l} /> },
          { title: '操作', dataIndex: 'action', width: 120 },
          { title: '对象', dataIndex: 'object', width: 230, ellipsis: true },
          { title: '说明', dataIndex: 'detail', ellipsis: { showTitle: true } },
        ]}
      />
      {q.hasNextPage && <Button block type="text" loading={q.isFetchingNextPage} onClick={() => q.fetchNextPage()}>再看 50 条（已显示 {count(rows.length)} 条）</Button>}
    </div>
  )
}
