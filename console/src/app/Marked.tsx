import { Watermark } from 'antd'
import type { ReactNode } from 'react'

// Marked writes over what an expert sees who sees it, and when.
export default function Marked({ login, children }: { login: string; children: ReactNode }) {
  return <Watermark content={[login, new Date().toLocaleDateString('zh-CN')]} gap={[140, 90]} font={{ fontSize: 15, color: 'rgba(0,0,0,.10)' }}>{children}</Watermark>
}
