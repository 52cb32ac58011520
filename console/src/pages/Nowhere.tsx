import { Button, Result } from 'antd'
import { Link } from 'react-router'

export function Page() {
  return <Result status="404" title="没有这一页" subTitle="地址可能写错了，或您没有看它的权限" extra={<Link to="/"><Button type="primary">回工作台</Button></Link>} />
}
