import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Card, Form, Input, Modal, Popconfirm, Skeleton, Space, Table, Tag, Upload } from 'antd'
import { useState } from 'react'
import { call, get } from '../../api/client'
import type { components } from '../../api/schema'

type S = components['schemas']
type State = S['OfficeState']

const path = '/api/settings/office'

// Page is what stands on the bureau's paper: its name, its seal, and the templates of documents.
export function Page() {
  const { message } = App.useApp()
  const client = useQueryClient()
  const q = useQuery({ queryKey: ['office'], queryFn: () => get<State>(path) })
  const [editing, setEditing] = useState<S['Form']>()
  const done = (said: string) => (s: State) => { client.setQueryData(['office'], s); message.success(said) }
  const name = useMutation({ mutationFn: (v: { name: string; short: string }) => call<State>('PUT', path, v), onSuccess: done('单位已改，以后出的文书用新的') })
  const seal = useMutation({ mutationFn: (f: File | null) => (f ? call<State>('PUT', `${path}/seal`, f, { 'content-type': 'image/png' }) : call<State>('DELETE', `${path}/seal`)), onSuccess: (s, f) => done(f ? '印章已换，请看样张' : '已去掉，盖章处留空')(s) })
  const x = q.data
  if (q.error) return <Alert type="error" showIcon title={q.error.message} />
  if (!x) return <Skeleton active />
  return (
    <div style={{ display: 'grid', gap: 10, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      {x.wrong && <Alert type="error" showIcon title={`现有的文件有问题，文书出不来：${x.wrong}。在这里重新设置即可`} />}
      <div style={{ display: 'grid', gap: 10, gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 420px), 1fr))', alignItems: 'start' }}>
        <Card size="small" title="单位">
          <Form layout="vertical" initialValues={{ name: x.name, short: x.short }} onFinish={(v: { name: string; short: string }) => name.mutate(v)} requiredMark={false}>
            <Form.Item name="name" label="单位全称（文书头上的红字、落款）" rules={[{ required: true, whitespace: true, message: '写单位全称' }]}><Input maxLength={60} /></Form.Item>
            <Form.Item name="short" label="文号里的简称" extra="如 九医保，文号印成 九医保疑〔2025〕12号" rules={[{ required: true, whitespace: true, message: '写简称' }]}><Input maxLength={20} /></Form.Item>
            <Space><Button type="primary" htmlType="submit" loading={name.isPending}>保存</Button><a href={`${path}/sample`} target="_blank" rel="noreferrer">看样张</a></Space>
            {name.error && <Alert type="error" showIcon title={name.error.message} style={{ marginTop: 8 }} />}
          </Form>
        </Card>
        <Card size="small" title="印章" extra={x.seal && <Popconfirm title="去掉印章图片？盖章处留空，手工盖" okText="去掉" cancelText="不" onConfirm={() => seal.mutate(null)}><Button size="small" danger type="text">去掉</Button></Popconfirm>}>
          <div style={{ display: 'flex', gap: 16, alignItems: 'flex-start' }}>
            <Preview x={x} />
            <div style={{ flex: 1 }}>
              <Upload accept="image/png,.png" showUploadList={false} beforeUpload={(f) => { seal.mutate(f); return false }}><Button loading={seal.isPending}>{x.seal ? '换印章图片' : '上传印章图片'}</Button></Upload>
              <p className="quiet" style={{ margin: '8px 0' }}>PNG，只留印章本身，每边 200 到 3000 像素，不超过 2 MB；印成 42 毫米。去掉底色，才不会遮住落款。</p>
              {x.seal && <p style={{ margin: 0 }}>{x.seal.width}×{x.seal.height} 像素，{Math.ceil(x.seal.bytes / 1024)} KB，{x.seal.clear ? <Tag color="green">底色透明</Tag> : <Tag color="orange">底色不透明，会遮住落款</Tag>}</p>}
              {!x.seal && <p style={{ margin: 0 }}>现在没有：文书的盖章处留空，手工盖。</p>}
              {seal.error && <Alert type="error" showIcon title={seal.error.message} style={{ marginTop: 8 }} />}
            </div>
          </div>
        </Card>
      </div>
      <Card size="small" title={<>文书模板　<span className="quiet" style={{ fontWeight: 400 }}>改了以后新出的文书用新的，出过的不变</span></>}>
        <Table<S['Form']> size="small" rowKey="form" dataSource={x.forms ?? []} pagination={false} columns={[
          { title: '文书', dataIndex: 'title', width: 180, render: (v: string) => <b>{v}</b> },
          { title: '用途', dataIndex: 'about', ellipsis: true },
          { title: '模板', dataIndex: 'own', width: 100, render: (v: boolean) => (v ? <Tag color="blue">本局改过</Tag> : '自带的') },
          { title: '', key: 'o', width: 80, render: (_, f) => <Button size="small" type="link" onClick={() => setEditing(f)}>看和改</Button> },
        ]} />
      </Card>
      {editing && <Edit f={editing} close={() => setEditing(undefined)} done={done} />}
    </div>
  )
}

// Preview shows how the seal stands over the signature.
function Preview({ x }: { x: State }) {
  return (
    <div style={{ width: 210, height: 190, border: '1px solid #e5e7eb', position: 'relative', fontFamily: 'FangSong, STFangsong, serif', flex: 'none', background: '#fff' }}>
      <div style={{ textAlign: 'center', color: '#c00', fontWeight: 700, fontSize: 15, borderBottom: '2px solid #c00', margin: '10px 12px 0', paddingBottom: 4 }}>{x.name}</div>
      <div style={{ position: 'absolute', right: 18, bottom: 40, textAlign: 'right', fontSize: 13, lineHeight: '22px' }}>{x.name}<br />{new Date().toLocaleDateString('zh-CN', { year: 'numeric', month: 'long', day: 'numeric' })}</div>
      {x.seal && <img src={`${path}/seal?${x.seal.mark}`} alt="印章" style={{ position: 'absolute', right: 20, bottom: 12, width: 96, height: 96, objectFit: 'contain', opacity: 0.9 }} />}
    </div>
  )
}

function Edit({ f, close, done }: { f: S['Form']; close: () => void; done: (said: string) => (s: State) => void }) {
  const client = useQueryClient()
  const q = useQuery({ queryKey: ['office-form', f.form], queryFn: () => get<S['OfficeText']>(`${path}/forms/${encodeURIComponent(f.form)}`), staleTime: 0, gcTime: 0 })
  const [text, setText] = useState<string>()
  const save = useMutation({
    mutationFn: (text: string) => call<State>('PUT', `${path}/forms/${encodeURIComponent(f.form)}`, { text }),
    onSuccess: (s, t) => { done(t ? '模板已改' : '已改回自带的')(s); void client.invalidateQueries({ queryKey: ['office-form'] }); close() },
  })
  return (
    <Modal open onCancel={close} width="min(980px, 94vw)" title={`${f.title}的模板`} mask={{ closable: false }} footer={
      <Space>
        {q.data?.own && <Popconfirm title="改回自带的？本局的写法不再保留" okText="改回" cancelText="不" onConfirm={() => save.mutate('')}><Button danger>改回自带的</Button></Popconfirm>}
        <Button onClick={close}>取消</Button>
        <Button type="primary" disabled={text === undefined || !text.trim() || text === q.data?.text} loading={save.isPending} onClick={() => save.mutate(text ?? '')}>保存</Button>
      </Space>
    }>
      {(q.error ?? save.error) && <Alert type="error" showIcon title={(q.error ?? save.error)?.message} style={{ marginBottom: 8 }} />}
      {q.isPending ? <Skeleton active /> : <Input.TextArea value={text ?? q.data?.text ?? ''} onChange={(e) => setText(e.target.value)} autoSize={{ minRows: 18, maxRows: 24 }} spellCheck={false} aria-label="模板原文" style={{ fontFamily: 'ui-monospace, monospace', fontSize: 12.5 }} />}
      <p className="quiet" style={{ margin: '8px 0 0' }}>{'{{…}} 里是这件疑点的内容，其余照印。“# ”起头是标题，“致：”顶格，“右：”靠右，“章：”靠右并盖章，“| |”是表格，“换页”另起一页。写法不对会说在哪里，不会存。'}</p>
    </Modal>
  )
}
