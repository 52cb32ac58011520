import type { components } from './schema'
import { call, get, Refusal } from './client'

type Upload = components['schemas']['Upload']

const piece = 4 << 20

// send uploads a file to a shelf in pieces and returns its number. A piece that did not arrive is sent again from where the server is.
export async function send(file: File, csrf: string, told: (part: number) => void, shelf: string): Promise<string> {
  const u = await call<Upload>('POST', shelf, { name: file.name, size: file.size })
  let at = 0
  for (let tries = 0; at < file.size; ) {
    try {
      const r = await fetch(`${shelf}/${u.upload_id}?offset=${at}`, {
        method: 'PUT', credentials: 'same-origin', headers: { 'content-type': 'application/octet-stream', 'x-csrf-token': csrf }, body: file.slice(at, at + piece),
      })
      const said = await r.json()
      if (!r.ok) throw new Refusal(r.status, String(said.code ?? ''), String(said.detail ?? ''))
      at = said.received
      tries = 0
    } catch (e) {
      if ((e instanceof Refusal && e.status !== 409) || ++tries > 3) throw e instanceof Refusal ? e : new Error(`${file.name} 没有传完：连不上服务器，请重试`)
      const mine = await get<{ items: Upload[] | null }>(shelf)
      at = mine.items?.find((x) => x.upload_id === u.upload_id)?.received ?? at
    }
    told(at / file.size)
  }
  return u.upload_id
}
