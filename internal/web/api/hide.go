package api

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/mingjian/mingjian/internal/store"
)

// others is what stands for another institution in what an institution reads.
const others = "另一家机构"

// hideFor is how long the names of institutions are gone by.
const hideFor = time.Minute

// hider takes other institutions' codes and names out of texts: what a rule says of a finding may name where else a patient went.
type hider struct {
	mu    sync.Mutex
	until time.Time
	names []store.Institution
	by    map[string]*strings.Replacer // by own institution
}

// Hide is what the caller may read of a text: people of an institution do not learn the codes and names of others from it.
func (a *API) Hide(ctx context.Context) (func(string) string, error) {
	own := Who(ctx).Scope.Inst
	if own == "" {
		return func(s string) string { return s }, nil
	}
	h := &a.hides
	h.mu.Lock()
	defer h.mu.Unlock()
	if now := time.Now(); !now.Before(h.until) {
		err := a.DB.View(ctx, func(tx *store.Tx) (err error) { h.names, err = tx.Institutions(); return err })
		if err != nil {
			return nil, err
		}
		h.until, h.by = now.Add(hideFor), map[string]*strings.Replacer{}
	}
	r := h.by[own]
	if r == nil {
		r = newHider(h.names, own)
		h.by[own] = r
	}
	return r.Replace, nil
}

func newHider(all []store.Institution, own string) *strings.Replacer {
	put := map[string]string{}
	for _, i := range all {
		if i.Code != own {
			put[i.Code] = others
			if i.Name != "" {
				put[i.Name] = others
			}
		}
	}
	for _, i := range all {
		if i.Code == own { // also where another one is called the same
			put[i.Code] = i.Code
			put[i.Name] = i.Name
		}
	}
	delete(put, "")
	// The longest first: a name may begin with another.
	words := slices.SortedFunc(maps.Keys(put), func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), strings.Compare(a, b)) })
	var pairs []string
	for _, w := range words {
		pairs = append(pairs, w, put[w])
	}
	return strings.NewReplacer(pairs...)
}
