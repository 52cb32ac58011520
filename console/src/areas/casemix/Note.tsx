import { Alert, Empty } from 'antd'
import { Refusal } from '../../api/client'

// beside lays cards out side by side, each at least so many pixels wide, as many as there is room for.
export const beside = (pixels: number) => `repeat(auto-fit, minmax(min(100%, ${pixels}px), 1fr))`

// Trouble shows why there is nothing: figures that were not made yet, or a place without any, are no error.
export function Trouble({ error }: { error: Error }) {
  if (error instanceof Refusal && error.status === 404) return <Empty style={{ background: '#fff', padding: 40, margin: 0 }} description={error.message} />
  return <Alert type="error" showIcon title={error.message} />
}

// Sample says that the figures come from the sample parameters.
export function Sample({ on }: { on: boolean }) {
  return on ? <Alert type="warning" showIcon banner title="现在用的是自带的示例方案和参数，数字是编的，不能用来付费。用 mingjian payment use 选定本地的方案和参数。" /> : null
}
