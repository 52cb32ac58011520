import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Drawer, Empty, Form, Input, Radio, Segmented, Space, Table, Tag, message } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { useSession } from '../../api/session'
import { count } from '../../parts/words'
import { answerWrong, askWrongs, type Wanted, type Wrong } from './api'

const verdicts = [
  { value: '规则有误', label: '规则有误：要改规则或知识' },
  { value: '规则无误', label: '规则无误：说明为什么' },
  { value: '事实不全', label: '事实不全：调用没有带上需要的内容' },
]

// clock tells what is left of the five working days.
export function clock(w: Wrong) {
  if (w.state !== '待答复') return <span className="quiet">{w.verdict}</span>
  if (w.working_days_left < 0) return <Tag color="error">超期 {-w.working_days_left} 个工作日</Tag>
  return <Tag color={w.working_days_left <= 1 ? 'warning' : 'processing'}>剩 {w.working_days_left} 个工作日</Tag>
}

export function Inbox({ w, indicator = '' }: { w: Wanted; indicator?: string }) {
  const [state, setState] = useState(indicator ? '' : '待答复')
  const [open, setOpen] = useState<Wrong>()
  const { may } = useSession()
  const owner = may('维护两库') || may('批准两库')
  const cache = useQueryClient()
  const asked = { state, fixmedins_code: w.fixmedins_code ?? '', ...(indicator ? { indicator, from: w.from ?? '', to: w.to ?? '' } : {}) }
  const q = useQuery({ queryKey: ['reminders', 'wrongs', asked], queryFn: () => askWrongs(asked) })
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  const rows = q.data?.items ?? []
  const answered = (done: Wrong) => {
    void cache.invalidateQueries({ queryKey: ['reminders'] })
    void message.success('已答复，医院看得到')
    setOpen(rows[rows.findIndex((r) => r.id === done.id) + 1]) // the next one opens
  }
  return (
    <>
      <Space style={{ marginBottom: 8 }} wrap>
        <Segmented options={[{ value: '待答复', label: '待答复' }, { value: '已答复', label: '已答复' }, { value: '', label: '全部' }]} value={state} onChange={(v) => setState(String(v))} aria-label="反映的状态" />
        <span className="quiet">收到后五个工作日内答复，共 {count(q.data?.total ?? 0)} 件{q.data?.overdue ? <b style={{ color: '#b42318' }}>，超期 {count(q.data.overdue)} 件</b> : ''}</span>
      </Space>
      <Table<Wrong>
        size="small" rowKey="id" dataSource={rows} loading={q.isPending} pagination={rows.length > 20 ? { pageSize: 20 } : false} scroll={{ x: 900 }}
        locale={{ emptyText: <Empty description="没有反映。医生在提醒上点“提醒有误”，就到这里。" /> }} onRow={(r) => ({ onClick: () => setOpen(r), style: { cursor: 'pointer' } })}
        columns={[
          { title: '时钟', key: 'clock', width: 130, render: (_, r) => clock(r) },
          { title: '收到', dataIndex: 'received_at', width: 130, render: (t: string) => t.slice(0, 16).replace('T', ' ') },
          { title: '来源', dataIndex: 'kind', width: 90 },
          { title: '规则', key: 'rule', width: 190, ellipsis: true, render: (_, r) => <><span className="quiet">{r.rule_id}</span>　{r.rule_name}</> },
          { title: '机构', dataIndex: 'fixmedins_name', width: 170, ellipsis: true },
          { title: '说了什么', dataIndex: 'said', ellipsis: true },
          { title: '答复', key: 'a', ellipsis: true, render: (_, r) => (r.answer ? `${r.verdict}：${r.answer}` : <Button size="small" type="link" style={{ padding: 0 }}>{owner ? '答复' : '看'}</Button>) },
        ]}
      />
      <Drawer open={!!open} onClose={() => setOpen(undefined)} title="提醒有误的反映" size={560} destroyOnHidden>
        {open && <One key={open.id} w={open} owner={owner} done={answered} />}
      </Drawer>
    </>
  )
}

function One({ w, owner, done }: { w: Wrong; owner: boolean; done: (w: Wrong) => void }) {
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState('')
  const rows = [
    ['规则', <><Link to={`/library/cards/${w.rule_id}`}>{w.rule_id} {w.rule_name}</Link></>], ['当时提醒', w.warn_cont || '—'], ['说了什么', w.said], ['谁说的', `${w.fixmedins_name}　${w.actor}`],
    ['收到', w.received_at.slice(0, 16).replace('T', ' ')], ['期限', <>{w.due_day}　{clock(w)}</>], ['负责人', w.owner],
    ...(w.finding_id ? [['疑点', <Link key="f" to={`/findings/${w.finding_id}`}>{w.finding_id}</Link>]] : []),
    ...(w.answer ? [['答复', `${w.verdict}：${w.answer}`], ['答复人', `${w.answered_by}　${w.answered_at.slice(0, 16).replace('T', ' ')}`]] : []),
  ] as [string, React.ReactNode][]
  return (
    <>
      <table style={{ width: '100%', marginBottom: 16, borderCollapse: 'collapse' }}>
        <tbody>{rows.map(([k, v]) => <tr key={k}><th style={{ textAlign: 'left', fontWeight: 400, width: 84, verticalAlign: 'top', padding: '4px 0' }} className="quiet" scope="row">{k}</th><td style={{ padding: '4px 0' }}>{v}</td></tr>)}</tbody>
      </table>
      {w.state === '待答复' && owner && (
        <Form
          layout="vertical" disabled={busy}
          onFinish={async (v: { verdict: string; answer: string }) => {
            setBusy(true)
            setRefused('')
            try {
              done(await answerWrong(w, v.verdict, v.answer))
            } catch (e) {
              setRefused((e as Error).message)
            } finally {
              setBusy(false)
            }
          }}
        >
          <Form.Item name="verdict" label="结论" rules={[{ required: true, message: '请选结论' }]}><Radio.Group options={verdicts} style={{ display: 'grid', gap: 6 }} /></Form.Item>
          <Form.Item name="answer" label="怎么答复，怎么改" rules={[{ required: true, whitespace: true, message: '请写答复' }]}><Input.TextArea rows={4} maxLength={500} showCount /></Form.Item>
          {refused && <Alert type="error" showIcon title={refused} style={{ marginBottom: 12 }} />}
          <Button type="primary" htmlType="submit" loading={busy}>答复</Button>
        </Form>
      )}
      {w.state === '待答复' && !owner && <Alert type="info" showIcon title="由规则负责人（两库维护、两库批准）答复。" />}
    </>
  )
}
