import { DeleteOutlined } from '@ant-design/icons'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Card, Empty, Popconfirm, Progress, Table, Tag } from 'antd'
import { Link } from 'react-router'
import { Drop } from '../../parts/Drop'
import { count, yuan } from '../../parts/words'
import { moment } from '../data/words'
import { Reports } from './SelfReports'
import { type Check, checks, colours, dropCheck, going, shelf, startCheck } from './selfcheck'

// Page lets an institution hold its own files to the bureau's rules; what is found is its own.
export function Page() {
  const { message } = App.useApp()
  const queries = useQueryClient()
  const q = useQuery({ queryKey: ['selfchecks'], queryFn: checks, refetchInterval: (x) => (x.state.data?.items?.some(going) ? 1500 : false) })
  const drop = useMutation({ mutationFn: dropCheck, onSuccess: () => void queries.invalidateQueries({ queryKey: ['selfchecks'] }), onError: (e) => void message.error(e.message) })
  return (
    <div style={{ display: 'grid', gap: 10, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <Card size="small" title="用医保局的规则查自己的数据">
        <Drop
          shelf={shelf} title="把一次自查的文件一起拖到这里，或点这里选择"
          hint="至少要人员 person、就诊 visit、费用 fee，已结算的加上结算 settlement；没有结算号的费用按结算前判，查出来可以先改再结。给出诊断、医嘱、手术、检查检验、重症和慢特病备案等表，判得更准"
          onSent={(ids) => startCheck(ids).finally(() => queries.invalidateQueries({ queryKey: ['selfchecks'] }))}
        />
      </Card>
      <Card size="small" title="做过的自查" extra={<span className="quiet">结果只留给本机构，医保局看不到；不要了可以删</span>}>
        {q.error && <Alert type="error" showIcon title={q.error.message} />}
        <Table<Check>
          size="small" rowKey="check_id" loading={q.isPending} dataSource={q.data?.items ?? []} pagination={{ pageSize: 10, hideOnSinglePage: true }} scroll={{ x: 900 }}
          locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description="还没有做过自查" /> }}
          columns={[
            { title: '时间', key: 'at', width: 150, render: (_, c) => (c.state === '完成' ? <Link to={`/selfcheck/${c.check_id}`}>{moment(c.at)}</Link> : moment(c.at)) },
            { title: '谁', dataIndex: 'by', width: 90, ellipsis: true },
            { title: '文件', key: 'f', ellipsis: true, render: (_, c) => (c.files ?? []).join('、') },
            { title: '状态', key: 's', width: 200, render: (_, c) => (c.state === '进行' && c.total > 0 ? <Progress percent={Math.floor((c.done / c.total) * 100)} size="small" /> : <Tag color={colours[c.state]}>{c.state}</Tag>) },
            { title: '月份', dataIndex: 'months', width: 150, ellipsis: true },
            { title: '费用行', key: 'l', width: 90, align: 'right', render: (_, c) => (c.lines ? count(c.lines) : '') },
            { title: '疑点', key: 'n', width: 80, align: 'right', render: (_, c) => (c.state === '完成' ? count(c.findings) : '') },
            { title: '去重金额（元）', key: 'm', width: 120, align: 'right', render: (_, c) => (c.state === '完成' ? yuan(c.charged_fen) : '') },
            {
              title: '', key: 'd', width: 48, render: (_, c) => !going(c) && (
                <Popconfirm title="删除这次自查和它的结果？" okText="删除" cancelText="不删" onConfirm={() => drop.mutate(c.check_id)}>
                  <Button size="small" type="text" icon={<DeleteOutlined />} aria-label="删除" />
                </Popconfirm>
              ),
            },
          ]}
          expandable={{ rowExpandable: (c) => c.state === '失败' || c.state === '中断', defaultExpandAllRows: false, expandedRowRender: (c) => <span style={{ color: '#cf1322' }}>{c.message || '没有做完，请重新上传再做一次'}</span> }}
        />
      </Card>
      <Card size="small" title="自查退款申报">
        <Reports />
      </Card>
    </div>
  )
}
