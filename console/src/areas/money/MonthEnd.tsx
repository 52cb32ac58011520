import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, DatePicker, Empty, Input, InputNumber, Modal, Space, Table, Tag } from 'antd'
import dayjs from 'dayjs'
import { useState } from 'react'
import { count, yuan } from '../../parts/words'
import { check, closeMonth, month as readMonth, months, offset, setSheet, setVoucher, type Sheet } from './api'

// MonthEnd is the month's end: payment sheet, ledger and voucher side by side for each institution; the month closes when they agree.
export function MonthEnd({ closes }: { closes: boolean }) {
  const { message, modal } = App.useApp()
  const queries = useQueryClient()
  const [month, setMonth] = useState(dayjs().format('YYYY-MM'))
  const [edit, setEdit] = useState<Partial<Sheet>>()
  const q = useQuery({ queryKey: ['month', month], queryFn: () => readMonth(month) })
  const closed = useQuery({ queryKey: ['months'], queryFn: months })
  const done = (said: string) => {
    void message.success(said)
    setEdit(undefined)
    void queries.invalidateQueries()
  }
  const act = useMutation({ mutationFn: (f: () => Promise<string>) => f(), onSuccess: done })
  const m = q.data
  return (
    <>
      <Space wrap style={{ marginBottom: 8 }}>
        <DatePicker picker="month" size="small" allowClear={false} value={dayjs(`${month}-01`)} onChange={(d) => d && setMonth(d.format('YYYY-MM'))} aria-label="账期" />
        {m && (m.closed ? <Tag color="green">已月结　{m.closed_by}　{m.closed_at.slice(0, 10)}</Tag> : <Tag color="blue">未结</Tag>)}
        {closes && m && !m.closed && (
          <>
            <Button size="small" onClick={() => setEdit({})}>录入拨付单</Button>
            <Button
              size="small" type="primary" disabled={m.wrong.length > 0} loading={act.isPending}
              onClick={() => void modal.confirm({
                title: `月结 ${month}`, content: '月结后当月不能再改，以后的更正记在以后的月份。', okText: '月结', cancelText: '再看看',
                onOk: () => act.mutate(async () => { const r = await closeMonth(month); return `${month} 已月结：抵扣 ${yuan(r.offset_fen)} 元，实拨 ${yuan(r.net_fen)} 元` }),
              })}
            >月结</Button>
          </>
        )}
        <Check />
        <span className="quiet">拨付单、台账、凭证三方相符才能月结：应拨 − 抵扣 = 凭证；拨付单抵扣 = 台账抵扣</span>
      </Space>
      {(q.error ?? act.error) && <Alert type="error" showIcon title={(q.error ?? act.error)!.message} style={{ marginBottom: 8 }} />}
      {m && m.wrong.length > 0 && <Alert type="warning" showIcon style={{ marginBottom: 8 }} title={`还有 ${m.wrong.length} 处不符，不能月结`} description={m.wrong.slice(0, 20).map((w) => <div key={w}>{w}</div>)} />}
      <Table<Sheet>
        size="small" rowKey="fixmedins_code" dataSource={m?.sheets ?? []} loading={q.isPending} pagination={false} scroll={{ x: 960 }}
        locale={{ emptyText: <Empty description={`${month} 还没有拨付单：录入各机构的应拨数，再抵扣、录凭证、月结`} /> }}
        columns={[
          { title: '机构', key: 'i', ellipsis: true, render: (_, s) => s.fixmedins_name || s.fixmedins_code },
          { title: '应拨（元）', dataIndex: 'payable_fen', width: 124, align: 'right', render: yuan }, { title: '拨付单抵扣（元）', dataIndex: 'offset_fen', width: 124, align: 'right', render: yuan },
          { title: '台账抵扣（元）', dataIndex: 'booked_fen', width: 124, align: 'right', render: yuan }, { title: '应实拨（元）', key: 'n', width: 124, align: 'right', render: (_, s) => yuan(s.payable_fen - s.offset_fen) },
          { title: '凭证（元）', dataIndex: 'voucher_fen', width: 124, align: 'right', render: (v: number, s) => (s.voucher_no ? yuan(v) : <span className="quiet">未录</span>) }, { title: '凭证号', dataIndex: 'voucher_no', width: 110, ellipsis: true },
          {
            title: '三方', key: 'ok', width: 70,
            render: (_, s) => (s.offset_fen === s.booked_fen && s.voucher_no && s.voucher_fen === s.payable_fen - s.offset_fen ? <span style={{ color: '#067647' }}>✓ 相符</span> : <span style={{ color: '#b42318' }}>✗ 不符</span>),
          },
          {
            title: '', key: 'a', width: 150,
            render: (_, s) => closes && m && !m.closed && (
              <Space size={4}>
                <Button size="small" loading={act.isPending} onClick={() => act.mutate(async () => { const r = await offset(month, s.fixmedins_code); return `抵扣 ${r.cases} 件 ${yuan(r.offset_fen)} 元，尚欠 ${yuan(r.left_fen)} 元` })}>抵扣</Button>
                <Button size="small" onClick={() => setEdit(s)}>录凭证</Button>
              </Space>
            ),
          },
        ]}
      />
      {(closed.data?.items.length ?? 0) > 0 && (
        <p className="quiet">已结的月份：{closed.data!.items.map((p) => <span key={p.month} style={{ marginRight: 16 }}><a role="button" tabIndex={0} onClick={() => setMonth(p.month)}>{p.month}</a> 抵扣 {yuan(p.offset_fen)} 元、实拨 {yuan(p.net_fen)} 元</span>)}</p>
      )}
      {edit && (
        <Enter
          sheet={edit} month={month} onClose={() => setEdit(undefined)} busy={act.isPending} trouble={act.error?.message ?? ''}
          onSheet={(inst, fen) => act.mutate(async () => { await setSheet(month, inst, fen); return '已录入拨付单' })}
          onVoucher={(inst, no, fen) => act.mutate(async () => { await setVoucher(month, inst, no, fen); return '已录入凭证' })}
        />
      )}
    </>
  )
}

function Enter({ sheet, month, onClose, onSheet, onVoucher, busy, trouble }: {
  sheet: Partial<Sheet>; month: string; onClose: () => void; onSheet: (inst: string, fen: number) => void; onVoucher: (inst: string, no: string, fen: number) => void; busy: boolean; trouble: string
}) {
  const old = !!sheet.fixmedins_code
  const [inst, setInst] = useState(sheet.fixmedins_code ?? '')
  const [no, setNo] = useState(sheet.voucher_no ?? '')
  const [sum, setSum] = useState<number | null>(old ? ((sheet.voucher_no ? sheet.voucher_fen! : sheet.payable_fen! - sheet.offset_fen!) / 100) : null)
  const fen = Math.round((sum ?? 0) * 100)
  return (
    <Modal
      open title={old ? `${month} ${sheet.fixmedins_name || sheet.fixmedins_code} 实拨凭证` : `${month} 拨付单`} okText="录入" cancelText="取消" onCancel={onClose} confirmLoading={busy}
      okButtonProps={{ disabled: !inst || sum === null || (old && !no) }} onOk={() => (old ? onVoucher(inst, no, fen) : onSheet(inst.trim(), fen))}
    >
      <Space orientation="vertical" style={{ width: '100%' }}>
        {!old && <Input placeholder="机构编码" value={inst} onChange={(e) => setInst(e.target.value)} aria-label="机构编码" />}
        {old && <Input placeholder="凭证号" value={no} onChange={(e) => setNo(e.target.value)} aria-label="凭证号" />}
        <InputNumber style={{ width: '100%' }} min={0} precision={2} placeholder={old ? '实拨金额（元）' : '应拨金额（元）'} value={sum} onChange={setSum} aria-label="金额" />
        {trouble && <Alert type="error" showIcon title={trouble} />}
      </Space>
    </Modal>
  )
}

// Check proves that the ledger says line by line what was decided.
function Check() {
  const [asked, setAsked] = useState(false)
  const q = useQuery({ queryKey: ['check'], queryFn: check, enabled: asked })
  if (!asked) return <Button size="small" onClick={() => setAsked(true)}>核对台账与决定</Button>
  if (q.error) return <span style={{ color: '#b42318' }}>{q.error.message}</span>
  if (!q.data) return <span className="quiet">正在逐行核对…</span>
  const wrong = q.data.wrong ?? []
  return wrong.length ? <span style={{ color: '#b42318' }}>✗ {wrong.length} 处不符：{wrong[0]}</span> : <span style={{ color: '#067647' }}>✓ 台账 {yuan(q.data.booked_fen)} 元与 {count(q.data.cases)} 件的决定逐行相符</span>
}
