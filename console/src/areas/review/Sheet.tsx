import { useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Modal, Space, Table, Upload } from 'antd'
import { useState } from 'react'
import { call } from '../../api/client'
import { useSession } from '../../api/session'

interface Row { row: number; finding_id: string; event: string; ok: boolean; state: string; said: string }
interface Report { applied: boolean; rows: number; ok: number; items: Row[] }

const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

// Sheet takes the list out as Excel and what was filled in back: first it is only checked, row by row, then done.
export function Sheet({ search }: { search: string }) {
  const { may } = useSession()
  const queries = useQueryClient()
  const [file, setFile] = useState<Blob>()
  const [report, setReport] = useState<Report>()
  const [trouble, setTrouble] = useState('')
  const [busy, setBusy] = useState(false)
  const send = async (body: Blob, apply: boolean) => {
    setBusy(true)
    setTrouble('')
    try {
      setReport(await call<Report>('POST', `/api/review/sheet${apply ? '?apply=true' : ''}`, body, { 'content-type': type }))
      if (apply) void queries.invalidateQueries()
    } catch (e) {
      setTrouble((e as Error).message)
    }
    setBusy(false)
  }
  const wrong = report?.items.filter((r) => !r.ok).length ?? 0
  return (
    <Space.Compact>
      {(may('导出') || may('申诉')) && <Button href={`/api/review/sheet${search}`}>导出 Excel</Button>}
      <Upload
        accept=".xlsx" showUploadList={false}
        beforeUpload={(f) => {
          setFile(f)
          setReport(undefined)
          void send(f, false)
          return false
        }}
      >
        <Button loading={busy && !file}>导回 Excel</Button>
      </Upload>
      <Modal
        open={!!file} title={report?.applied ? '导回办理结果' : '导回的清单逐行检查'} width={820} onCancel={() => setFile(undefined)} cancelText="关闭" confirmLoading={busy}
        okText={`办理没有错的 ${report?.ok ?? 0} 行`} okButtonProps={{ disabled: !report || report.applied || !report.ok }} onOk={() => void send(file!, true)}
      >
        {trouble && <Alert type="error" showIcon title={trouble} />}
        {report && (
          <>
            <Alert
              showIcon type={wrong ? 'warning' : 'success'} style={{ marginBottom: 8 }}
              title={report.rows === 0 ? '没有一行填了“办理”' : `填了“办理”的 ${report.rows} 行，${report.applied ? '办成' : '可以办理'} ${report.ok} 行，有错 ${wrong} 行`}
            />
            <Table<Row>
              size="small" rowKey="row" dataSource={[...report.items].sort((a, b) => Number(a.ok) - Number(b.ok) || a.row - b.row)} pagination={false} scroll={{ y: 360 }}
              columns={[
                { title: '行', dataIndex: 'row', width: 56, align: 'right' },
                { title: '办理', dataIndex: 'event', width: 110 },
                { title: '结果', key: 'ok', render: (_, r) => (r.ok ? <span style={{ color: '#067647' }}>✓ {report.applied ? '已办' : '可以'}，{report.applied ? '现' : '将'}为“{r.state}”</span> : <span style={{ color: '#b42318' }}>✗ {r.said}</span>) },
                { title: '疑点编号', dataIndex: 'finding_id', width: 250, ellipsis: true },
              ]}
            />
          </>
        )}
      </Modal>
    </Space.Compact>
  )
}
