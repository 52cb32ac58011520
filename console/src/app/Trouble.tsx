import { Button, Result } from 'antd'
import { useRouteError } from 'react-router'

// Trouble stands where a page broke, so that the rest of the console stays usable.
export function Trouble() {
  const e = useRouteError()
  const stale = e instanceof TypeError && /import/i.test(e.message) // the program was replaced while the page was open
  return (
    <Result
      status="warning" title={stale ? '系统已更新' : '这一页没有显示出来'}
      subTitle={stale ? '请刷新页面以使用新版本' : '请刷新重试；仍不行时，把下面的内容告诉管理员'}
      extra={<Button type="primary" onClick={() => window.location.reload()}>刷新</Button>}
    >
      {!stale && <pre style={{ whiteSpace: 'pre-wrap' }}>{e instanceof Error ? e.message : String(e)}</pre>}
    </Result>
  )
}
