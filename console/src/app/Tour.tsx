import { CompassOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { lazy, Suspense, useState } from 'react'
import type { Place } from './area'

const Walk = lazy(async () => ({ default: (await import('./Walk')).Walk })) // most days nobody asks for it

// Tour opens the walk through the places that somebody has.
export function Tour({ places }: { places: Place[] }) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button type="text" size="small" icon={<CompassOutlined />} style={{ marginRight: 8 }} onClick={() => setOpen(true)}>导览</Button>
      {open && <Suspense fallback={null}><Walk places={places} close={() => setOpen(false)} /></Suspense>}
    </>
  )
}
