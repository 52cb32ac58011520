import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, DatePicker, Empty, Form, Input, InputNumber, Modal, Select, Table } from 'antd'
import type { Dayjs } from 'dayjs'
import { useState } from 'react'
import { useSession } from '../../api/session'
import { yuan } from '../../parts/words'
import { Reports } from '../hospital/SelfReports'
import { addRefund, type Refund, refunds } from './api'

interface Written { source: string; ref_no: string; fixmedins_code: string; rule_id?: string; setl_id?: string; amount: number; paid: Dayjs }

// Refunds is what came back on other ways and is taken off at booking, so that nothing is recovered twice.
export function Refunds() {
  const { may } = useSession()
  const { message } = App.useApp()
  const queries = useQueryClient()
  const [adding, setAdding] = useState(false)
  const [form] = Form.useForm<Written>()
  const q = useInfiniteQuery({ queryKey: ['refunds'], queryFn: ({ pageParam }) => refunds(pageParam), initialPageParam: '', getNextPageParam: (last) => last.next || undefined })
  const rows = q.data?.pages.flatMap((p) => p.items) ?? []
  const m = useMutation({
    mutationFn: (v: Written) =>
      addRefund({ source: v.source, ref_no: v.ref_no, fixmedins_code: v.fixmedins_code.trim(), rule_id: v.rule_id || undefined, setl_id: v.setl_id || undefined, amt_fen: Math.round(v.amount * 100), paid_date: v.paid.format('YYYY-MM-DD') }),
    onSuccess: () => {
      void message.success('已登记，下账时抵减')
      setAdding(false)
      void queries.invalidateQueries()
    },
  })
  const need = [{ required: true, message: '必填' }]
  return (
    <>
      {(may('执行扣款') || may('派单')) && <><h4 style={{ margin: '0 0 6px' }}>机构自查申报</h4><Reports /><h4 style={{ margin: '14px 0 6px' }}>已登记的</h4></>}
      <div style={{ display: 'flex', gap: 12, marginBottom: 8, alignItems: 'center' }}>
        {(may('执行扣款') || may('派单')) && <Button size="small" type="primary" onClick={() => setAdding(true)}>登记另行退款</Button>}
        <span className="quiet">自查、检查或别的案件已经退回的：下账时先抵减，写明结算的抵那笔结算，只有总数的抵到用完为止，不重复扣。</span>
      </div>
      {q.error && <Alert type="error" showIcon title={q.error.message} />}
      <Table<Refund>
        size="small" rowKey="refund_id" dataSource={rows} loading={q.isPending} pagination={false} scroll={{ x: 900 }}
        locale={{ emptyText: <Empty description="没有另行退款" /> }}
        columns={[
          { title: '来源', dataIndex: 'source', width: 80 }, { title: '文号、凭证', dataIndex: 'ref_no', width: 180, ellipsis: true }, { title: '机构', key: 'i', ellipsis: true, render: (_, r) => r.fixmedins_name || r.fixmedins_code },
          { title: '规则', dataIndex: 'rule_id', width: 80 }, { title: '结算号', dataIndex: 'setl_id', width: 170, ellipsis: true }, { title: '退款日', dataIndex: 'paid_date', width: 104 },
          { title: '退款（元）', dataIndex: 'amt_fen', width: 116, align: 'right', render: yuan }, { title: '已抵减（元）', dataIndex: 'used_fen', width: 116, align: 'right', render: yuan },
          { title: '未抵减（元）', key: 'l', width: 116, align: 'right', render: (_, r) => yuan(r.amt_fen - r.used_fen) },
        ]}
      />
      {q.hasNextPage && <Button block type="text" onClick={() => q.fetchNextPage()}>再看 50 笔</Button>}
      <Modal open={adding} title="登记另行退款" okText="登记" cancelText="取消" onCancel={() => setAdding(false)} onOk={() => form.submit()} confirmLoading={m.isPending}>
        <Form form={form} layout="vertical" onFinish={(v) => m.mutate(v)}>
          <Form.Item name="source" label="来源" rules={need}><Select options={['自查', '飞检', '纪委', '旧系统', '其他'].map((s) => ({ value: s, label: s }))} /></Form.Item>
          <Form.Item name="ref_no" label="文号或凭证号（同一号只登记一次）" rules={need}><Input maxLength={100} /></Form.Item>
          <Form.Item name="fixmedins_code" label="机构编码" rules={need}><Input maxLength={32} /></Form.Item>
          <Form.Item name="setl_id" label="结算号（知道的话）"><Input maxLength={64} /></Form.Item>
          <Form.Item name="rule_id" label="规则编号（知道的话）"><Input maxLength={32} /></Form.Item>
          <Form.Item name="amount" label="退款金额（元）" rules={need}><InputNumber min={0.01} precision={2} style={{ width: '100%' }} /></Form.Item>
          <Form.Item name="paid" label="退款日" rules={need}><DatePicker style={{ width: '100%' }} /></Form.Item>
        </Form>
        {m.error && <Alert type="error" showIcon title={m.error.message} />}
      </Modal>
    </>
  )
}
