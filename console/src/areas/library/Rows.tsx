import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Descriptions, Drawer, Empty, Input, Segmented, Space, Table, Tag } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { useSession } from '../../api/session'
import { Who } from '../../parts/Who'
import { count, yuan } from '../../parts/words'
import { type Row, rows, rulingStep } from './api'
import { RuleForm } from './RuleForm'

const colours: Record<string, string> = { 未裁决: 'orange', 待批: 'blue', 生效: 'green' }
const words: Record<string, string> = { 待批: '待确认', 生效: '已裁决' }
const needs: Record<string, string> = { '': '原文与限定值不一致', limit: '限定值读不出', code: '没有可用的编码', second: '从项没有可用的编码' }

// Rows is the work list of rows that wait for a ruling: what nobody has decided first, then by money.
export function Rows() {
  const q = useQuery({ queryKey: ['library-rows'], queryFn: rows })
  const [only, setOnly] = useState('')
  const [at, setAt] = useState('')
  const all = q.data?.items ?? []
  const shown = all.filter((x) => !only || x.state === only)
  const one = all.find((x) => x.row === at)
  const money = all.some((x) => x.fen > 0)
  return (
    <>
      <Space wrap style={{ marginBottom: 8 }}>
        <Segmented size="small" value={only} onChange={setOnly} options={[{ value: '', label: `全部 ${all.length}` }, ...['未裁决', '待批', '生效'].map((s) => ({ value: s, label: `${words[s] ?? s} ${all.filter((x) => x.state === s).length}` }))]} />
        <span className="quiet">没有裁决的不生效。一人裁决、另一人确认；以后再导入还算数，原文变了重新等裁决{!money && all.length > 0 && '。金额还没有算，在“覆盖”里重算'}</span>
      </Space>
      {q.error && <Alert type="error" showIcon title={q.error.message} />}
      <Table<Row>
        size="small" rowKey="row" dataSource={shown} loading={q.isPending} scroll={{ x: 1000 }} pagination={{ pageSize: 50, hideOnSinglePage: true, size: 'small', showSizeChanger: false }}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={only ? '没有这种状态的行' : '没有待裁决的：国家表导入后，原文与限定值不一致、编码或限定值读不出的行在这里'} /> }}
        onRow={(x) => ({ onClick: () => setAt(x.row), style: { cursor: 'pointer' } })}
        columns={[
          { title: '月金额（元）', dataIndex: 'fen', width: 126, align: 'right', render: (v: number) => (v ? yuan(v) : <span className="quiet">—</span>), sorter: (a, b) => a.fen - b.fen },
          { title: '规则', dataIndex: 'rule_id', width: 176, ellipsis: true, render: (v: string, x) => <span title={x.rule_name}><b>{v}</b> {x.rule_name}</span> },
          { title: '通用名或项目', dataIndex: 'name', width: 200, ellipsis: true },
          { title: '为什么等', dataIndex: 'reason', ellipsis: true, render: (v: string, x) => <span title={x.basis}>{x.before && <Tag color="gold">原文变了</Tag>}{v}</span> },
          { title: '编码', dataIndex: 'codes', width: 60, align: 'right', render: count },
          { title: '状态', dataIndex: 'state', width: 84, render: (s: string) => <Tag color={colours[s]}>{words[s] ?? s}</Tag> },
          { title: '裁决', dataIndex: 'decided', width: 170, ellipsis: true },
        ]}
      />
      <Drawer open={!!one} onClose={() => setAt('')} size={620} title={one && <>{one.name}　<Tag color={colours[one.state]}>{words[one.state] ?? one.state}</Tag></>} destroyOnHidden>
        {one && <One key={one.row} x={one} close={() => setAt('')} />}
      </Drawer>
    </>
  )
}

// One is a row as the sheet has it, with what is to be said of it.
function One({ x, close }: { x: Row; close: () => void }) {
  const { session, may } = useSession()
  const { message } = App.useApp()
  const client = useQueryClient()
  const [why, setWhy] = useState('')
  const again = () => { for (const k of ['library-rows', 'library-points', 'library-cards', 'library-card']) void client.invalidateQueries({ queryKey: [k] }) }
  const r = x.ruling
  const step = useMutation({
    mutationFn: (path: 'confirm' | 'void') => rulingStep(r!, path, path === 'void' ? { why: why.trim() } : undefined),
    onSuccess: (_, path) => { message.success(path === 'confirm' ? '裁决已生效，下次审核起按它判' : '裁决已作废，这一行重新等待'); setWhy(''); again(); if (path === 'confirm') close() },
  })
  const [text, column] = parts(x.basis)
  return (
    <>
      <Descriptions size="small" column={1} styles={{ label: { width: 84 } }} style={{ marginBottom: 8 }}>
        <Descriptions.Item label="规则"><Link to={`/library/cards/${x.rule_id}`}>{x.rule_id}</Link>　{x.rule_name}</Descriptions.Item>
        <Descriptions.Item label="来自">{x.source}</Descriptions.Item>
        <Descriptions.Item label="表里写">{text}</Descriptions.Item>
        {column && <Descriptions.Item label="限定值栏">{column}</Descriptions.Item>}
        <Descriptions.Item label="为什么等"><span style={{ color: '#ad4e00' }}>{needs[x.needs]}：{x.reason}</span></Descriptions.Item>
        <Descriptions.Item label="编码">{x.codes ? `${count(x.codes)} 个：${(x.sample ?? []).join('、')}${x.codes > (x.sample ?? []).length ? ' …' : ''}` : '还没有'}</Descriptions.Item>
        <Descriptions.Item label="费用">{x.lines ? `一个月 ${count(x.lines)} 行、${yuan(x.fen)} 元` : '算覆盖的那个月里没有费用'}</Descriptions.Item>
      </Descriptions>
      {x.before && <Alert type="warning" showIcon style={{ marginBottom: 10 }} title={<>从前的裁决是“{x.before.says}”（{x.before.reason}），那时表里写的是：{x.before.basis}。原文变了，要重新裁决。</>} />}
      {r && (
        <Descriptions size="small" bordered column={1} styles={{ label: { width: 84 } }} style={{ marginBottom: 10 }}>
          <Descriptions.Item label="裁决"><b>{r.says}</b></Descriptions.Item>
          <Descriptions.Item label="理由">{r.reason}</Descriptions.Item>
          <Descriptions.Item label="谁"><Who login={r.author} /> 裁决 {r.made_at.slice(0, 16).replace('T', ' ')}{r.approver && <>，<Who login={r.approver} /> 确认 {r.decided_at.slice(0, 16).replace('T', ' ')}</>}</Descriptions.Item>
        </Descriptions>
      )}
      {!r && may('维护两库') && <RuleForm x={x} done={() => { again(); close() }} />}
      {!r && !may('维护两库') && <Alert type="info" showIcon title="由维护两库的人先裁决，再由您确认" />}
      {r?.state === '待批' && may('批准两库') && r.author !== session?.login && (
        <Space style={{ marginBottom: 10 }}><Button type="primary" loading={step.isPending && step.variables === 'confirm'} onClick={() => step.mutate('confirm')}>确认，生效</Button></Space>
      )}
      {r?.state === '待批' && !(may('批准两库') && r.author !== session?.login) && <Alert type="info" showIcon title="等另一个有“批准两库”权限的人确认" style={{ marginBottom: 10 }} />}
      {r && (may('批准两库') || (r.state === '待批' && r.author === session?.login)) && (
        <Space.Compact style={{ width: '100%' }}>
          <Input value={why} onChange={(e) => setWhy(e.target.value)} placeholder={r.state === '待批' ? '不同意或收回的理由' : '作废的理由：作废后这一行重新等待'} maxLength={500} aria-label="作废的理由" />
          <Button danger disabled={!why.trim()} loading={step.isPending && step.variables === 'void'} onClick={() => step.mutate('void')}>{r.state === '待批' && r.author !== session?.login ? '不同意' : '作废'}</Button>
        </Space.Compact>
      )}
      {step.error && <Alert type="error" showIcon title={step.error.message} style={{ marginTop: 8 }} />}
    </>
  )
}

// parts are the sheet's text and, in the brackets at its end, its limit column.
function parts(basis: string): [string, string] {
  const m = basis.match(/^(.*)（([^（）]*)）$/s)
  return m ? [m[1]!, m[2]!] : [basis, '']
}
