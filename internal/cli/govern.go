package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/govern"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/rule"
	"github.com/mingjian/mingjian/internal/store"
)

// hasStore tells whether a data directory has an operational store: one that was named, or a file of its own.
func hasStore(dir, given string) (bool, error) {
	if given != "" {
		return true, nil
	}
	for _, name := range []string{store.FileName, store.ConfigName} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return true, nil
		} else if !errors.Is(err, fs.ErrNotExist) {
			return false, err
		}
	}
	return false, nil
}

// liveBook is what an audit of the data directory judges with: the shipped cards overlaid with what its store says. Without a store
// they are the shipped cards alone; a store that is there but cannot be read is an error, never a reason to judge by other rules.
func liveBook(s *streams, dir, given string) (*govern.Book, error) {
	lib, refused, err := rule.ForData(dir)
	if err != nil {
		return nil, err
	}
	if there, err := hasStore(dir, given); err != nil || !there {
		return &govern.Book{Library: lib, Refused: refused}, err
	}
	if _, err := os.Stat(dir); err != nil { // the command says so in its own words
		return &govern.Book{Library: lib, Refused: refused}, nil
	}
	var b *govern.Book
	err = withOffice(s, dir, given, func(o *office) (err error) {
		if b, err = o.rules(lib).Live(s.ctx); err == nil {
			b.Refused = refused
		}
		return err
	})
	return b, err
}

func (o *office) rules(lib *rule.Library) *govern.Rules {
	return &govern.Rules{DB: o.db, Trail: o.trail, Library: lib, Via: o.actor}
}

// govern keeps what a run says of each card and judges what is in the shadow. The caller holds the data directory's lock.
func (o *office) govern(s *streams, a *audit.Auditor, rep *audit.Report, opt audit.Options) (map[string]*govern.Result, error) {
	lib, _, err := rule.ForData(o.dir)
	if err != nil {
		return nil, err
	}
	r := o.rules(lib)
	judged := a.Library.Cards
	if len(opt.Rules) > 0 {
		some, err := a.Library.Only(opt.Rules)
		if err != nil {
			return nil, err
		}
		judged = some.Cards
	}
	if err := r.Feed(s.ctx, rep, judged, store.Micros(now())); err != nil {
		return nil, err
	}
	if len(opt.Rules) > 0 {
		return nil, nil
	}
	c, err := r.Shadow(s.ctx)
	if err != nil || c == nil {
		return nil, err
	}
	base, err := plainBase(o.dir)
	if err != nil {
		return nil, err
	}
	m := newMeter(s.err)
	defer m.end()
	opt.Progress = func(p audit.Progress) { m.show("影子 "+p.Months, int64(p.Done), int64(p.Total), p.Lines) }
	rs, err := govern.RunShadow(s.ctx, a, base, c, opt)
	if err != nil {
		return nil, fmt.Errorf("影子运行没有完成，现行规则的审核不受影响：%w", err)
	}
	return rs, r.RecordShadows(s.ctx, c, rs)
}

// plainBase is the knowledge of a data directory without the sets that govern overlays.
func plainBase(dir string) (*knowledge.Base, error) {
	ks, err := knowledge.Open(filepath.Join(dir, "knowledge"))
	if err != nil {
		return nil, err
	}
	return ks.Base(), nil
}

// asFlag says for whom a step is taken. The machine's account is on the trail beside it.
type asFlag struct {
	As string `help:"以哪个用户的名义办理（登录名）" required:"" placeholder:"登录名"`
}

// identity of a user of the store.
func (o *office) identity(s *streams, login string) (*auth.Identity, error) {
	var u *store.User
	if err := o.db.View(s.ctx, func(tx *store.Tx) (err error) { u, err = tx.User(login); return err }); err != nil {
		return nil, err
	}
	if u.Disabled {
		return nil, fmt.Errorf("用户 %s 已停用", login)
	}
	return &auth.Identity{Name: u.Login, Roles: u.Roles, Scope: auth.Scope{Admdvs: u.Admdvs, Inst: u.Inst}}, nil
}

// withRules opens the governed rules of a data directory for a user; login "" is for looking only.
func withRules(s *streams, dir, given, login string, f func(r *govern.Rules, who *auth.Identity, o *office) error) error {
	lib, _, err := rule.ForData(dir)
	if err != nil {
		return err
	}
	return withOffice(s, dir, given, func(o *office) error {
		var who *auth.Identity
		if login != "" {
			if who, err = o.identity(s, login); err != nil {
				return err
			}
		}
		return f(o.rules(lib), who, o)
	})
}

// printExempted tells what exemptions let pass.
func printExempted(w io.Writer, rep *audit.Report) {
	if len(rep.Exempted) == 0 {
		return
	}
	fmt.Fprintln(w, "\n豁免（命中而不作为疑点）：")
	for _, id := range slices.Sorted(maps.Keys(rep.Exempted)) {
		x := rep.Exempted[id]
		fmt.Fprintf(w, "  %s：疑点 %d 条、%d 行，违规金额 %s 元，其中基金 %s 元\n", id, x.Findings, x.Lines, x.Vola, x.Fund)
	}
}

// printShadow tells what was judged beside the live cards.
func printShadow(w io.Writer, rs map[string]*govern.Result) {
	if len(rs) == 0 {
		return
	}
	fmt.Fprintln(w, "\n影子运行（不对外）：")
	for _, id := range slices.Sorted(maps.Keys(rs)) {
		printResult(w, "版本 "+id, rs[id])
	}
}

func printResult(w io.Writer, what string, r *govern.Result) {
	fmt.Fprintf(w, "%s：%s 至 %s\n", what, r.From, r.To)
	var rows [][]string
	for i := range r.Contrast {
		c := &r.Contrast[i]
		rows = append(rows, []string{c.Rule, thousands(c.Other.Findings), yuan(int64(c.Other.Vola)), yuan(int64(c.Other.Fund)), thousands(c.Live.Findings), yuan(int64(c.Live.Vola)),
			thousands(c.New.Findings), yuan(int64(c.New.Vola)), thousands(c.Gone.Findings), yuan(int64(c.Gone.Vola)), thousands(c.Moved)})
	}
	table(w, []string{"规则", ">疑点", ">违规金额(元)", ">其中基金", ">现行疑点", ">现行金额", ">新增", ">新增金额", ">减少", ">减少金额", ">内容变"}, rows)
	if len(r.NotLive) > 0 {
		fmt.Fprintf(w, "现行规则还没有审过 %v，这些月份的疑点都算新增\n", r.NotLive)
	}
}
