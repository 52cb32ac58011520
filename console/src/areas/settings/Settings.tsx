import { Card, Tabs } from 'antd'
import { Calendar } from './Calendar'
import { Limits } from './Limits'

// Page is what an area sets for itself: deadlines, sums and shares; the days that deadlines are counted on.
export function Page() {
  return (
    <Card size="small">
      <Tabs size="small" items={[{ key: 'l', label: '期限、金额与比例', children: <Limits /> }, { key: 'c', label: '工作日日历', children: <Calendar /> }]} />
    </Card>
  )
}
