package knowledge

import "strconv"

// AppendText appends everything a point says, for hashing: equal points give equal texts, and different ones different.
func (p *Point) AppendText(b []byte) []byte {
	for _, s := range []string{p.ID, p.RuleID, p.Subject, p.Second, p.Scope, p.Unit, p.Sex, p.DiagSet, p.Allow, p.Basis, p.Source, p.AppliesOn, p.Area, p.Params.String()} {
		b = append(append(b, s...), 0x1f)
	}
	for _, n := range []int64{int64(p.Limit), int64(p.WindowD), int64(p.AgeMin), int64(p.AgeMax), int64(p.From), int64(p.To)} {
		b = append(strconv.AppendInt(b, n, 10), 0x1f)
	}
	return append(b, '\n')
}
