import { createBrowserRouter } from 'react-router'
import { areas } from '../areas'
import { page } from './area'
import { Trouble } from './Trouble'

// Every page is loaded when it is first opened; the frame around them is not needed to sign in.
export const router = createBrowserRouter([
  { path: '/login', lazy: page(() => import('../pages/Login')), ErrorBoundary: Trouble },
  {
    path: '/', lazy: async () => ({ Component: (await import('./Shell')).Shell }), ErrorBoundary: Trouble, HydrateFallback: () => null,
    children: [...areas.flatMap((a) => a.routes), { path: '*', lazy: page(() => import('../pages/Nowhere')) }],
  },
])
