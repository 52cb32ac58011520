import { useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react'
import { call, get, Refusal, setCsrf } from './client'

export interface Session {
  login: string; roles: string[]; may: string[]; admdvs: string; fixmedins_code: string; csrf: string
}

interface Held {
  session: Session | null
  asking: boolean
  trouble: string // why the server could not be asked
  signIn: (login: string, password: string) => Promise<void>
  signOut: () => Promise<void>
  may: (what: string) => boolean
}

const Context = createContext<Held | null>(null)

export function SessionProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient()
  const [session, setSession] = useState<Session | null>(null)
  const [asking, setAsking] = useState(true)
  const [trouble, setTrouble] = useState('')
  const hold = useCallback((s: Session | null) => {
    setCsrf(s?.csrf ?? '')
    setSession(s)
    setAsking(false)
  }, [])
  useEffect(() => {
    get<Session>('/api/session').then(hold, (e) => {
      if (!(e instanceof Refusal) || e.status !== 401) setTrouble(e.message)
      hold(null)
    })
    const out = () => {
      queries.clear() // nothing of the one who left stays for the next
      hold(null)
    }
    window.addEventListener('signed-out', out)
    return () => window.removeEventListener('signed-out', out)
  }, [hold, queries])
  const held = useMemo<Held>(
    () => ({
      session, asking, trouble,
      signIn: async (login, password) => {
        hold(await call<Session>('POST', '/api/session', { login, password }))
        setTrouble('')
      },
      signOut: async () => {
        await call('DELETE', '/api/session')
        queries.clear()
        hold(null)
      },
      may: (what) => session?.may.includes(what) ?? false,
    }),
    [session, asking, trouble, hold, queries],
  )
  return <Context.Provider value={held}>{children}</Context.Provider>
}

export function useSession() {
  const s = useContext(Context)
  if (!s) throw new Error('no SessionProvider')
  return s
}
