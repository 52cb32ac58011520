import { BellOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Badge } from 'antd'
import { Link } from 'react-router'
import { get } from '../api/client'
import { useSession } from '../api/session'
import { useDivisions } from '../parts/divisions'
import type { Place } from './area'
import { Tour } from './Tour'

// Bell is what the head says besides one's name, loaded after the first screen: it tells whose data somebody sees, and how many messages somebody has not seen, and leads to them.
export default function Bell({ places }: { places: Place[] }) {
  const q = useQuery({ queryKey: ['messages', 'unread'], queryFn: () => get<{ unread: number }>('/api/messages/unread'), refetchInterval: 60_000, retry: false })
  const { session } = useSession()
  const area = useDivisions(!!session?.admdvs)
  const n = q.data?.unread ?? 0
  return (
    <>
    <span className="quiet" style={{ marginRight: 16 }}>{session?.fixmedins_code ? `机构 ${session.fixmedins_code}` : session?.admdvs ? `区划 ${area(session.admdvs)}` : '全部区划'}</span>
    <Link to="/messages" aria-label={n ? `消息，${n} 条没看` : '消息'} title="消息" style={{ marginRight: 16, color: 'inherit' }}>
      <Badge count={n} size="small" overflowCount={99}><BellOutlined style={{ fontSize: 16 }} /></Badge>
    </Link>
    <Tour places={places} />
    </>
  )
}
