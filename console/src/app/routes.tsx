import { createBrowserRouter } from 'react-router'
import { areas } from '../areas'
import { page } from './area'
import { Shell } from './Shell'
import { Trouble } from './Trouble'

// Every page is loaded when it is first opened.
export const router = createBrowserRouter([
  { path: '/login', lazy: page(() => import('../pages/Login')), ErrorBoundary: Trouble },
  {
    path: '/', element: <Shell />, ErrorBoundary: Trouble, HydrateFallback: () => null,
    children: [...areas.flatMap((a) => a.routes), { path: '*', lazy: page(() => import('../pages/Nowhere')) }],
  },
])
