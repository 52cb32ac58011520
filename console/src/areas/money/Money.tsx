import { Card, DatePicker, Space, Tabs } from 'antd'
import dayjs from 'dayjs'
import { useState } from 'react'
import { useSearchParams } from 'react-router'
import { useSession } from '../../api/session'
import type { Chosen } from './api'
import { Behind } from './Behind'
import { Books } from './Books'
import { MonthEnd } from './MonthEnd'
import { Moves } from './Moves'
import { Refunds } from './Refunds'

// Page is the money of the loop: what lies where, what moved, what came back otherwise, and the month's end. Every figure opens into the
// findings it is made of.
export function Page() {
  const { session, may } = useSession()
  const [params, setParams] = useSearchParams()
  const tab = params.get('tab') ?? 'fund'
  const month = params.get('month') ?? ''
  const [behind, setBehind] = useState<Chosen>()
  const set = (k: string, v: string) =>
    setParams((p) => {
      if (v) p.set(k, v)
      else p.delete(k)
      return p
    })
  const own = !!session?.fixmedins_code
  return (
    <Card size="small" styles={{ body: { paddingTop: 0 } }}>
      <Tabs
        activeKey={tab} onChange={(k) => set('tab', k)} destroyOnHidden
        tabBarExtraContent={
          tab !== 'close' && tab !== 'refunds' && (
            <Space>
              <span className="quiet">{month ? '当月发生额' : '现在的余额'}</span>
              <DatePicker picker="month" size="small" placeholder="只看某月发生" value={month ? dayjs(`${month}-01`) : null} onChange={(d) => set('month', d ? d.format('YYYY-MM') : '')} />
            </Space>
          )
        }
        items={[
          { key: 'fund', label: '基金', children: <Books books={['基金']} month={month} onPick={setBehind} /> },
          { key: 'other', label: '患者、违约金、罚款', children: <Books books={['患者', '违约金', '罚款']} month={month} onPick={setBehind} /> },
          { key: 'moves', label: '收付流水', children: <Moves month={month} /> },
          { key: 'refunds', label: '另行退款', children: <Refunds /> },
          ...(own ? [] : [{ key: 'close', label: '月结', children: <MonthEnd closes={may('执行扣款')} /> }]),
        ]}
      />
      {behind && <Behind chosen={behind} onClose={() => setBehind(undefined)} />}
    </Card>
  )
}
