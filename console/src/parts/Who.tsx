import { useQuery } from '@tanstack/react-query'
import { get } from '../api/client'

// useNames are people's names by login, and calling systems' by their key.
export function useNames() {
  const q = useQuery({ queryKey: ['people-names'], queryFn: () => get<{ names: Record<string, string> }>('/api/review/people'), staleTime: 300_000 })
  return (login: string) => q.data?.names[login] || login
}

// Who shows somebody by name; the login is told where the pointer rests.
export function Who({ login }: { login: string }) {
  const name = useNames()
  return <span title={login}>{name(login)}</span>
}
