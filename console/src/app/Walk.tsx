import { Button, Drawer, Steps } from 'antd'
import { useLocation, useNavigate } from 'react-router'
import { useSession } from '../api/session'
import type { Place } from './area'

// What there is to see and to try at a place, for somebody who opens the console for the first time; in the order of the walk.
const says: [string, string][] = [
  ['/board', '先看全局：审出多少、追回多少、谁超期。每个数字点开就是它所数的疑点。'],
  ['/briefs', '简报与发布会：选期间就成一页纸，数都从记录里算；也可定期自己做好。'],
  ['/', '您的工作台：等您办的按期限排好，点一项直接进清单。'],
  ['/findings', '疑点池：按规则、机构、程度筛选，条件可以存下来共用；打开一条，看规则的人话、违规的行、这个人的时间线和依据。'],
  ['/packages', '疑点包：同一机构、规则、月份的一起送达、一起催办。'],
  ['/answers', '医保局送来的疑点按期限排在这里：签收、逐行申诉、按文件名批量传附件。'],
  ['/relays', '转给科室或医生说明，院内有自己的期限。'],
  ['/payments', '拨付对账：选月份，看每一费用行拟追、确认、拒付、抵扣了多少，与拨付单对不对得上。'],
  ['/peers', '同级对比：本机构的数与同级平均，只有平均，没有别家的数。'],
  ['/selfcheck', '不等医保局：用同一套规则查自己的文件，结果只留给本机构；要退的选出来申报。'],
  ['/panels', '合议：单数专家、回避、表决和少数意见，以往同类怎么定的随手可查。'],
  ['/money', '资金台账：拟扣、应收、抵扣、收付和月结，每一分都能追到决定。'],
  ['/reminders', '事前提醒监测：提醒了多少、听了多少、省了多少，医生一天被打断几次；医生说提醒错了，在这里答复。'],
  ['/trace/clues', '追溯码线索：一个码卖了两次，是回流、串换还是传错，一步步核实。'],
  ['/trace/life', '追溯码查询：一个码从购进到卖出的一生。'],
  ['/trace/ledger', '进销存台账：开户、购进、销售、变动逐日相符，缺口一眼看到。'],
  ['/casemix/budget', '预算与结付率一起看：哪家超得快、年底会到哪里。'],
  ['/casemix/clearing', '月结与清算：每月付多少、扣多少，年底结余留用、超支分担，一步一步算给您看。'],
  ['/casemix/bench', '编码工作台：手工分一例，看入组的每一步和差一点会怎样。'],
  ['/casemix/special', '特例单议：哪些病例可以申请，专家怎样议，准了多少。'],
  ['/library', '规则库：每张卡的口径、豁免、用例和做得怎样；改一张、试算、另一人批准后才生效。'],
  ['/library/sources', '国家表与待裁决：国家两库的表导进来，读法拿不准的等人定；按金额看覆盖了多少。'],
  ['/library/samples', '盲审样本：两个人互不知情各判一次，精确率从这里来。'],
  ['/models', '大数据模型：看一行看不出来的团伙、五同住院、冲顶；每个案例有图和无辜的解释。'],
  ['/models/portraits', '智能画像：一家机构、一个人一年的样子，看哪里和别人不同。'],
  ['/messages', '消息：疑点送达、期限将到、导入失败、规则公布都在这里，右上角的铃有几条没看；要不要、要不要邮件各人自己订。'],
  ['/settings', '期限、金额和工作日日历由局里定，改动须另一人确认。'],
  ['/data', '数据接入：拖文件导入，拒收的逐行说明，与清算总额核对。'],
  ['/takeover', '接管旧系统：文件逐行检查，收、关联、存疑、不收分开，确认后可整批撤销。'],
  ['/runs', '运行：审核到哪里了，哪些规则因缺什么没有判。'],
  ['/users', '用户与权限：角色、区划、机构；初始口令只显示一次。'],
  ['/trail', '操作日志：谁在什么时候看了、改了什么，链式校验，改不了。'],
]

// Walk leads through the places that somebody has, one after the other.
export function Walk({ places, close }: { places: Place[]; close: () => void }) {
  const { pathname } = useLocation()
  const navigate = useNavigate()
  const leads = useSession().session?.roles.includes('领导') // whose desk is the board: there is no stop at it
  const stops = says.filter(([key]) => key !== '/' || !leads).flatMap(([key, say]) => places.filter((p) => p.key === key).slice(0, 1).map((p) => ({ ...p, say })))
  const now = stops.findIndex((s) => s.key === pathname)
  const go = (i: number) => {
    const to = stops[i]
    if (to) void navigate(to.key)
  }
  return (
    <Drawer
        open onClose={close} mask={false} size={340} title="跟着走一遍" styles={{ body: { padding: 16 } }}
        footer={
          <div style={{ display: 'flex', gap: 8 }}>
            <Button size="small" disabled={now <= 0} onClick={() => go(now - 1)}>上一处</Button>
            <Button size="small" type="primary" disabled={now === stops.length - 1} onClick={() => go(now + 1)}>{now < 0 ? '开始' : '下一处'}</Button>
            <span className="quiet" style={{ marginLeft: 'auto' }}>{now < 0 ? `${stops.length} 处` : `${now + 1} / ${stops.length}`}</span>
          </div>
        }
      >
        <Steps orientation="vertical" size="small" current={now} onChange={go} items={stops.map((s) => ({ title: s.label, content: <span style={{ fontSize: 12 }}>{s.say}</span> }))} />
      </Drawer>
  )
}
