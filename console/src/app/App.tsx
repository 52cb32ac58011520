import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { App as Messages, ConfigProvider } from 'antd'
import zhCN from 'antd/locale/zh_CN'
import dayjs from 'dayjs'
import 'dayjs/locale/zh-cn'
import { RouterProvider } from 'react-router/dom'
import { SessionProvider } from '../api/session'
import { router } from './routes'

dayjs.locale('zh-cn')

// A refused or missing answer is told once, not asked for again: the server says in Chinese what to do.
const queries = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: 15_000, refetchOnWindowFocus: false } } })

const theme = {
  token: {
    colorPrimary: '#1458b8', borderRadius: 4, fontSize: 14, controlHeight: 32,
    fontFamily: '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC",sans-serif',
  },
  components: {
    Table: { cellPaddingBlockSM: 5, cellPaddingInlineSM: 8, headerBg: '#f5f7fa' },
    Layout: { headerBg: '#fff', headerHeight: 48, headerPadding: '0 16px', siderBg: '#0f2747' },
    Menu: { darkItemBg: '#0f2747', darkSubMenuItemBg: '#0b1d36', itemHeight: 38 },
  },
}

// Whoever asked their system for less motion gets none.
const still = matchMedia('(prefers-reduced-motion: reduce)').matches

export function App() {
  return (
    <ConfigProvider locale={zhCN} theme={still ? { ...theme, token: { ...theme.token, motion: false } } : theme} button={{ autoInsertSpace: false }}>
      <Messages>
        <QueryClientProvider client={queries}>
          <SessionProvider>
            <RouterProvider router={router} />
          </SessionProvider>
        </QueryClientProvider>
      </Messages>
    </ConfigProvider>
  )
}
