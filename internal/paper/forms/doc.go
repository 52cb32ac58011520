// Package forms gathers what each document of the closed loop says, and prints it on the bureau's paper: 疑点清单, 疑点告知书, 申诉书,
// 合议纪要, 违规确认书, 追款通知, 送达回证, and the whole file of a case.
//
// A document says what the record says at the moment: nothing is typed in, and one whose ground is missing (no panel has decided, nothing is
// confirmed) is refused. Who may not see the case gets no paper of it: everything comes through review.Desk.
package forms
