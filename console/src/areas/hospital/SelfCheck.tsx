import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Card, Empty, Input, Modal, Skeleton, Table, Tag } from 'antd'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { get } from '../../api/client'
import type { components } from '../../api/schema'
import { Severity } from '../../parts/Severity'
import { count, yuan } from '../../parts/words'
import { checkResult, declare, type Found, foundIn, type Part } from './selfcheck'

type S = components['schemas']

interface Choice { rule_id?: string; dept?: string; doctor?: string }

// Page is the outcome of a check: by rule, department and doctor, each opening into its findings, of which some may be declared.
export function Page() {
  const id = useParams().id ?? ''
  const [choice, setChoice] = useState<Choice>({})
  const q = useQuery({ queryKey: ['selfcheck', id], queryFn: () => checkResult(id) })
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  if (!q.data) return <Skeleton active />
  const r = q.data
  const heads: [string, string][] = [
    ['月份', (r.months ?? []).join('、') || '—'], ['人', count(r.persons)], ['费用行', count(r.lines)], ['疑点', count(r.sum.findings)],
    ['违规金额（元）', yuan(r.sum.vola_fen)], ['去重后（元）', yuan(r.sum.charged_fen)],
  ]
  return (
    <div style={{ display: 'grid', gap: 10, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <div style={{ display: 'grid', gap: 10, gridTemplateColumns: 'repeat(auto-fit, minmax(150px, 1fr))' }}>
        {heads.map(([label, value]) => (
          <Card size="small" key={label}><div className="quiet">{label}</div><div style={{ fontSize: 18, fontWeight: 600, whiteSpace: 'nowrap', overflow: 'hidden', textOverflow: 'ellipsis' }}>{value}</div></Card>
        ))}
      </div>
      {r.lines > 0 && <Beside rate={(r.sum.findings / r.lines) * 10_000} />}
      {(r.absent ?? []).length > 0 && (
        <Alert type="info" showIcon title={`没有给出 ${(r.absent ?? []).map((t) => t.split(' ')[0]).join('、')}：要看这些表的规则可能少判，也可能看不到豁免。参保人在别家机构的就诊不在文件里。`} />
      )}
      {r.open > 0 && <Alert type="info" showIcon title={`${count(r.open)} 次就诊还没有结算，按结算前判（基金支付按医保范围内金额估）：改好再结算，不用申报退款。`} />}
      {r.foreign > 0 && <Alert type="info" showIcon title={`另有 ${count(r.foreign)} 条疑点在别家机构的费用上，不是本机构的，没有列出。`} />}
      <div style={{ display: 'grid', gap: 10, gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 360px), 1fr))' }}>
        <Parts title="按规则" rows={r.rules ?? []} picked={choice.rule_id} pick={(k) => setChoice({ ...choice, rule_id: k })} code />
        <Parts title="按科室" rows={r.depts ?? []} picked={choice.dept} pick={(k) => setChoice({ ...choice, dept: k })} />
        <Parts title="按医生" rows={r.doctors ?? []} picked={choice.doctor} pick={(k) => setChoice({ ...choice, doctor: k })} />
      </div>
      <Findings id={id} choice={choice} clear={() => setChoice({})} />
      {(r.not_judged ?? []).length > 0 && (
        <Card size="small" title={`未判的规则（${count((r.not_judged ?? []).length)}）：缺事实，不算命中也不算合格`}>
          <Table
            size="small" rowKey={(x) => `${x.rule_id} ${x.reason}`} dataSource={r.not_judged ?? []} pagination={{ pageSize: 10, hideOnSinglePage: true, size: 'small' }}
            columns={[{ title: '规则', key: 'r', width: 260, render: (_, x) => `${x.rule_id} ${x.rule_name}` }, { title: '原因', dataIndex: 'reason' }, { title: '次', dataIndex: 'count', width: 100, align: 'right', render: count }]}
          />
        </Card>
      )}
    </div>
  )
}

// Beside holds the check against what the bureau found of the institution and of its like.
function Beside({ rate }: { rate: number }) {
  const q = useQuery({ queryKey: ['peers', undefined], queryFn: () => get<S['Compared']>('/api/peers') })
  const f = q.data?.figures?.find((x) => x.id === 'findings')
  const two = (hundredths: number) => (hundredths / 100).toFixed(2)
  return (
    <Card size="small">
      每万行费用的疑点：这次自查 <b>{rate.toFixed(2)}</b> 条
      {f?.has && <>；医保局 {q.data!.from} 至 {q.data!.to} 审出 <b>{two(f.own)}</b> 条</>}
      {f && f.peers.n > 0 && <>；{f.peers.group} {f.peers.n} 家平均 <b>{two(f.peers.mean)}</b> 条</>}
      　<Link to="/peers">同级对比</Link>
    </Card>
  )
}

function Parts({ title, rows, picked, pick, code }: { title: string; rows: Part[]; picked?: string; pick: (key?: string) => void; code?: boolean }) {
  return (
    <Card size="small" title={title}>
      <Table<Part>
        size="small" rowKey="key" dataSource={rows} pagination={{ pageSize: 8, hideOnSinglePage: true, size: 'small', showSizeChanger: false }}
        rowClassName={(p) => (p.key === picked ? 'picked' : '')}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description="没有疑点" /> }}
        columns={[
          { title: '名称', key: 'n', ellipsis: true, render: (_, p) => <button type="button" className="plain" aria-pressed={p.key === picked} onClick={() => pick(p.key === picked ? undefined : p.key)}>{code ? `${p.key} ${p.name}` : p.name || '没有写'}</button> },
          { title: '疑点', dataIndex: 'findings', width: 70, align: 'right', render: count },
          { title: '去重（元）', dataIndex: 'charged_fen', width: 110, align: 'right', render: yuan },
        ]}
      />
    </Card>
  )
}

function Findings({ id, choice, clear }: { id: string; choice: Choice; clear: () => void }) {
  const [chosen, setChosen] = useState<Found[]>([])
  const [asking, setAsking] = useState(false)
  const q = useInfiniteQuery({ queryKey: ['selfcheck-found', id, choice], queryFn: ({ pageParam }) => foundIn(id, choice, pageParam), initialPageParam: '', getNextPageParam: (l) => l.next || undefined })
  const rows = q.data?.pages.flatMap((p) => p.items ?? []) ?? []
  const tags = Object.values(choice).filter(Boolean)
  return (
    <Card
      size="small" title={<>疑点 {tags.map((t) => <Tag key={t} color="blue">{t}</Tag>)}{tags.length > 0 && <Button size="small" type="link" onClick={clear}>看全部</Button>}</>}
      extra={<Button size="small" type="primary" disabled={chosen.length === 0} onClick={() => setAsking(true)}>申报退款{chosen.length > 0 ? `（${chosen.length} 条 ${yuan(chosen.reduce((n, f) => n + f.charged_fen, 0))} 元）` : ''}</Button>}
    >
      {q.error && <Alert type="error" showIcon title={q.error.message} />}
      <Table<Found>
        size="small" rowKey="finding_id" dataSource={rows} loading={q.isPending} pagination={false} scroll={{ x: 1000 }}
        rowSelection={{ selectedRowKeys: chosen.map((f) => f.finding_id), preserveSelectedRowKeys: true, onChange: (_, rs) => setChosen(rs.filter(Boolean)), getCheckboxProps: (f) => ({ disabled: f.charged_fen <= 0 || f.open }) }}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description="没有疑点" /> }}
        columns={[
          { title: '程度', key: 's', width: 92, render: (_, f) => <Severity level={f.sev_deg} /> },
          { title: '规则', key: 'r', width: 190, ellipsis: true, render: (_, f) => `${f.rule_id} ${f.rule_name}` },
          { title: '说明', dataIndex: 'vola_cont', ellipsis: true },
          { title: '就诊', key: 'm', width: 190, ellipsis: true, render: (_, f) => <>{f.open && <Tag color="gold">结算前</Tag>}{f.mdtrt_id}</> },
          { title: '科室', dataIndex: 'dept', width: 90, ellipsis: true },
          { title: '医生', key: 'd', width: 90, ellipsis: true, render: (_, f) => f.doctor_name || f.doctor },
          { title: '违规（元）', dataIndex: 'vola_fen', width: 100, align: 'right', render: yuan },
          { title: '去重（元）', dataIndex: 'charged_fen', width: 100, align: 'right', render: yuan },
        ]}
        expandable={{
          expandedRowRender: (f) => (
            <>
              <p style={{ margin: '0 0 6px' }}>{f.vola_cont}</p>
              <p className="quiet" style={{ margin: '0 0 6px' }}>依据：{f.vola_bas || '—'}　人员 {f.psn_no}　结算 {f.open ? '还没有结算' : f.setl_id || '—'}</p>
              <Table
                size="small" rowKey={(l) => `${l.setl_id} ${l.feedetl_sn}`} dataSource={f.lines ?? []} pagination={false}
                columns={[
                  { title: '', key: 't', width: 70, render: (_, l) => (l.type === 1 ? <b style={{ color: '#cf1322' }}>违规行</b> : '涉及行') }, { title: '明细号', dataIndex: 'feedetl_sn', width: 160 }, { title: '项目', key: 'i', ellipsis: true, render: (_, l) => `${l.name} ${l.hilist_code}` },
                  { title: '时间', dataIndex: 'fee_ocur_time', width: 150 }, { title: '数量', dataIndex: 'cnt', width: 70, align: 'right' }, { title: '违规（元）', dataIndex: 'vola_fen', width: 100, align: 'right', render: yuan },
                ]}
              />
            </>
          ),
        }}
      />
      {q.hasNextPage && <Button block type="text" loading={q.isFetchingNextPage} onClick={() => q.fetchNextPage()}>再看 50 条</Button>}
      {asking && <Declare id={id} chosen={chosen} done={(ok) => { setAsking(false); if (ok) setChosen([]) }} />}
    </Card>
  )
}

function Declare({ id, chosen, done }: { id: string; chosen: Found[]; done: (ok: boolean) => void }) {
  const { message } = App.useApp()
  const queries = useQueryClient()
  const [memo, setMemo] = useState('')
  const m = useMutation({
    mutationFn: () => declare(id, chosen.map((f) => f.finding_id), memo),
    onSuccess: () => {
      void message.success('已申报；钱到账后医保局登记')
      void queries.invalidateQueries({ queryKey: ['self-reports'] })
      done(true)
    },
  })
  return (
    <Modal open title={`申报退款 ${chosen.length} 条，${yuan(chosen.reduce((n, f) => n + f.charged_fen, 0))} 元`} okText="申报" cancelText="取消" onCancel={() => done(false)} onOk={() => m.mutate()} confirmLoading={m.isPending}>
      <p>只把选中的这些告诉医保局，别的结果仍只在本机构。登记后，同样的问题以后审出来不再重复收。</p>
      <Input.TextArea aria-label="说明" placeholder="说明：例如自查期间、缴款方式" maxLength={1000} rows={3} value={memo} onChange={(e) => setMemo(e.target.value)} />
      {m.error && <Alert type="error" showIcon title={m.error.message} style={{ marginTop: 8 }} />}
    </Modal>
  )
}
