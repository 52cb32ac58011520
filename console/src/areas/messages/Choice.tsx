import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Checkbox, Input, Space, Spin, Table } from 'antd'
import { useEffect, useState } from 'react'
import { call, get } from '../../api/client'
import type { components } from '../../api/schema'

type Said = components['schemas']['MessageChoice']
type Kind = components['schemas']['MessageChoiceKind']

// Choice is how somebody wants to be told of what.
export function Choice() {
  const { message } = App.useApp()
  const client = useQueryClient()
  const q = useQuery({ queryKey: ['messages', 'choice'], queryFn: () => get<Said>('/api/messages/choice') })
  const [mail, setMail] = useState('')
  const [kinds, setKinds] = useState<Kind[]>([])
  useEffect(() => {
    if (q.data) {
      setMail(q.data.mail)
      setKinds(q.data.kinds ?? [])
    }
  }, [q.data])
  const save = useMutation({
    mutationFn: () => call('PUT', '/api/messages/choice', { mail: mail.trim(), site_off: kinds.filter((k) => !k.site).map((k) => k.kind), mail_on: kinds.filter((k) => k.mail).map((k) => k.kind), version: q.data!.version }),
    onSuccess: () => { message.success('已保存'); void client.invalidateQueries({ queryKey: ['messages'] }) },
  })
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  if (!q.data) return <Spin />
  const set = (name: string, part: Partial<Kind>) => setKinds(kinds.map((k) => (k.kind === name ? { ...k, ...part } : k)))
  const mails = q.data.can_mail
  return (
    <div style={{ maxWidth: 820 }}>
      {mails ? (
        <Space wrap style={{ marginBottom: 10 }}>
          <label htmlFor="mail">邮箱</label>
          <Input id="mail" value={mail} onChange={(e) => setMail(e.target.value)} placeholder="名字@单位" style={{ width: 280 }} maxLength={254} />
          <span className="quiet">{q.data.domains?.length ? `只能用单位的邮箱：${q.data.domains.join('、')}` : '邮件里不写参保人的信息'}</span>
        </Space>
      ) : (
        <p className="quiet">本局没有开通邮件，消息只在站内。</p>
      )}
      <Table<Kind>
        size="small" rowKey="kind" dataSource={kinds} pagination={false}
        columns={[
          { title: '消息', dataIndex: 'kind', render: (name: string, k) => <><div>{name}</div><div className="quiet">{k.does}</div></> },
          { title: '站内', key: 's', width: 70, render: (_, k) => <Checkbox checked={k.site} onChange={(e) => set(k.kind, { site: e.target.checked })} aria-label={`${k.kind} 站内`} /> },
          ...(mails ? [{ title: '邮件', key: 'm', width: 70, render: (_: unknown, k: Kind) => <Checkbox checked={k.mail} disabled={!mail.trim()} onChange={(e) => set(k.kind, { mail: e.target.checked })} aria-label={`${k.kind} 邮件`} /> }] : []),
        ]}
      />
      {save.error && <Alert type="error" showIcon title={save.error.message} style={{ marginTop: 8 }} />}
      <Button type="primary" style={{ marginTop: 10 }} loading={save.isPending} onClick={() => save.mutate()}>保存</Button>
    </div>
  )
}
