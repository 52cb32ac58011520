import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, DatePicker, Empty, Input, Modal, Select, Space, Table, Tag } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useState } from 'react'
import { Link } from 'react-router'
import { useSession } from '../../api/session'
import { Who } from '../../parts/Who'
import { useDivisions } from '../../parts/divisions'
import { AskArea } from './AskArea'
import { type AreaRule, areaRules, areaStep } from './api'

const colours: Record<string, string> = { 待批: 'orange', 生效: 'green', 到期: 'default', 作废: 'default' }
const today = () => new Date(Date.now() + 8 * 3600e3).toISOString().slice(0, 10)
const stands = (x: AreaRule) => (x.state === '生效' && x.valid_to && x.valid_to < today() ? '到期' : x.state)

// Page lists where cards are judged otherwise: one asks, another confirms.
export function Page() {
  const { session, may } = useSession()
  const { message } = App.useApp()
  const client = useQueryClient()
  const area = useDivisions()
  const [asking, setAsking] = useState(false)
  const [ending, setEnding] = useState<AreaRule>()
  const [only, setOnly] = useState<string>()
  const q = useQuery({ queryKey: ['library-areas'], queryFn: areaRules })
  const again = () => void client.invalidateQueries({ queryKey: ['library-areas'] })
  const confirm = useMutation({ mutationFn: (x: AreaRule) => areaStep(x, 'confirm'), onSuccess: () => { message.success('已确认，下次审核起按它判'); again() }, onError: (e) => message.error(e.message) })
  const all = q.data?.items ?? []
  const rules = [...new Map(all.map((x) => [x.rule_id, `${x.rule_id} ${x.rule_name}`]))].map(([value, label]) => ({ value, label }))
  return (
    <div className="fit" style={{ background: '#fff', padding: 12, borderRadius: 4 }}>
      <Space wrap style={{ marginBottom: 10 }}>
        {may('维护两库') && <Button type="primary" onClick={() => setAsking(true)}>申请不同</Button>}
        {rules.length > 1 && <Select allowClear value={only} onChange={setOnly} placeholder="规则" style={{ width: 240 }} options={rules} showSearch={{ optionFilterProp: 'label' }} aria-label="规则" />}
        <span className="quiet">一人申请，另一人确认后生效；县、市、省里最具体的一级说了算，各级不叠加</span>
      </Space>
      {q.error && <Alert type="error" showIcon title={q.error.message} />}
      <div className="grow">
        <Table<AreaRule>
          size="small" sticky rowKey="override_id" dataSource={all.filter((x) => !only || x.rule_id === only)} loading={q.isPending} pagination={{ pageSize: 50, hideOnSinglePage: true }} scroll={{ x: 1060 }}
          locale={{ emptyText: <Empty description="各地都按规则卡判。本市、本县的口径不同（天数、程度、豁免，或暂不执行）时，在这里申请，不必另写一张卡" /> }}
          columns={[
            { title: '规则', dataIndex: 'rule_id', width: 180, ellipsis: true, render: (v: string, x) => <Link to={`/library/cards/${v}`} title={x.rule_name}><b>{v}</b> {x.rule_name}</Link> },
            { title: '区划', dataIndex: 'admdvs', width: 100, render: (a: string) => <span title={a}>{area(a).replace(/（\d+）$/, '')}</span> },
            { title: '状态', dataIndex: 'state', width: 72, render: (_, x) => <Tag color={colours[stands(x)]}>{stands(x)}</Tag> },
            { title: '改了什么', dataIndex: 'says' },
            { title: '期限', key: 'span', width: 180, render: (_, x) => (x.valid_from || x.valid_to ? `${x.valid_from || '一直'} 至 ${x.valid_to || '长期'}` : '一直有效') },
            { title: '理由', dataIndex: 'reason', width: 150, ellipsis: true },
            { title: '申请', dataIndex: 'author', width: 76, ellipsis: true, render: (l: string) => <Who login={l} /> },
            { title: '确认', dataIndex: 'approver', width: 76, ellipsis: true, render: (l: string) => l && <Who login={l} /> },
            { title: '', key: 'act', width: 118, render: (_, x) => may('批准两库') && (
              <Space size={4}>
                {x.state === '待批' && x.author !== session?.login && <Button size="small" type="primary" loading={confirm.isPending} onClick={() => confirm.mutate(x)}>确认</Button>}
                {['待批', '生效'].includes(stands(x)) && <Button size="small" danger onClick={() => setEnding(x)}>{x.state === '待批' ? '不同意' : '终止'}</Button>}
              </Space>) },
          ]}
        />
      </div>
      {ending && <End x={ending} close={() => { setEnding(undefined); again() }} />}
      {asking && <AskArea close={() => { setAsking(false); again() }} />}
    </div>
  )
}

// End ends a setting from a day on; without a day it counts as never having been.
function End({ x, close }: { x: AreaRule; close: () => void }) {
  const { message } = App.useApp()
  const [why, setWhy] = useState('')
  const [from, setFrom] = useState<Dayjs | null>(x.state === '待批' ? null : dayjs(today()))
  const end = useMutation({ mutationFn: () => areaStep(x, 'end', { from: from?.format('YYYY-MM-DD'), why: why.trim() }), onSuccess: () => { message.success(x.state === '待批' ? '已退回' : '已终止'); close() } })
  return (
    <Modal open title={`${x.state === '待批' ? '不同意' : '终止'}：${x.rule_id} ${x.rule_name}`} okText={x.state === '待批' ? '不同意' : '终止'} cancelText="取消" onCancel={close} onOk={() => end.mutate()} okButtonProps={{ danger: true, disabled: !why.trim(), loading: end.isPending }}>
      <p>{x.says}</p>
      {x.state !== '待批' && <p>从 <DatePicker value={from} onChange={setFrom} aria-label="从哪天起终止" /> 起不再适用；不选日期，就当没有过，以前的月份也要重审。</p>}
      <Input.TextArea rows={2} value={why} onChange={(e) => setWhy(e.target.value)} maxLength={500} placeholder="理由" aria-label="为什么终止" />
      {end.error && <Alert type="error" showIcon title={end.error.message} style={{ marginTop: 8 }} />}
    </Modal>
  )
}
