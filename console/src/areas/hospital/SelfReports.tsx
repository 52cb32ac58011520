import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, DatePicker, Empty, Form, Input, Modal, Table, Tag } from 'antd'
import type { Dayjs } from 'dayjs'
import { useState } from 'react'
import { useSession } from '../../api/session'
import { yuan } from '../../parts/words'
import { moment } from '../data/words'
import { colours, type Report, reportLines, selfReports, settleReport } from './selfcheck'

// Reports is what institutions declared they give back: an institution sees its own; the bureau's money people take it in or send it back.
export function Reports() {
  const { may, session } = useSession()
  const office = !session?.fixmedins_code && (may('执行扣款') || may('派单'))
  const [open, setOpen] = useState<{ r: Report; take: boolean }>()
  const q = useInfiniteQuery({ queryKey: ['self-reports'], queryFn: ({ pageParam }) => selfReports(pageParam), initialPageParam: '', getNextPageParam: (l) => l.next || undefined })
  const rows = q.data?.pages.flatMap((p) => p.items ?? []) ?? []
  return (
    <>
      {q.error && <Alert type="error" showIcon title={q.error.message} />}
      <Table<Report>
        size="small" rowKey="report_id" dataSource={rows} loading={q.isPending} pagination={false} scroll={{ x: 900 }}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={office ? '没有机构申报' : '还没有申报；在一次自查的结果里选要退的疑点'} /> }}
        columns={[
          { title: '申报时间', key: 'at', width: 140, render: (_, r) => moment(r.made_at) },
          ...(office ? [{ title: '机构', key: 'i', ellipsis: true, render: (_: unknown, r: Report) => r.fixmedins_name || r.fixmedins_code }] : []),
          { title: '行', dataIndex: 'line_count', width: 70, align: 'right' as const },
          { title: '退款（元）', dataIndex: 'amt_fen', width: 120, align: 'right' as const, render: yuan },
          { title: '说明', dataIndex: 'memo', ellipsis: true },
          { title: '状态', key: 's', width: 84, render: (_, r) => <Tag color={colours[r.state]}>{r.state}</Tag> },
          { title: '到账日、原因', key: 'd', width: 180, ellipsis: true, render: (_, r) => (r.state === '已登记' ? `${r.paid_date} 到账` : r.reason) },
          ...(office ? [{
            title: '', key: 'o', width: 150, render: (_: unknown, r: Report) => r.state === '已申报' && (
              <><Button size="small" type="link" onClick={() => setOpen({ r, take: true })}>登记到账</Button><Button size="small" type="link" danger onClick={() => setOpen({ r, take: false })}>退回</Button></>
            ),
          }] : []),
        ]}
        expandable={{ expandedRowRender: (r) => <Lines id={r.report_id} /> }}
      />
      {q.hasNextPage && <Button block type="text" loading={q.isFetchingNextPage} onClick={() => q.fetchNextPage()}>再看 50 份</Button>}
      {open && <Settle {...open} done={() => setOpen(undefined)} />}
    </>
  )
}

function Lines({ id }: { id: string }) {
  const q = useQuery({ queryKey: ['self-report', id], queryFn: () => reportLines(id) })
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  return (
    <Table
      size="small" rowKey={(l) => [l.rule_id, l.setl_id, l.feedetl_sn].join(' ')} loading={q.isPending} dataSource={q.data?.items ?? []} pagination={{ pageSize: 20, hideOnSinglePage: true, size: 'small' }}
      columns={[
        { title: '规则', dataIndex: 'rule_id', width: 70 }, { title: '结算号', dataIndex: 'setl_id', width: 170, ellipsis: true }, { title: '明细号', dataIndex: 'feedetl_sn', width: 170, ellipsis: true },
        { title: '事由', dataIndex: 'text', ellipsis: true }, { title: '退款（元）', dataIndex: 'amt_fen', width: 110, align: 'right', render: yuan },
      ]}
    />
  )
}

function Settle({ r, take, done }: { r: Report; take: boolean; done: () => void }) {
  const { message } = App.useApp()
  const queries = useQueryClient()
  const [form] = Form.useForm<{ paid?: Dayjs; reason?: string }>()
  const m = useMutation({
    mutationFn: (v: { paid?: Dayjs; reason?: string }) => settleReport(r, { take, paid_date: v.paid?.format('YYYY-MM-DD'), reason: v.reason }),
    onSuccess: () => {
      void message.success(take ? '已登记，下账时抵减' : '已退回')
      done()
      void queries.invalidateQueries()
    },
  })
  return (
    <Modal open title={`${take ? '登记到账' : '退回申报'}：${r.fixmedins_name || r.fixmedins_code} ${yuan(r.amt_fen)} 元`} okText={take ? '登记' : '退回'} cancelText="取消" onCancel={done} onOk={() => form.submit()} confirmLoading={m.isPending}>
      <Form form={form} layout="vertical" onFinish={(v) => m.mutate(v)}>
        {take ? <Form.Item name="paid" label="到账日" rules={[{ required: true, message: '写明钱哪天到账' }]}><DatePicker style={{ width: '100%' }} /></Form.Item>
          : <Form.Item name="reason" label="退回原因（机构看得到）" rules={[{ required: true, message: '写明为什么退回' }]}><Input.TextArea maxLength={1000} rows={3} /></Form.Item>}
      </Form>
      {m.error && <Alert type="error" showIcon title={m.error.message} />}
    </Modal>
  )
}
