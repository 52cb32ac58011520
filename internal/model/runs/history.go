package runs

import (
	"cmp"
	"slices"

	"github.com/mingjian/mingjian/internal/model"
)

// Stage is how a group stood in one run.
type Stage struct {
	Run     string   `json:"run_id"`
	First   string   `json:"first"`
	Last    string   `json:"last"`
	Case    string   `json:"case_id"`
	Members int      `json:"members"`
	Joined  []string `json:"joined" doc:"比上一次多出的人"`
	Left    []string `json:"left" doc:"上一次有、这一次没有的人"`
	Insts   int      `json:"institutions"`
	Rows    int      `json:"rows"`
	Money   int64    `json:"money"`
}

// Spread is one member of a group over institutions.
type Spread struct {
	Psn   string `json:"psn_no"`
	Insts []At   `json:"institutions"`
	First string `json:"first"`
	Last  string `json:"last"`
	Since string `json:"since" doc:"第一次在这个群体里的那次运行的截止日"`
}

// At is how often somebody was at an institution.
type At struct {
	Inst string `json:"fixmedins_code"`
	Name string `json:"name,omitempty"`
	N    int    `json:"n"`
}

// Past is a group through the kept runs, and its members over institutions in the run that found it last.
type Past struct {
	Model   string   `json:"model_id"`
	Group   string   `json:"group_id"`
	Stages  []Stage  `json:"stages" doc:"从早到晚"`
	Members []Spread `json:"members" doc:"去过的机构多的在前"`
}

// History follows a group through the kept runs by its id; ErrNone when no run has it.
func History(data, modelID, group string) (*Past, error) {
	if !modelShape.MatchString(modelID) {
		return nil, ErrNone
	}
	rs, err := List(data)
	if err != nil {
		return nil, err
	}
	slices.Reverse(rs)
	out := &Past{Model: modelID, Group: group, Stages: []Stage{}, Members: []Spread{}}
	since := map[string]string{}
	var before []string
	var last *model.Case
	var names *model.Names
	for _, r := range rs {
		if !r.judged(modelID) {
			continue
		}
		res, err := Result(data, r.ID, modelID)
		if err != nil {
			continue
		}
		k := slices.IndexFunc(res.Cases, func(c model.Case) bool { return c.GroupID == group })
		if k < 0 {
			continue
		}
		c := &res.Cases[k]
		s := Stage{Run: r.ID, First: res.First, Last: res.Last, Case: c.ID, Members: len(c.Members), Joined: []string{}, Left: []string{}, Insts: len(c.Insts), Rows: len(c.Rows), Money: c.Money}
		for _, p := range c.Members {
			if since[p] == "" {
				since[p] = res.Last
			}
			if len(out.Stages) > 0 && !slices.Contains(before, p) {
				s.Joined = append(s.Joined, p)
			}
		}
		for _, p := range before {
			if !slices.Contains(c.Members, p) {
				s.Left = append(s.Left, p)
			}
		}
		out.Stages, before, last, names = append(out.Stages, s), c.Members, c, res.Names
	}
	if last == nil {
		return nil, ErrNone
	}
	out.Members = spreads(last, names, since)
	return out, nil
}

// spreads gathers the rows of a case by person and institution.
func spreads(c *model.Case, names *model.Names, since map[string]string) []Spread {
	if names == nil {
		names = &model.Names{}
	}
	at := map[string]map[string]int{}
	by := map[string]*Spread{}
	for _, p := range c.Members {
		by[p], at[p] = &Spread{Psn: p, Insts: []At{}, Since: since[p]}, map[string]int{}
	}
	for _, r := range c.Rows {
		s := by[r.Psn]
		if s == nil {
			continue
		}
		if r.Inst != "" {
			at[r.Psn][r.Inst]++
		}
		if r.Day != "" && (s.First == "" || r.Day < s.First) {
			s.First = r.Day
		}
		s.Last = max(s.Last, r.Day)
	}
	out := make([]Spread, 0, len(by))
	for _, p := range c.Members {
		s := by[p]
		for inst, n := range at[p] {
			s.Insts = append(s.Insts, At{inst, names.Insts[inst], n})
		}
		slices.SortFunc(s.Insts, func(a, b At) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Inst, b.Inst)) })
		out = append(out, *s)
	}
	slices.SortStableFunc(out, func(a, b Spread) int {
		return cmp.Or(cmp.Compare(len(b.Insts), len(a.Insts)), cmp.Compare(a.Psn, b.Psn))
	})
	return out
}
