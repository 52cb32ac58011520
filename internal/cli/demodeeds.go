package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
)

// deed is one step at the desk, of somebody on a case.
type deed = func(ctx context.Context, l *demoLoop, who *auth.Identity, ref review.Ref) error

// demoDeeds are what people do, by the words of the tracks.
var demoDeeds = map[string]func(*demoLoop, *demoCase) error{
	"take": func(l *demoLoop, c *demoCase) error {
		who, err := l.identity("jingban")
		if err == nil {
			_, err = l.desk.Take(l.s.ctx, who, review.TakeInput{IDs: []string{c.id}})
		}
		return err
	},
	"keep":     keepDeed,
	"keeplate": keepDeed,
	"dismiss": simpleDeed("chushen", func(ctx context.Context, l *demoLoop, who *auth.Identity, ref review.Ref) error {
		_, err := l.desk.Dismiss(ctx, who, ref, review.Say{Reason: "合理诊疗", Opinion: l.words("dismiss")})
		return err
	}),
	"send": (*demoLoop).send,
	"sign": func(l *demoLoop, c *demoCase) error { return l.sign(c) }, "signresult": func(l *demoLoop, c *demoCase) error { return l.sign(c) },
	"attach": ownDeed(func(ctx context.Context, l *demoLoop, who *auth.Identity, ref review.Ref) error {
		// Attachments are taken while the case lies with the institution.
		_, err := l.desk.Attach(ctx, who, ref, "情况说明.txt", strings.NewReader("关于疑点 "+ref.ID+" 的情况说明：\n病程记录、医嘱与收费明细已核对，详见附页。\n"))
		return err
	}),
	"appeal": ownDeed(func(ctx context.Context, l *demoLoop, who *auth.Identity, ref review.Ref) error {
		_, err := l.desk.Appeal(ctx, who, review.AppealInput{Ref: ref, Say: l.say("appeal")})
		return err
	}),
	"second": ownDeed(func(ctx context.Context, l *demoLoop, who *auth.Identity, ref review.Ref) error {
		_, err := l.desk.SecondAppeal(ctx, who, review.AppealInput{Ref: ref, Say: l.say("second")})
		return err
	}),
	"accept": ownDeed(func(ctx context.Context, l *demoLoop, who *auth.Identity, ref review.Ref) error {
		_, err := l.desk.Accept(ctx, who, ref, l.say("accept"))
		return err
	}),
	"extension": ownDeed(func(ctx context.Context, l *demoLoop, who *auth.Identity, ref review.Ref) error {
		_, err := l.desk.AskExtension(ctx, who, ref, 3, l.say("extension"))
		return err
	}),
	"relay": ownDeed(func(ctx context.Context, l *demoLoop, who *auth.Identity, ref review.Ref) error {
		if who.Name != "yiban1" {
			return nil // only the first hospital has people inside
		}
		_, err := l.desk.Relay(ctx, who, review.RelayInput{ID: ref.ID, Dept: "内科", Login: "keshi1", Asks: l.words("relay")})
		return err
	}),
	"ask": simpleDeed("fushen", func(ctx context.Context, l *demoLoop, who *auth.Identity, ref review.Ref) error {
		_, err := l.desk.AskMore(ctx, who, ref, l.say("ask"))
		return err
	}),
	"uphold": simpleDeed("fushen", func(ctx context.Context, l *demoLoop, who *auth.Identity, ref review.Ref) error {
		_, err := l.desk.Uphold(ctx, who, review.DecideInput{Ref: ref, Say: l.say("uphold")})
		return err
	}),
	"withdraw": simpleDeed("fushen", func(ctx context.Context, l *demoLoop, who *auth.Identity, ref review.Ref) error {
		_, err := l.desk.Withdraw(ctx, who, ref, review.Say{Reason: "合理诊疗", Opinion: l.words("withdraw")})
		return err
	}),
	"refer": simpleDeed("fushen", func(ctx context.Context, l *demoLoop, who *auth.Identity, ref review.Ref) error {
		_, err := l.desk.Refer(ctx, who, ref, l.say("refer"))
		return err
	}),
	"pause": simpleDeed("fushen", func(ctx context.Context, l *demoLoop, who *auth.Identity, ref review.Ref) error {
		_, err := l.desk.Pause(ctx, who, ref, l.say("pause"))
		return err
	}),
	"convene": simpleDeed("fushen", func(ctx context.Context, l *demoLoop, who *auth.Identity, ref review.Ref) error {
		_, err := l.desk.Convene(ctx, who, review.ConveneInput{Cases: []review.Ref{ref}, Members: []string{"zhuanjia1", "zhuanjia2", "zhuanjia3"}, Chair: "zhuanjia1"})
		return err
	}),
	"vote1": voteDeed("zhuanjia1", "vote", review.VerdictWrong), "vote2": voteDeed("zhuanjia2", "vote", review.VerdictWrong),
	"fine1": voteDeed("zhuanjia1", "fine", review.VerdictFine), "fine2": voteDeed("zhuanjia2", "fine", review.VerdictFine), "fine3": voteDeed("zhuanjia3", "fine", review.VerdictFine),
	"conclude": simpleDeed("fushen", func(ctx context.Context, l *demoLoop, who *auth.Identity, ref review.Ref) error {
		_, err := l.desk.Conclude(ctx, who, review.ConcludeInput{Ref: ref, Minutes: l.words("conclude")})
		return err
	}),
	"confirm": simpleDeed("zhongshen", func(ctx context.Context, l *demoLoop, who *auth.Identity, ref review.Ref) error {
		_, err := l.desk.Confirm(ctx, who, review.DecideInput{Ref: ref, Say: l.say("confirm")})
		return err
	}),
	"handover": simpleDeed("zhongshen", func(ctx context.Context, l *demoLoop, who *auth.Identity, ref review.Ref) error {
		_, err := l.desk.HandOver(ctx, who, ref, l.say("handover"))
		return err
	}),
	"adminclose": personDeed("zhifa", func(ctx context.Context, l *demoLoop, who *auth.Identity, ref review.Ref) error {
		_, err := l.desk.AdminClose(ctx, who, review.AdminInput{Ref: ref, Say: l.say("adminclose"), Charged: true, Doc: "示例行决〔2025〕1 号"})
		return err
	}),
	"recall": (*demoLoop).recall,
	"book": personDeed("caiwu", func(ctx context.Context, l *demoLoop, who *auth.Identity, ref review.Ref) error {
		_, err := l.desk.Book(ctx, who, ref, review.Say{})
		return err
	}),
	"paid": payDeed("机构缴款", 1), "received": payDeed("缴款到账", 1), "part": payDeed("机构缴款", 2),
	"refunded": func(l *demoLoop, c *demoCase) error {
		err := payDeed("已退患者", 1)(l, c)
		if review.CodeOf(err) == review.CodeLedger {
			return nil // nothing was the patient's
		}
		return err
	},
	"finish": personDeed("caiwu", func(ctx context.Context, l *demoLoop, who *auth.Identity, ref review.Ref) error {
		_, err := l.desk.Finish(ctx, who, ref)
		return err
	}),
}

func keepDeed(l *demoLoop, c *demoCase) error {
	return l.by(pair(c, "chushen"), c, func(ctx context.Context, l *demoLoop, who *auth.Identity, ref review.Ref) error {
		_, err := l.desk.Keep(ctx, who, review.KeepInput{Ref: ref, Say: l.say("keep")})
		return err
	})
}

// simpleDeed is done by one of two colleagues, personDeed by one person, ownDeed by the institution.
func simpleDeed(login string, f deed) func(*demoLoop, *demoCase) error {
	return func(l *demoLoop, c *demoCase) error { return l.by(pair(c, login), c, f) }
}

func personDeed(login string, f deed) func(*demoLoop, *demoCase) error {
	return func(l *demoLoop, c *demoCase) error { return l.by(login, c, f) }
}

func ownDeed(f deed) func(*demoLoop, *demoCase) error {
	return func(l *demoLoop, c *demoCase) error { return l.by(l.answerer(c.inst), c, f) }
}

func voteDeed(login, words, vote string) func(*demoLoop, *demoCase) error {
	return func(l *demoLoop, c *demoCase) error {
		x, err := l.of(c)
		if err != nil {
			return err
		}
		who, err := l.identity(login)
		if err != nil {
			return err
		}
		return l.desk.Vote(l.s.ctx, who, review.Ballot{Panel: x.Panel, ID: c.id, Vote: vote, Opinion: l.words(words)})
	}
}

// payDeed records a payment of a part (1/of) of what is due.
func payDeed(kind string, of int64) func(*demoLoop, *demoCase) error {
	return func(l *demoLoop, c *demoCase) error {
		var amount int64 // all
		if x, err := l.of(c); err != nil {
			return err
		} else if of > 1 {
			amount = x.Fund / of
		}
		return l.by("caiwu", c, func(ctx context.Context, l *demoLoop, who *auth.Identity, ref review.Ref) error {
			_, err := l.desk.Pay(ctx, who, review.PayInput{Ref: ref, Kind: kind, Amount: amount, Doc: "示例凭证 " + c.id})
			return err
		})
	}
}

// send packs what was kept and sends the case's package.
func (l *demoLoop) send(c *demoCase) error {
	who, err := l.identity("jingban")
	if err != nil {
		return err
	}
	x, err := l.of(c)
	if err != nil {
		return err
	}
	for _, year := range []string{"", x.Month[:4]} {
		if x.Package != "" {
			break
		}
		if _, err := l.desk.Pack(l.s.ctx, who, year); err != nil {
			return err
		}
		if x, err = l.of(c); err != nil {
			return err
		}
	}
	p, err := l.pack(x)
	if err != nil {
		return err
	}
	_, err = l.desk.Send(l.s.ctx, who, review.PackRef{ID: p.ID, Version: p.Version})
	return err
}

func (l *demoLoop) pack(x *store.Case) (p *store.Package, err error) {
	if x.Package == "" {
		return nil, fmt.Errorf("疑点 %s 没有入包", x.Finding)
	}
	err = l.o.db.View(l.s.ctx, func(tx *store.Tx) (err error) { p, err = tx.Package(x.Package); return err })
	return p, err
}

func (l *demoLoop) recall(c *demoCase) error {
	x, err := l.of(c)
	if err != nil {
		return err
	}
	p, err := l.pack(x)
	if err != nil {
		return err
	}
	who, err := l.identity("zhongshen1")
	if err != nil {
		return err
	}
	_, err = l.desk.Recall(l.s.ctx, who, review.PackRef{ID: p.ID, Version: p.Version}, l.say("recall"))
	return err
}

// sign signs for the notices of a case that lie with the institution.
func (l *demoLoop) sign(c *demoCase) error {
	x, err := l.of(c)
	if err != nil {
		return err
	}
	who, err := l.identity(l.answerer(c.inst))
	if err != nil {
		return err
	}
	var ns []store.Notice
	if err := l.o.db.View(l.s.ctx, func(tx *store.Tx) (err error) { ns, err = tx.NoticesOf(c.id, x.Package); return err }); err != nil {
		return err
	}
	for i := range ns {
		if ns[i].DeliveredDay == 0 {
			if err := l.desk.Sign(l.s.ctx, who, ns[i].ID); err != nil {
				return err
			}
		}
	}
	return nil
}
