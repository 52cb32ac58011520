import { get } from '../../api/client'
import type { Job } from './api'

// watch waits for a job to end; how it failed is an error.
export async function watch(j: Job): Promise<Job> {
  while (j.state === '等待' || j.state === '进行') {
    await new Promise((done) => setTimeout(done, 700))
    j = await get<Job>(`/api/jobs/${encodeURIComponent(j.job_id)}`)
  }
  if (j.state !== '完成') throw new Error(j.message || `没有做成：${j.state}`)
  return j
}
