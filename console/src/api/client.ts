// One way to the server: JSON in, JSON out, errors as the server words them.

export class Refusal extends Error {
  constructor(readonly status: number, readonly code: string, message: string, readonly detail?: unknown) {
    super(message)
  }
}

let csrf = ''

export function setCsrf(token: string) {
  csrf = token
}

const offline = '连不上服务器：请检查网络，稍后再试'

// A form or a file goes as it is; everything else as JSON.
const plain = (body: unknown): body is FormData | Blob => body instanceof FormData || body instanceof Blob

export async function call<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
  let r: Response
  try {
    r = await fetch(path, {
      method,
      credentials: 'same-origin',
      headers: { ...(body === undefined || plain(body) ? {} : { 'content-type': 'application/json' }), ...(method === 'GET' ? {} : { 'x-csrf-token': csrf }), ...headers },
      body: body === undefined ? undefined : plain(body) ? body : JSON.stringify(body),
    })
  } catch {
    throw new Refusal(0, 'offline', offline)
  }
  const text = await r.text()
  let data: Record<string, unknown> = {}
  try {
    data = text ? JSON.parse(text) : {}
  } catch {
    throw new Refusal(r.status, 'unreadable', `服务器的回答读不懂（${r.status}）：请把这句话告诉管理员`)
  }
  if (!r.ok) {
    if (r.status === 401 && !path.endsWith('/session')) window.dispatchEvent(new Event('signed-out'))
    throw new Refusal(r.status, String(data.code ?? ''), String(data.detail ?? data.title ?? `服务器没有办成（${r.status}）`), data)
  }
  return data as T
}

export const get = <T>(path: string) => call<T>('GET', path)

// query writes the parts that say something.
export function query(parts: Record<string, string | number | boolean | undefined | null>) {
  const q = new URLSearchParams()
  for (const [k, v] of Object.entries(parts)) if (v !== undefined && v !== null && v !== '') q.set(k, String(v))
  const s = q.toString()
  return s ? `?${s}` : ''
}
