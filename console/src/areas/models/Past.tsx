import { useQuery } from '@tanstack/react-query'
import { Card, Skeleton, Table, Tabs, Tag } from 'antd'
import { Suspense, lazy } from 'react'
import { Link } from 'react-router'
import { get } from '../../api/client'
import { count, yuan } from '../../parts/words'
import type { Case } from './types'

const Chart = lazy(() => import('../../parts/Chart'))

interface Stage { run_id: string; first: string; last: string; case_id: string; members: number; joined: string[]; left: string[]; institutions: number; rows: number; money: number }
interface Member { psn_no: string; institutions: { fixmedins_code: string; name?: string; n: number }[]; first: string; last: string; since: string }
interface Whole { stages: Stage[]; members: Member[] }

// Past is a group through the runs: how it grew, who came and went, and where its members have been.
export function Past({ run, model, c }: { run: string; model: string; c: Case }) {
  const group = (c.members?.length ?? 0) > 1 && !!c.group_id
  const q = useQuery({ queryKey: ['model-group', model, c.group_id], queryFn: () => get<Whole>(`/api/models/groups/${model}/${encodeURIComponent(c.group_id)}`), enabled: group })
  if (!group || q.error) return null
  if (!q.data) return <Card size="small"><Skeleton active /></Card>
  const { stages, members } = q.data
  return (
    <Card size="small">
      <Tabs
        size="small"
        items={[
          { key: 'runs', label: `历次运行（${stages.length}）`, children: <Stages stages={stages} run={run} model={model} /> },
          { key: 'where', label: `成员去过的机构（${members.filter((m) => m.institutions.length > 1).length} 人跨机构）`, children: <Where members={members} /> },
        ]}
      />
    </Card>
  )
}

function Stages({ stages, run, model }: { stages: Stage[]; run: string; model: string }) {
  return (
    <>
      {stages.length > 1 && (
        <Suspense fallback={<Skeleton active />}>
          <Chart
            height={190} label={`群体 ${stages.length} 次运行的人数：${stages.map((s) => s.members).join('、')}`}
            option={{
              grid: { left: 40, right: 20, top: 30, bottom: 24 }, tooltip: { trigger: 'axis' }, legend: { top: 0 },
              xAxis: { type: 'category', data: stages.map((s) => `截至 ${s.last}`) }, yAxis: { type: 'value', minInterval: 1 },
              series: [
                { type: 'line', name: '人数', data: stages.map((s) => s.members), itemStyle: { color: '#1677ff' } },
                { type: 'bar', name: '新来', data: stages.map((s) => s.joined.length), itemStyle: { color: '#389e0d' } },
                { type: 'bar', name: '离开', data: stages.map((s) => -s.left.length), itemStyle: { color: '#98a2b3' } },
              ],
            }}
          />
        </Suspense>
      )}
      <Table<Stage>
        size="small" rowKey="run_id" dataSource={stages} scroll={{ x: 660 }} pagination={{ pageSize: 12, hideOnSinglePage: true, size: 'small' }}
        columns={[
          { title: '数据', render: (_, s) => <>{s.run_id === run ? <b>{s.first} 至 {s.last}</b> : <Link to={`/models/${s.run_id}/${model}?case=${s.case_id}`}>{s.first} 至 {s.last}</Link>}</> },
          { title: '人', width: 56, align: 'right', render: (_, s) => count(s.members) },
          { title: '新来', width: 160, ellipsis: true, render: (_, s) => s.joined.join('、') },
          { title: '离开', width: 160, ellipsis: true, render: (_, s) => s.left.join('、') },
          { title: '机构', width: 56, align: 'right', render: (_, s) => count(s.institutions) },
          { title: '涉及金额（元）', width: 120, align: 'right', render: (_, s) => yuan(s.money) },
        ]}
      />
    </>
  )
}

function Where({ members }: { members: Member[] }) {
  return (
    <Table<Member>
      size="small" rowKey="psn_no" dataSource={members} scroll={{ x: 720 }} pagination={{ pageSize: 20, hideOnSinglePage: true, size: 'small' }}
      columns={[
        { title: '人员编号', dataIndex: 'psn_no', width: 140 },
        { title: '机构数', width: 86, align: 'right', render: (_, m) => count(m.institutions.length), sorter: (a, b) => a.institutions.length - b.institutions.length },
        { title: '去过的机构', render: (_, m) => m.institutions.map((i) => <Tag key={i.fixmedins_code}>{i.name || i.fixmedins_code} {count(i.n)} 次</Tag>) },
        { title: '起止', width: 200, render: (_, m) => (m.first ? `${m.first} 至 ${m.last}` : '') },
        { title: '入群（截至）', width: 110, render: (_, m) => m.since },
      ]}
    />
  )
}
