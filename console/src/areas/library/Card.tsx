import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Collapse, Descriptions, Empty, Space, Spin, Table, Tag } from 'antd'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { useSession } from '../../api/session'
import { Box } from '../../parts/Box'
import { Severity } from '../../parts/Severity'
import { Who } from '../../parts/Who'
import { count, percent, yuan } from '../../parts/words'
import { card, points, quality, versions } from './api'
import { Edit } from './EditCard'

export function Page() {
  const { id = '' } = useParams()
  const { may, session } = useSession()
  const office = !session?.fixmedins_code
  const q = useQuery({ queryKey: ['library-card', id], queryFn: () => card(id), retry: false })
  const how = useQuery({ queryKey: ['library-quality'], queryFn: quality, enabled: office })
  const vs = useQuery({ queryKey: ['library-versions', id], queryFn: () => versions({ subject: id }, ''), enabled: office })
  const [edit, setEdit] = useState(false)
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  if (!q.data) return <Spin />
  const c = q.data
  const x = how.data?.rules?.find((r) => r.rule_id === id)
  return (
    <div style={{ display: 'grid', gap: 12, gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 460px), 1fr))', alignItems: 'start' }}>
      <div style={{ display: 'grid', gap: 12, minWidth: 0 }}>
        <Box title={<>{c.rule_id}　{c.name}</>} extra={<Space><Severity level={c.severity} />{c.local && <Tag color="blue">本地</Tag>}</Space>}>
          <p style={{ fontSize: 15, margin: '0 0 8px' }}>{c.says}</p>
          <p style={{ margin: '0 0 8px' }}>{c.plainly}</p>
          {c.reading && <Alert type="info" title={<><b>口径</b>　{c.reading.replace(/^〔[^〕]*〕\s*/, '')}</>} style={{ marginBottom: 8 }} />}
          <Descriptions size="small" column={1} styles={{ label: { width: 84 } }}>
            <Descriptions.Item label="依据">{c.basis}</Descriptions.Item>
            <Descriptions.Item label="环节">{(c.stages ?? []).join('、')}　停止级别：{c.stop}</Descriptions.Item>
            <Descriptions.Item label="医生看到">{c.message}</Descriptions.Item>
            <Descriptions.Item label="怎样核实">{c.advice || '—'}</Descriptions.Item>
            <Descriptions.Item label="豁免">{(c.exempts ?? []).join('、') || '无'}</Descriptions.Item>
            {c.guard && <Descriptions.Item label="附加条件"><code>{c.guard}</code></Descriptions.Item>}
            <Descriptions.Item label="要的数据">{(c.needs ?? []).map((n) => n.title).join('、') || '无'}　<span className="quiet">缺了记未判</span></Descriptions.Item>
            {(c.speaks_for ?? []).length > 0 && <Descriptions.Item label="它说了就不再说">{(c.speaks_for ?? []).map((r) => <Link key={r} to={`/library/cards/${r}`} style={{ marginRight: 8 }}>{r}</Link>)}</Descriptions.Item>}
          </Descriptions>
        </Box>
        {(c.params ?? []).length > 0 && (
          <Box title="参数（统筹区可以改）">
            <Table size="small" rowKey="name" pagination={false} dataSource={c.params ?? []} columns={[{ title: '参数', dataIndex: 'means', render: (v: string, p) => <>{v} <span className="quiet">{p.name}</span></> }, { title: '值', dataIndex: 'value', width: 150 }, { title: '', dataIndex: 'own', width: 84, render: (v: boolean) => <span className="quiet">{v ? '本卡写明' : '判法缺省'}</span> }]} />
          </Box>
        )}
        {c.reads_points && <Points rule={c.rule_id} n={c.points} />}
      </div>
      <div style={{ display: 'grid', gap: 12, minWidth: 0 }}>
        {office && <Box title="做得怎样">
          {!x && <span className="quiet">还没有审核过</span>}
          {x && (
            <Descriptions size="small" column={2}>
              <Descriptions.Item label="最近一次疑点"><Link to={`/findings?rule=${c.rule_id}`}>{count(x.findings)}</Link></Descriptions.Item>
              <Descriptions.Item label="拟追">{yuan(x.charged_fen)} 元</Descriptions.Item>
              <Descriptions.Item label="未判">{count(x.not_judged)}</Descriptions.Item>
              <Descriptions.Item label="豁免放过">{count(x.exempted)}</Descriptions.Item>
              <Descriptions.Item label="已决定">{count(x.decided)}，全部推翻 {percent(x.overturned, x.decided)}，部分 {percent(x.partly, x.decided)}</Descriptions.Item>
              <Descriptions.Item label="没有追成">{yuan(x.lost_fen)} 元</Descriptions.Item>
              <Descriptions.Item label="盲审">{x.precision && x.precision.both > 0 ? `${x.sample_month}：${percent(x.precision.share, 1)}（${percent(x.precision.low, 1)}–${percent(x.precision.high, 1)}）` : '未判'}</Descriptions.Item>
              <Descriptions.Item label="耗时">{x.micros ? `${(x.micros / 1e6).toFixed(2)} 秒` : '—'}</Descriptions.Item>
            </Descriptions>
          )}
        </Box>}
        {office && <Box title="版本" extra={may('维护两库') && <Button size="small" onClick={() => setEdit(true)}>起草新版本</Button>}>
          {!(vs.data?.items ?? []).length && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={`现行：出厂 ${c.rule_version}，没有改过`} />}
          {(vs.data?.items ?? []).map((v) => (
            <div key={v.version_id} style={{ padding: '4px 0' }}><Link to={`/library/versions/${v.version_id}`}>{v.title || v.version_id}</Link>　<Tag>{v.state}</Tag><span className="quiet"><Who login={v.author} />　{v.made_at.slice(0, 10)}{v.valid_from && `　${v.valid_from} 起`}</span></div>
          ))}
        </Box>}
        <Collapse items={[
          { key: 'cases', label: `用例 ${(c.cases ?? []).length} 个`, children: <ul style={{ margin: 0, paddingInlineStart: 18 }}>{(c.cases ?? []).map((n) => <li key={n}>{n}</li>)}</ul> },
          ...(c.reading_codes && c.reading_codes !== c.reading ? [{ key: 'reading', label: '口径原文（字段代码）', children: <p style={{ margin: 0 }}>{c.reading_codes}</p> }] : []),
          { key: 'text', label: 'YAML 原文', children: <pre style={{ margin: 0, maxHeight: 480, overflow: 'auto', fontSize: 12 }}>{c.text}</pre> },
        ]} />
      </div>
      {edit && <Edit c={c} close={() => setEdit(false)} />}
    </div>
  )
}

function Points({ rule, n }: { rule: string; n: number }) {
  const q = useQuery({ queryKey: ['library-points', rule], queryFn: () => points({ rule_id: rule, limit: 10 }) })
  return (
    <Box title={`知识点 ${count(n)} 个`} extra={<Link to={`/library/points?rule_id=${rule}`}>全部</Link>}>
      <Table size="small" rowKey="point_id" pagination={false} loading={q.isPending} dataSource={q.data?.items ?? []} locale={{ emptyText: '没有知识点：这条规则现在什么也不判' }}
        columns={[{ title: '项目', dataIndex: 'subject_code', width: 190, ellipsis: true }, { title: '限定', key: 'l', render: (_, p) => [p.scope, p.limit_value && `${p.limit_value} ${p.unit}`, p.window_d > 0 && `${p.window_d} 天`, p.sex, p.age, p.diag_set, p.allow].filter(Boolean).join('，') || p.basis, ellipsis: true }]} />
    </Box>
  )
}
