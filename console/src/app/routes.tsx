import { createBrowserRouter } from 'react-router'
import { Shell } from './Shell'
import { Trouble } from './Trouble'

// Every page is loaded when it is first opened.
const page = (load: () => Promise<{ Page: React.ComponentType }>) => async () => ({ Component: (await load()).Page })

export const router = createBrowserRouter([
  { path: '/login', lazy: page(() => import('../pages/Login')), ErrorBoundary: Trouble },
  {
    path: '/', element: <Shell />, ErrorBoundary: Trouble, HydrateFallback: () => null,
    children: [
      { index: true, lazy: page(() => import('../pages/Desk')) },
      { path: 'findings', lazy: page(() => import('../pages/Findings')) },
      { path: 'findings/:id', lazy: page(() => import('../pages/Finding')) },
      { path: '*', lazy: page(() => import('../pages/Nowhere')) },
    ],
  },
])
