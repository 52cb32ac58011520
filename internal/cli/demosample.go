package cli

import (
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/govern"
	"github.com/mingjian/mingjian/internal/rule"
	"github.com/mingjian/mingjian/internal/store"
)

// demoSampled is how many findings of the blind sample the demo's two judges answer; the rest is for whoever tries it.
const demoSampled = 40

// samples draws the blind sample of the month before the newest, which is left for the user to draw, and has two people judge some of it by what the
// generator planted: of what it did not plant one of them cannot tell.
func (d *demo) samples(o *office) error {
	planted := map[[2]string]bool{} // rule and visit
	err := d.eachAnswer(func(kind, rule, mdtrt, _ string) {
		if kind == "plant" {
			planted[[2]string{rule, mdtrt}] = true
		}
	})
	if err != nil || len(planted) == 0 {
		return err
	}
	lib, _, err := rule.ForData(o.dir)
	if err != nil {
		return err
	}
	r := o.rules(lib)
	newest := ""
	if err := o.db.View(d.s.ctx, func(tx *store.Tx) (err error) { newest, err = tx.NewestMonth(); return err }); err != nil || newest == "" {
		return err
	}
	last, err := claim.ParseMonth(newest)
	if err != nil {
		return err
	}
	month := (last - 1).String()
	owner, err := d.identity("weihu")
	if err != nil {
		return err
	}
	if _, err := r.Draw(d.s.ctx, owner, month); err != nil {
		return err
	}
	sheets, err := r.Sheets(d.s.ctx, owner, month)
	if err != nil {
		return err
	}
	for k, login := range []string{"chushen1", "fushen1"} {
		judge, err := d.identity(login)
		if err != nil {
			return err
		}
		for _, x := range sheets[:min(len(sheets), demoSampled)] {
			var f *store.Finding
			if err := o.db.View(d.s.ctx, func(tx *store.Tx) (err error) { f, err = tx.Finding(x.Finding); return err }); err != nil {
				return err
			}
			verdict := govern.Right
			if k == 1 && !planted[[2]string{f.RuleID, f.Mdtrt}] {
				verdict = govern.Unclear
			}
			if _, err := r.Judge(d.s.ctx, judge, x.Finding, verdict, ""); err != nil {
				return err
			}
		}
	}
	return nil
}
