import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { look, open, refusals, skip } from './browser.mjs'
import { city } from './city.mjs'

// One finding goes from the machine to the archive through the hands of everybody who has a part in it, on the screens they work at. At each
// guard somebody who may not, or not yet, tries and is refused.
test('the whole loop, with a refusal at each guard', { skip }, async (t) => {
  const c = await city(t)
  const browser = await open(t)
  const files = await mkdtemp(join(tmpdir(), 'mingjian-files-'))
  t.after(() => rm(files, { recursive: true, force: true }))
  const own = c.users.yiban1.scope
  const list = await c.call('jingban', 'GET', `/api/review/findings?state=机审&fixmedins_code=${own}&limit=200`)
  const f = list.json.items.find((x) => x.charged_fen === x.vola_fen && x.fund_fen > 20000 && x.mdtrt_id)
  assert.ok(f, `${own} has no finding of the machine to walk with`)
  const id = f.finding_id
  const whole = async (login = 'zhongshen1') => (await c.call(login, 'GET', `/api/review/findings/${id}`)).json
  const state = async (want) => assert.equal((await whole()).state, want)
  // refused tries a step on the version as it is now, and says how it is refused.
  const refused = async (login, path, body, status) => {
    const r = await c.call(login, 'POST', `/api/review/findings/${id}/${path}`, body, { 'if-match': `"${(await whole()).version}"` })
    assert.equal(r.status, status, `${login} ${path}: ${r.text}`)
    assert.match(r.json.detail ?? r.json.title, /[\u4e00-\u9fff]/, `${login} ${path} is refused in words`)
  }
  const at = async (login) => {
    const page = await c.as(browser, login, { expect: refusals })
    await page.goto(`/findings/${id}`)
    await page.getByText(f.rule_name).first().waitFor()
    return page
  }
  const decide = async (page, name, opinion, now) => {
    await page.getByRole('radio', { name, exact: false }).first().check()
    if (opinion) await page.getByLabel('意见', { exact: true }).fill(opinion)
    await page.locator('[data-decide]').click()
    await page.getByText(`现为“${now}”`).first().waitFor()
  }

  // Each step stands on the one before: after one that failed the others are left out.
  let broken = false
  const step = (name, f) =>
    t.test(name, { skip: broken && 'the step before failed' }, async () => {
      broken = true
      await f()
      broken = false
    })

  await step('初审: taken up and kept', async () => {
    await refused('yiban1', 'appeal', { opinion: '还没有发给我' }, 404)
    await refused('chushen1', 'keep', { opinion: '还没有纳入' }, 404)
    const page = await at('chushen1')
    await page.getByRole('button', { name: '纳入初审' }).click()
    await page.getByText('已纳入初审').waitFor()
    await refused('fushen1', 'keep', { opinion: '不是初审员' }, 403)
    await refused('chushen1', 'dismiss', { opinion: '没有理由代码' }, 422)
    await page.getByRole('radio', { name: '保留' }).waitFor()
    await look(page, 'finding')
    await decide(page, '保留', '核对诊断和医嘱，未见例外情形，保留', '待送达')
    await page.done()
    await state('待送达')
  })

  await step('经办: packed and sent', async () => {
    await refused('yiban1', 'accept', {}, 404)
    const page = await c.as(browser, 'jingban', { expect: refusals })
    await page.goto('/packages')
    await page.getByRole('button', { name: '把保留的疑点组包' }).click()
    await page.getByText('已办').first().waitFor()
    const pack = (await whole()).package_id
    assert.ok(pack, 'the finding is in no package')
    const row = page.locator(`tr[data-row-key="${pack}"]`)
    await row.getByRole('button', { name: '发出' }).click()
    await row.getByText('已发').waitFor()
    await look(page, 'packages')
    await page.done()
    await state('送达中')
  })

  await step('医保办 signs, asks inside the house, attaches by stay number, and appeals', async () => {
    const other = await c.call('yiban2', 'GET', `/api/review/findings/${id}`)
    assert.equal(other.status, 404, 'another hospital opens it')
    const page = await c.as(browser, 'yiban1', { expect: refusals })
    await page.goto('/answers?state=待签收')
    const pack = (await whole()).package_id
    const notices = (await c.call('yiban1', 'GET', '/api/review/notices?waiting=true&limit=200')).json.items
    const notice = notices.find((n) => n.package_id === pack)
    assert.ok(notice, 'no notice waits for the signature')
    await look(page, 'notices')
    await page.locator(`tr[data-row-key="${notice.notice_id}"]`).getByRole('button', { name: '签收' }).click()
    await page.getByText('已签收 1 份').waitFor()
    await state('反馈申诉')
    await refused('chushen1', 'appeal', { opinion: '不是机构' }, 403)
    await refused('yiban1', 'appeal', {}, 422) // without a reason

    await page.goto('/answers')
    await page.locator(`tr[data-row-key="${id}"]`).waitFor()
    await look(page, 'answers')
    const good = join(files, `${f.mdtrt_id}_病历首页.txt`)
    const stray = join(files, `1${f.mdtrt_id}2_医嘱.txt`) // the number is a part of a longer one
    await writeFile(good, '病历首页：有急诊抢救记录')
    await writeFile(stray, '医嘱')
    await page.getByRole('button', { name: '批量上传附件' }).click()
    await page.locator('input[type=file]').setInputFiles([good, stray])
    await page.getByText('没有配上：').waitFor()
    await page.getByRole('button', { name: '上传配上的 1 个' }).click()
    await page.getByText('1 个文件都传上了').waitFor()
    await look(page, 'files')
    await page.locator('.ant-modal-footer').getByRole('button', { name: '关闭', exact: true }).click()
    assert.equal((await whole()).files.length, 1)

    await page.goto(`/findings/${id}`)
    await page.getByLabel('转给谁').click()
    await page.getByTitle(/施科室/).click()
    await page.getByLabel('要说明什么').fill('请说明当时的指征')
    await page.getByRole('button', { name: '转办', exact: true }).click()
    await page.locator('b').filter({ hasText: `${c.users.yiban1.name} →` }).first().waitFor()
    const ward = await c.as(browser, 'keshi1', { expect: refusals })
    await ward.goto('/relays')
    const relays = (await c.call('keshi1', 'GET', '/api/review/relays?state=待答')).json.items
    const relay = relays.find((r) => r.finding_id === id)
    await ward.locator(`tr[data-row-key="${relay.relay_id}"]`).getByRole('button').first().click()
    await ward.getByLabel('院内答复').fill('患者当时病情有指征，病程已记录')
    await ward.getByRole('button', { name: '答复', exact: true }).click()
    await ward.getByText('已答复').waitFor()
    await look(ward, 'relays')
    await ward.done()
    await refused('keshi1', 'appeal', { opinion: '科室不能对外申诉' }, 403)

    await page.reload()
    await page.getByText('病程已记录').waitFor()
    await page.getByRole('radio', { name: '申诉', exact: true }).check()
    await page.getByLabel('意见').fill('病情有特殊指征，病历已记录，请复核')
    await look(page, 'answer')
    await page.locator('button.ant-btn-primary', { hasText: '申诉' }).click()
    await page.getByText('现为“复审”').first().waitFor()
    await page.done()
  })

  await step('复审 refers to a panel and convenes it', async () => {
    await refused('chushen1', 'uphold', { opinion: '初审员不能复审' }, 403)
    await refused('fushen1', 'conclude', { minutes: '还没有合议' }, 409)
    let page = await at('fushen1')
    await page.getByText('病历首页.txt').waitFor()
    await decide(page, '提请合议', '涉及诊疗专业判断，提请合议', '合议')
    await refused('fushen1', 'conclude', { minutes: '还没有召集' }, 409)
    const now = await whole()
    const few = await c.call('fushen1', 'POST', '/api/review/panels', { cases: [{ finding_id: id, version: now.version }], members: ['zhuanjia1', 'zhuanjia2'], chair: 'zhuanjia1' })
    assert.equal(few.status, 409, few.text)
    await page.goto('/panels')
    await page.locator(`tr[data-row-key="${id}"]`).getByRole('checkbox').check()
    await page.getByRole('button', { name: '召集合议（1）' }).click()
    const dialog = page.getByRole('dialog')
    for (const login of ['zhuanjia1', 'zhuanjia2']) await dialog.locator(`tr[data-row-key="${login}"]`).getByRole('checkbox').check()
    assert.ok(await dialog.getByRole('button', { name: '召集', exact: true }).isDisabled(), 'a panel of two can be convened')
    await dialog.locator('tr[data-row-key="zhuanjia3"]').getByRole('checkbox').check()
    await dialog.locator('tr[data-row-key="zhuanjia1"]').getByRole('radio').check()
    await look(page, 'convene')
    await dialog.getByRole('button', { name: '召集', exact: true }).click()
    await page.waitForURL('**/panels/*')
    await page.done()
  })

  await step('合议: masked and watermarked, each votes once, the minority is kept', async () => {
    const panel = (await whole()).panel_id
    const page = await c.as(browser, 'zhuanjia1', { expect: refusals })
    await page.goto('/panels')
    await page.locator(`tr[data-row-key="${panel}"]`).getByText('1 条', { exact: true }).waitFor()
    await look(page, 'panels')
    await page.locator(`tr[data-row-key="${panel}"]`).getByRole('link').click()
    await page.getByRole('button', { name: '表决' }).click()
    await page.getByRole('radio', { name: '违规', exact: true }).check()
    await page.getByLabel('表决意见').fill('指南未推荐该用法，认定违规')
    await look(page, 'ballot')
    await page.getByRole('button', { name: '投票，投后不能改' }).click()
    await page.getByText('已表决').first().waitFor()
    await look(page, 'panel')
    const seen = await whole('zhuanjia1')
    assert.ok(seen.masked && seen.psn_no.startsWith('****') && seen.mdtrt_id.startsWith('****'), 'an expert sees who the person is')
    await page.goto(`/findings/${id}`)
    await page.getByText(f.rule_name).first().waitFor()
    assert.equal(await page.getByText(f.psn_no).count(), 0, 'the number of the person is on the page')
    assert.ok(await page.evaluate(() => [...document.querySelectorAll('div')].some((d) => getComputedStyle(d).backgroundImage.startsWith('url("data:image') && d.style.pointerEvents === 'none')), 'no watermark')
    await page.done()
    const vote = (login, choice, opinion) => c.call(login, 'POST', `/api/review/panels/${panel}/votes`, { finding_id: id, vote: choice, opinion })
    assert.equal((await vote('zhuanjia1', '不违规', '改主意了')).status, 409, 'votes twice')
    assert.equal((await vote('fushen1', '违规', '不是专家')).status, 403)
    await refused('fushen1', 'conclude', { minutes: '还没有齐票', opinion: '抢先' }, 409)
    assert.equal((await vote('zhuanjia2', '违规', '同意认定')).status, 200)
    assert.equal((await vote('zhuanjia3', '不违规', '病历有指征，应予支持')).status, 200)
    const chair = await at('fushen1')
    await chair.getByPlaceholder('合议纪要').fill('三人评议，两人认定违规，一人认为有指征。多数意见：违规。')
    await decide(chair, '合议结论', '按多数意见', '复审告知')
    await chair.goto(`/panels/${panel}`)
    await chair.getByText('少数意见').waitFor()
    await look(chair, 'panel-decided')
    await chair.done()
  })

  await step('医保办 signs the result and gives up the second appeal', async () => {
    const notice = (await c.call('yiban1', 'GET', '/api/review/notices?waiting=true&limit=200')).json.items.find((n) => n.finding_id === id)
    assert.equal((await c.call('yiban1', 'POST', `/api/review/notices/${notice.notice_id}/sign`)).status, 200)
    await state('二次申诉')
    await refused('yiban1', 'accept', {}, 409) // that was the step before
    const page = await at('yiban1')
    assert.equal(await page.getByText('zhuanjia').count(), 0, 'the hospital reads who voted')
    await page.getByRole('radio', { name: '不再申诉' }).check()
    await page.locator('button.ant-btn-primary', { hasText: '不再申诉' }).click()
    await page.getByRole('dialog').getByRole('button', { name: '不再申诉' }).click()
    await page.getByText('现为“终审”').first().waitFor()
    await page.done()
  })

  await step('终审 confirms', async () => {
    await refused('fushen1', 'confirm', { opinion: '复审员不能终审' }, 403)
    await refused('caiwu', 'execute', {}, 409) // nothing is confirmed
    const page = await at('zhongshen1')
    await decide(page, '违规确认', '事实清楚，依据充分，确认', '执行')
    await page.getByRole('link', { name: '违规确认书 PDF' }).waitFor()
    const down = page.waitForEvent('download')
    await page.getByRole('link', { name: '违规确认书 PDF' }).click()
    assert.match((await down).suggestedFilename(), /\.pdf$/)
    await look(page, 'confirmed')
    await page.done()
  })

  await step('财务 books, receives and ends it; the ledger opens into it', async () => {
    await refused('zhongshen1', 'execute', {}, 403)
    await refused('caiwu', 'close', {}, 409) // the money is not settled
    const page = await at('caiwu')
    await decide(page, '下账', '', '执行')
    // What is due is paid and arrives; what a patient bore goes back to him; what of it is not there needs no step.
    for (const kind of ['机构缴款', '缴款到账', '已退患者', '年度清算扣回', '清算到账']) {
      const take = { 机构缴款: '基金 应收', 缴款到账: '基金 缴款', 已退患者: '患者 应退', 年度清算扣回: '基金 年清', 清算到账: '基金 清算' }[kind]
      const held = {}
      for (const p of (await whole()).ledger) {
        held[`${p.book} ${p.to_acct}`] = (held[`${p.book} ${p.to_acct}`] ?? 0) + p.amount_fen
        held[`${p.book} ${p.from_acct}`] = (held[`${p.book} ${p.from_acct}`] ?? 0) - p.amount_fen
      }
      if (!held[take]) continue
      await page.getByLabel('收付种类').click()
      await page.getByTitle(new RegExp(`^${kind}`)).click()
      await page.getByLabel('凭证号').fill(`凭证 ${kind}`)
      await page.getByRole('button', { name: '记收付', exact: true }).click()
      await page.getByText(`已记${kind}`).waitFor()
    }
    await look(page, 'paid')
    if ((await whole()).state !== '关闭') await decide(page, '办结', '', '关闭')
    await state('关闭')
    const ledger = (await whole()).ledger
    assert.ok(ledger.length > 2)
    await page.goto('/money')
    await page.getByRole('button', { name: /^合计 已收/ }).click()
    await page.locator(`.ant-drawer tr[data-row-key="${id}"]`).waitFor()
    await look(page, 'money')
    await page.done()
    const health = (await c.call('caiwu', 'GET', '/api/ledger/check')).json
    assert.deepEqual(health.wrong ?? [], [], 'the ledger does not say what was decided')
  })
})

test('the pool: saved filters, many at once by keyboard, Excel out and in', { skip }, async (t) => {
  const c = await city(t)
  const browser = await open(t)
  const page = await c.as(browser, 'chushen1', { expect: refusals })
  await page.goto('/findings?state=初审&order=due')
  await page.locator('tbody tr.ant-table-row').nth(2).waitFor()
  await page.getByRole('button', { name: '存条件' }).click()
  await page.getByLabel('条件名').fill('我的待初审')
  await page.getByRole('button', { name: '存下', exact: true }).click()
  await page.getByText('已存下').waitFor()
  await page.getByRole('button', { name: '清除条件' }).click()
  await page.getByRole('button', { name: '清除条件' }).waitFor({ state: 'hidden' }) // the address changes before the page does
  await page.getByLabel('存下的条件').click()
  await page.locator('.ant-select-item[title="我的待初审"]').click()
  await page.waitForURL(/order=due/)
  await page.locator('.ant-checkbox-wrapper-checked', { hasText: '先到期的在前' }).waitFor()

  await page.locator('tbody tr.ant-table-row').nth(2).waitFor()
  await page.locator('.ant-layout-header').click({ position: { x: 300, y: 10 } })
  await page.keyboard.press('x')
  await page.getByText('已选 1 条').waitFor()
  await page.keyboard.press('j')
  await page.keyboard.press('x')
  await page.getByText('已选 2 条').waitFor()
  await look(page, 'pool')
  const picked = await page.locator('tbody tr.ant-table-row').evaluateAll((rows) => rows.filter((r) => r.querySelector('input:checked')).map((r) => r.dataset.rowKey))
  assert.equal(picked.length, 2)
  const keep = page.getByRole('toolbar').getByRole('button', { name: /保留/ })
  await page.keyboard.press((await keep.locator('kbd').innerText()).trim())
  await page.getByLabel('批量意见').fill('批量核对，保留')
  await page.keyboard.press('Control+Enter')
  await page.getByText('保留 2 条', { exact: true }).waitFor()
  const left = (await c.call('chushen1', 'GET', '/api/review/findings?state=初审&order=due&limit=50')).json.items.map((x) => x.finding_id)
  assert.deepEqual(picked.filter((id) => left.includes(id)), [], 'what was kept is still to be reviewed')

  const down = page.waitForEvent('download')
  await page.getByRole('link', { name: '导出 Excel' }).click()
  const sheet = await (await down).path()
  await page.locator('input[type=file]').setInputFiles({ name: '疑点清单.xlsx', mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', buffer: await (await import('node:fs/promises')).readFile(sheet) })
  await page.getByText('没有一行填了“办理”').waitFor()
  await page.locator('.ant-modal-footer').getByRole('button', { name: '关闭', exact: true }).click()
  await page.locator('input[type=file]').setInputFiles({ name: '别的.xlsx', mimeType: 'application/octet-stream', buffer: Buffer.from('not a workbook') })
  await page.getByText(/不是可读的 Excel/).waitFor()
  await page.locator('.ant-modal-footer').getByRole('button', { name: '关闭', exact: true }).click()

  // After a decision the next of the list opens.
  await page.locator('tbody tr.ant-table-row').first().click()
  await page.waitForURL('**/findings/*')
  const first = page.url()
  await page.getByRole('radio', { name: '保留' }).waitFor()
  await page.locator('[data-decide]').click()
  await page.waitForURL((u) => u.href !== first && u.pathname.startsWith('/findings/'))
  await page.done()
})
