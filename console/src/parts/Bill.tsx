import { Table, Tooltip } from 'antd'
import { useMemo, useState } from 'react'
import { charges, yuan } from './words'

export interface BillLine {
  feedetl_sn: string; mdtrt_id: string; setl_id: string; fee_ocur_time: string; med_chrgitm_type: number
  hilist_code: string; hilist_name: string; bilg_dept: string; net_cnt: string; pric: string; amt_fen: number; inscope_fen: number; mark: number
}

// Bill shows the lines of a bill: those at fault stand out, the others are quiet and can be folded away.
export function Bill({ lines, height, marks = ['违规', '涉及'] }: { lines: BillLine[]; height?: number | string; marks?: [string, string] }) {
  const [all, setAll] = useState(lines.length <= 40)
  const shown = useMemo(() => {
    const sorted = [...lines].sort((a, b) => a.fee_ocur_time.localeCompare(b.fee_ocur_time) || a.feedetl_sn.localeCompare(b.feedetl_sn))
    return all ? sorted : sorted.filter((l) => l.mark > 0)
  }, [lines, all])
  const total = lines.reduce((s, l) => s + l.amt_fen, 0)
  return (
    <div>
      <div style={{ display: 'flex', gap: 12, alignItems: 'baseline', padding: '4px 0' }}>
        <b>费用清单</b>
        <span className="quiet">共 {lines.length} 行，{yuan(total)} 元</span>
        {lines.some((l) => l.mark > 0) && (
          <a role="button" tabIndex={0} onClick={() => setAll(!all)} onKeyDown={(e) => e.key === 'Enter' && setAll(!all)}>
            {all ? '只看涉及的行' : '显示全部行'}
          </a>
        )}
      </div>
      <Table<BillLine>
        size="small" rowKey={(l) => `${l.mdtrt_id}/${l.feedetl_sn}`} dataSource={shown} pagination={false} virtual={shown.length > 200}
        scroll={{ y: height ?? 420 }} rowClassName={(l) => (l.mark === 1 ? 'fault' : l.mark === 2 ? 'involved' : '')}
        columns={[
          { title: '时间', dataIndex: 'fee_ocur_time', width: 96, render: (t: string) => t.slice(5, 16) },
          {
            title: '项目', dataIndex: 'hilist_name', ellipsis: true,
            render: (n: string, l) => (
              <Tooltip title={`${l.hilist_code}　单价 ${l.pric}，范围内 ${yuan(l.inscope_fen)} 元　${l.bilg_dept}　${charges[l.med_chrgitm_type] ?? ''}`}>
                {l.mark === 1 && <b style={{ color: '#cf1322' }}>{marks[0]}　</b>}
                {l.mark === 2 && <b style={{ color: '#ad6800' }}>{marks[1]}　</b>}
                <span style={{ opacity: l.mark ? 1 : 0.75 }}>{n}</span>
              </Tooltip>
            ),
          },
          { title: '数量', dataIndex: 'net_cnt', width: 56, align: 'right' },
          { title: '单价', dataIndex: 'pric', width: 78, align: 'right', responsive: ['xxl'] },
          { title: '金额', dataIndex: 'amt_fen', width: 88, align: 'right', render: (v: number, l) => <span style={{ fontWeight: l.mark === 1 ? 600 : 400 }}>{yuan(v)}</span> },
          { title: '范围内', dataIndex: 'inscope_fen', width: 88, align: 'right', render: yuan, responsive: ['xxl'] },
        ]}
      />
    </div>
  )
}
