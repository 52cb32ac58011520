package govern

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/store"
)

// maxSamples is how many findings of a trial are explained.
const maxSamples = 10

// Trial judges a version on history without publishing anything: only its cards, in a folder that is removed afterwards. live is
// the data directory's auditor, plain its knowledge without live sets. The caller holds the directory's lock.
func Trial(ctx context.Context, live *audit.Auditor, plain *knowledge.Base, dir string, c *Candidate, opt audit.Options) (*Result, error) {
	if err := os.MkdirAll(filepath.Join(dir, "tmp"), 0o755); err != nil {
		return nil, err
	}
	tmp, err := os.MkdirTemp(filepath.Join(dir, "tmp"), "trial-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(tmp)
	a, err := live.Trial(tmp, c.Library, c.Rules, c.Cards)
	if err != nil {
		return nil, err
	}
	if a.Base, err = c.Points(plain); err != nil {
		return nil, err
	}
	rep, err := a.Run(ctx, opt)
	if err != nil {
		return nil, err
	}
	res, err := contrast(live.Store, a.Store, rep, c.Cards)
	if err != nil {
		return nil, err
	}
	ids, err := drawn(a.Store, rep.Months, c.Cards)
	if err != nil {
		return nil, err
	}
	xs, err := a.ExplainAll(ids)
	if err != nil {
		return nil, err
	}
	for _, x := range xs {
		res.Samples = append(res.Samples, x.String())
	}
	return res, nil
}

// RunShadow judges the candidates beside the live cards and returns what each version's cards said. Their findings lie in the data
// directory's shadow folder: they are never exported, taken in or told to institutions. The caller holds the directory's lock.
func RunShadow(ctx context.Context, live *audit.Auditor, plain *knowledge.Base, c *Candidate, opt audit.Options) (map[string]*Result, error) {
	a, err := live.Shadow(c.Library, c.Rules, c.Cards)
	if err != nil {
		return nil, err
	}
	if a.Base, err = c.Points(plain); err != nil {
		return nil, err
	}
	opt.Rules = nil
	rep, err := a.Run(ctx, opt)
	if err != nil {
		return nil, err
	}
	months, err := a.Store.Months()
	if err != nil {
		return nil, err
	}
	rep.Months = rep.Months[:0]
	for _, m := range months {
		rep.Months = append(rep.Months, m.String())
	}
	out := map[string]*Result{}
	for i := range c.Versions {
		ids, err := bears(&c.Versions[i])
		if err != nil {
			return nil, err
		}
		slices.Sort(ids)
		if out[c.Versions[i].ID], err = contrast(live.Store, a.Store, rep, slices.Compact(ids)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func contrast(live, other *audit.Store, rep *audit.Report, cards []string) (*Result, error) {
	res := &Result{Judged: rep.Lines, At: time.Now().UTC().Format(time.RFC3339), Contrast: []audit.Contrast{}}
	published, err := live.Months()
	if err != nil {
		return nil, err
	}
	var months []claim.Month
	for _, s := range rep.Months {
		m, err := claim.ParseMonth(s)
		if err != nil {
			return nil, err
		}
		months = append(months, m)
		if !slices.Contains(published, m) {
			res.NotLive = append(res.NotLive, s)
		}
	}
	slices.Sort(months)
	if len(months) > 0 {
		res.From, res.To = months[0].String(), months[len(months)-1].String()
	}
	res.Contrast, err = audit.Compare(live, other, months, cards)
	return res, err
}

// drawn picks findings for people to look at: the same ones each time.
func drawn(st *audit.Store, months, cards []string) ([]string, error) {
	var ids []string
	for _, s := range months {
		m, err := claim.ParseMonth(s)
		if err != nil {
			return nil, err
		}
		err = st.Each(m, func(rows []audit.Row) error {
			for i := range rows {
				if !rows[i].Hushed && slices.Contains(cards, rows[i].RuleID) {
					ids = append(ids, rows[i].FindingID)
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(ids)
	return draw("trial", slices.Compact(ids), maxSamples), nil
}

// draw picks n of the ids, all when there are fewer: by a hash with the seed, so that who draws has no say.
func draw(seed string, ids []string, n int) []string {
	type lot struct{ id, hash string }
	lots := make([]lot, len(ids))
	for i, id := range ids {
		h := sha256.Sum256([]byte(seed + "\x1f" + id))
		lots[i] = lot{id, hex.EncodeToString(h[:])}
	}
	sort.Slice(lots, func(i, j int) bool { return lots[i].hash < lots[j].hash })
	out := make([]string, 0, n)
	for i := 0; i < min(n, len(lots)); i++ {
		out = append(out, lots[i].id)
	}
	slices.Sort(out)
	return out
}

// RecordShadows keeps the results of a shadow run with their versions.
func (r *Rules) RecordShadows(ctx context.Context, c *Candidate, rs map[string]*Result) error {
	for i := range c.Versions {
		if res := rs[c.Versions[i].ID]; res != nil {
			if err := r.RecordShadow(ctx, c.Versions[i].ID, res); err != nil {
				return err
			}
		}
	}
	return nil
}

// Find reads a version by its id, or by six or more characters of its beginning or end.
func (r *Rules) Find(ctx context.Context, id string) (v *store.RuleVersion, err error) {
	err = r.DB.View(ctx, func(tx *store.Tx) error {
		all, err := tx.RuleVersions("", "")
		if err != nil {
			return err
		}
		v, err = pick(all, id)
		return err
	})
	return v, err
}

func pick(all []store.RuleVersion, id string) (*store.RuleVersion, error) {
	var found []*store.RuleVersion
	for i := range all {
		if all[i].ID == id {
			return &all[i], nil
		}
		if len(id) >= 6 && strings.HasPrefix(all[i].ID, id) || strings.HasSuffix(all[i].ID, id) && len(id) >= 6 {
			found = append(found, &all[i])
		}
	}
	switch len(found) {
	case 0:
		return nil, refusef(store.ErrNotFound, "没有版本 %q：请用 mingjian rules history 查看", id)
	case 1:
		return found[0], nil
	}
	return nil, fmt.Errorf("%q 对得上 %d 个版本，请写全", id, len(found))
}

// SameText finds the newest version of this very text that may still be tried; nil when there is none.
func (r *Rules) SameText(ctx context.Context, body string) (v *store.RuleVersion, err error) {
	err = r.DB.View(ctx, func(tx *store.Tx) error {
		all, err := tx.RuleVersions(Cards, "")
		for i := range all {
			if s := State(all[i].State); all[i].Body == body && (s == Draft || s == Tried || s == Shadow) {
				v = &all[i]
			}
		}
		return err
	})
	return v, err
}
