package model

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"sort"
	"strings"
)

// Keys are the result columns that hold integer keys, with the view's word for them.
var Keys = []string{"person", "inst", "doctor", "item", "visit", "other", "area", "day"}

// Row is one row of a case: original codes by key column and the figures.
type Row struct {
	Psn    string             `json:"psn_no,omitempty"`
	Inst   string             `json:"fixmedins_code,omitempty"`
	Doctor string             `json:"prac_psn_code,omitempty"`
	Item   string             `json:"hilist_code,omitempty"`
	Mdtrt  string             `json:"mdtrt_id,omitempty"`
	Other  string             `json:"other_fixmedins_code,omitempty"`
	Area   string             `json:"admdvs,omitempty"`
	Day    string             `json:"day,omitempty"` // yyyy-MM-dd
	Money  int64              `json:"money"`         // fen involved
	Num    map[string]float64 `json:"figures,omitempty"`
	Text   map[string]string  `json:"texts,omitempty"`
	Bills  *Bills             `json:"bills,omitempty"` // of a finding's row: the lines of the bill behind it
}

// Edge joins two members of a network.
type Edge struct {
	A      string  `json:"a"`
	B      string  `json:"b"`
	Weight float64 `json:"weight"`
}

// Case is one suspicion of a model.
type Case struct {
	ID      string   `json:"case_id"`  // stable: model, subject and members
	GroupID string   `json:"group_id"` // of a group: kept from run to run while more than half of the members stay
	Subject string   `json:"subject"`  // original code of the subject, or of the group's first member
	Members []string `json:"members,omitempty"`
	New     []string `json:"new_members,omitempty"` // members that the group did not have in the run before
	Insts   []string `json:"institutions,omitempty"`
	Money   int64    `json:"money"`
	Rows    []Row    `json:"rows"`
	Edges   []Edge   `json:"edges,omitempty"`
	Central string   `json:"central,omitempty"`
}

// Result is what one model found in one run.
type Result struct {
	Model    string             `json:"model"`
	Name     string             `json:"name"`
	Params   map[string]float64 `json:"params"`
	First    string             `json:"first"`
	Last     string             `json:"last"`
	Snapshot string             `json:"snapshot"`
	Cases    []Case             `json:"cases"`
	Unjudged string             `json:"unjudged,omitempty"` // why nothing could be judged
	Names    *Names             `json:"names,omitempty"`    // of what the cases speak of
	Curve    []CurvePoint       `json:"curve,omitempty"`
	Seconds  float64            `json:"seconds"`
	PeakMiB  float64            `json:"peak_rss_mib"`
	Error    string             `json:"error,omitempty"`
}

// Names are what institutions, doctors and items are called, by code; persons have none here.
type Names struct {
	Insts   map[string]string `json:"institutions,omitempty"`
	Doctors map[string]string `json:"doctors,omitempty"`
	Items   map[string]string `json:"items,omitempty"`
}

// Of keeps the names that some rows need; nil when there are none.
func (n *Names) Of(rows []Row) *Names {
	if n == nil {
		return nil
	}
	out := &Names{Insts: map[string]string{}, Doctors: map[string]string{}, Items: map[string]string{}}
	take := func(into, from map[string]string, code string) {
		if s := from[code]; s != "" {
			into[code] = s
		}
	}
	for _, r := range rows {
		take(out.Insts, n.Insts, r.Inst)
		take(out.Insts, n.Insts, r.Other)
		take(out.Doctors, n.Doctors, r.Doctor)
		take(out.Items, n.Items, r.Item)
		if r.Bills != nil {
			for _, f := range r.Bills.Lines {
				take(out.Doctors, n.Doctors, f.Doctor)
				take(out.Items, n.Items, f.Item)
			}
		}
	}
	return out
}

// CurvePoint is how many cases a threshold gives.
type CurvePoint struct {
	Value     float64 `json:"value"`
	Cases     int     `json:"cases"`
	Hits      int     `json:"hits"`
	False     int     `json:"false"`
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
}

// finish sorts members and rows and names the case.
func (c *Case) finish(m *Model) {
	members, insts := map[string]bool{}, map[string]bool{}
	for _, r := range c.Rows {
		if r.Psn != "" {
			members[r.Psn] = true
		}
		if r.Inst != "" {
			insts[r.Inst] = true
		}
		c.Money += r.Money
	}
	c.Members, c.Insts = sorted(members), sorted(insts)
	h := sha256.New()
	h.Write([]byte(m.ID + "\x00" + c.Subject))
	if m.Subject == OfGroup {
		h.Write([]byte("\x00" + strings.Join(c.Members, "\x00")))
	}
	c.ID = hex.EncodeToString(h.Sum(nil)[:10])
	if c.GroupID == "" {
		c.GroupID = c.ID
	}
}

func sorted(set map[string]bool) []string {
	out := make([]string, 0, len(set))
	for s := range set {
		out = append(out, s)
	}
	sort.Strings(out)
	return out
}

// Finish names and orders the cases of a result.
func (r *Result) Finish(m *Model) {
	for i := range r.Cases {
		r.Cases[i].finish(m)
	}
	slices.SortFunc(r.Cases, func(a, b Case) int {
		if a.Money != b.Money {
			return int(min(1, max(-1, b.Money-a.Money)))
		}
		return strings.Compare(a.ID, b.ID)
	})
}

// Follow gives the groups of a run the ids they had in the runs before, newest first: that of the group from which more than half of the
// smaller one's members come. A group that was not found for a while keeps its id. Who was not in the group's last known run is new.
// Groups of other subjects keep their own.
func (r *Result) Follow(m *Model, before ...*Result) {
	if m.Subject != OfGroup {
		return
	}
	taken, followed := map[string]bool{}, make([]bool, len(r.Cases))
	for _, b := range before {
		if b == nil {
			continue
		}
		for i := range r.Cases {
			if c := &r.Cases[i]; !followed[i] {
				followed[i] = c.follow(b.Cases, taken)
			}
		}
	}
}

// follow takes the id of the likeliest of some earlier groups that no other group took.
func (c *Case) follow(earlier []Case, taken map[string]bool) bool {
	best, most := -1, 0
	for k := range earlier {
		o := &earlier[k]
		if n := common(c.Members, o.Members); n > most && 2*n > min(len(c.Members), len(o.Members)) && !taken[o.GroupID] {
			best, most = k, n
		}
	}
	if best < 0 {
		return false
	}
	o := &earlier[best]
	taken[o.GroupID] = true
	c.GroupID = o.GroupID
	for _, p := range c.Members {
		if !slices.Contains(o.Members, p) {
			c.New = append(c.New, p)
		}
	}
	return true
}

// common counts what two sorted lists share.
func common(a, b []string) (n int) {
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch strings.Compare(a[i], b[j]) {
		case 0:
			n, i, j = n+1, i+1, j+1
		case -1:
			i++
		default:
			j++
		}
	}
	return n
}
