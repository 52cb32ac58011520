package rule

import (
	"maps"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// Worked is a case judged, with the facts it was judged on: what a page shows of it.
type Worked struct {
	Facts  map[string][]CaseRow // by table, completed with the defaults of cases
	Points []knowledge.Point
	Hits   []WorkedHit // reported ones
}

// CaseRow is one row of a case. Written are the columns the case gave itself; the others were completed.
type CaseRow struct {
	Fields  map[string]string
	Written map[string]bool
}

// WorkedHit is a hit in original strings.
type WorkedHit struct {
	Severity int
	Sentence string
	Mdtrt    string // of the visit where the finding has no line, else ""
	Lines    []WorkedLine
	Vola     claim.Money // fen at issue
	Refund   bool        // the patient, not the fund, paid it
}

// WorkedLine is a line's part in a hit: Type 1 violating, 2 involved; Vola in fen.
type WorkedLine struct {
	Mdtrt, Sn string
	Type      uint8
	Vola      claim.Money
}

// caseHit is a hit with what the case's expectations are held against.
type caseHit struct {
	Hit
	keys []string
	vola claim.Money
	told WorkedHit
}

// Work judges a case of a card against a program of that card alone. The error is that of a case that cannot be read.
func Work(c *Card, k *Case) (*Worked, error) {
	w, err := newWorld(c, k)
	if err != nil {
		return nil, err
	}
	_, hits, err := w.judge(c, k)
	if err != nil {
		return nil, err
	}
	out := &Worked{Facts: map[string][]CaseRow{}, Points: w.points}
	for table, rows := range w.facts {
		for i, r := range rows {
			row := CaseRow{Fields: r, Written: map[string]bool{}}
			if i < len(w.written[table]) {
				for f := range w.written[table][i] {
					row.Written[f] = true
				}
			}
			out.Facts[table] = append(out.Facts[table], row)
		}
	}
	for i := range hits {
		if !hits[i].Hushed {
			out.Hits = append(out.Hits, hits[i].told)
		}
	}
	return out, nil
}

// tell puts a hit into strings that outlive the timeline.
func tell(t *claim.Timeline, h *Hit) WorkedHit {
	out := WorkedHit{Severity: h.Severity, Sentence: strings.Clone(h.Sentence()), Vola: HitMoney(t, h), Refund: h.Refund}
	for i := range h.Lines {
		l := &h.Lines[i]
		vola := LineVola(t, l)
		if h.Vola == 0 { // a finding without money has none in its lines either
			vola = 0
		}
		out.Lines = append(out.Lines, WorkedLine{strings.Clone(t.LineMdtrt(&t.Lines[l.Line])), strings.Clone(t.FeedetlSn(&t.Lines[l.Line])), l.Type, vola})
	}
	if h.Visit >= 0 {
		out.Mdtrt = strings.Clone(t.MdtrtID(&t.Visits[h.Visit]))
	}
	return out
}

// copyRows copies rows by table, so that completing the originals leaves the copy as it was written.
func copyRows(tables map[string][]map[string]string) map[string][]map[string]string {
	out := map[string][]map[string]string{}
	for t, rows := range tables {
		for _, r := range rows {
			out[t] = append(out[t], maps.Clone(r))
		}
	}
	return out
}

// Sentence fills the card's message and adds the facts it does not mention.
func (h *Hit) Sentence() string {
	s := h.Card.Message
	var rest []string
	for _, f := range h.Facts {
		ph := "{" + f.Name + "}"
		switch {
		case f.Value == "":
		case strings.Contains(s, ph):
			s = strings.ReplaceAll(s, ph, f.Value)
		default:
			rest = append(rest, f.Name+" "+f.Value)
		}
	}
	s = dropPlaceholders(s)
	if len(rest) > 0 {
		s += "（" + strings.Join(rest, "，") + "）"
	}
	return s
}
