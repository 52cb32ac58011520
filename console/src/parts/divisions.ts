import { useQuery } from '@tanstack/react-query'
import { get } from '../api/client'

const short = (code: string): string => (code.length > 2 && code.endsWith('00') ? short(code.slice(0, -2)) : code)

// useDivisions names divisions by their code; without a name the code stands alone.
export function useDivisions(enabled = true) {
  const q = useQuery({ queryKey: ['divisions'], queryFn: () => get<{ names: Record<string, string> }>('/api/divisions'), staleTime: 600_000, retry: false, enabled })
  return (code: string) => (code && q.data?.names[short(code)] ? `${q.data.names[short(code)]}（${code}）` : code)
}
