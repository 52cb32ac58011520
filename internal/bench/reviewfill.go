package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
)

const benchInsts, benchRules, benchAreas = 400, 150, 12

// fill makes findings as a first audit does, takes some up, and makes the people.
func (w *reviewRun) fill(ctx context.Context, db *store.DB) error {
	clerk := &auth.Identity{Name: "bench", Roles: []string{"经办"}}
	desk := &review.Desk{DB: db, Trail: auth.OpenTrail(w.dir, w.opt.Version)}
	var is []store.ReviewInst
	for i := range benchInsts {
		is = append(is, store.ReviewInst{Code: fmt.Sprintf("H9901%04d", i), Name: fmt.Sprintf("第%d测试医院", i), Admdvs: fmt.Sprintf("9901%02d", i%benchAreas)})
	}
	if err := desk.SetInstitutions(ctx, clerk, is); err != nil {
		return err
	}
	rnd := rand.New(rand.NewPCG(w.opt.Seed, 1))
	const atOnce = 20000
	for lo := 0; lo < w.opt.Findings; lo += atOnce {
		var fs []*store.Finding
		for i := lo; i < min(w.opt.Findings, lo+atOnce); i++ {
			fs = append(fs, w.finding(i, rnd))
		}
		if err := db.Update(ctx, func(tx *store.Tx) error { return tx.AddFindings(fs) }); err != nil {
			return err
		}
	}
	got, err := desk.Take(ctx, clerk, review.TakeInput{Limit: min(20000, w.opt.Findings/2), Sample: 60, Seed: "bench"})
	if err == nil && got.Taken == 0 {
		err = errors.New("nothing was taken up")
	}
	if err != nil {
		return err
	}
	return errors.Join(w.people(ctx, db), db.Study(ctx)) // as after an audit
}

// people makes one dispatcher and reviewers, each with a session: signing in is measured by nobody.
func (w *reviewRun) people(ctx context.Context, db *store.DB) error {
	hash := auth.HashPassword("a word that nobody uses")
	now := store.Micros(time.Now())
	return db.Update(ctx, func(tx *store.Tx) error {
		w.tokens = nil
		for k := range w.opt.Users {
			u := &store.User{ID: store.NewID(), Login: fmt.Sprintf("bench%d", k), Name: fmt.Sprintf("测试员%d", k), Password: hash, Admdvs: areaOf(k), MadeAt: now, Roles: []string{"初审"}}
			if k == 0 {
				u.Roles = []string{"经办"}
			}
			token := fmt.Sprintf("bench-%d-%s", k, store.NewID())
			err := errors.Join(tx.AddUser(u), tx.AddSession(&store.Session{ID: auth.SessionID(token), User: u.ID, Login: u.Login, MadeAt: now, UsedAt: now,
				ExpiresAt: now + int64(12*time.Hour/time.Microsecond)}))
			if err != nil {
				return err
			}
			w.tokens = append(w.tokens, token)
		}
		return nil
	})
}

// areaOf is whose findings the k-th person sees: every fifth is of a county.
func areaOf(k int) string {
	if k%5 != 4 {
		return ""
	}
	return fmt.Sprintf("9901%02d", k%benchAreas)
}

// finding is the i-th; every third lies on the visit of the one before.
func (w *reviewRun) finding(i int, rnd *rand.Rand) *store.Finding {
	visit := i - i%3/2
	vola := int64(100 + rnd.IntN(100000))
	if rnd.IntN(50) == 0 {
		vola *= 30
	}
	inst := visit % benchInsts
	f := &store.Finding{ID: fmt.Sprintf("%016x%08x", uint64(i)*0x9e3779b97f4a7c15, i), Revision: "r", Published: "r/0", RuleID: fmt.Sprintf("A%03d", rnd.IntN(benchRules)), RuleName: "规则",
		RuleVersion: "1", Severity: 1 + rnd.IntN(3), Stage: "事后", Month: fmt.Sprintf("2025-%02d", 1+visit%12), Bucket: visit % 64, Inst: fmt.Sprintf("H9901%04d", inst),
		Psn: fmt.Sprint("P", visit/5), Mdtrt: fmt.Sprint("M", visit), Setl: fmt.Sprint("S", visit), LineCount: 1, Vola: vola, Fund: vola * 6 / 10, Charged: vola,
		Cont: "限定支付范围外使用，请核对", PointID: "p", Basis: "某文第三条", State: store.MachineState, FirstRun: 1, LastRun: 1, Version: 1, Prio: i % 9, Admdvs: fmt.Sprintf("9901%02d", inst%benchAreas)}
	f.Lines = []store.Line{{Type: 1, Inst: f.Inst, Mdtrt: f.Mdtrt, Setl: f.Setl, Sn: fmt.Sprint(i % 3 / 2), Vola: vola, Fund: f.Fund, Charged: vola, Scope: vola},
		{Type: 2, Inst: f.Inst, Mdtrt: f.Mdtrt, Setl: f.Setl, Sn: "e"}}
	return f
}
