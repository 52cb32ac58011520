package knowledge

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// What an open row needs from a person before it can be a point.
const (
	NeedsLimit  = "limit"  // its limit column cannot be read
	NeedsCode   = "code"   // it has no usable code, or no product code goes with its generic name
	NeedsSecond = "second" // the code of its contained item is not usable
)

// reject is a row that names a thing and a rule and yet gave nothing.
type reject struct {
	row           *source
	needs, reason string
}

// addReject remembers a row that could not be used; false when the library already says it, or the rule it would belong to is not known.
func (l *library) addReject(s *source, needs, reason string) bool {
	if _, ok := s.template(); !ok {
		return false
	}
	k := s.key()
	if old := l.rejects[k]; old != nil && old.reason == reason && old.row.says(s) {
		return false
	}
	l.rejects[k] = &reject{s, needs, reason}
	return true
}

// mended drops the rejected rows that a good one stands for now: the same thing, or the same names with a code that can be read.
func (l *library) mended(s *source) {
	delete(l.rejects, s.key())
	for k, x := range l.rejects {
		r := x.row
		if x.needs != NeedsLimit && r.Kind == s.Kind && r.Form == s.Form && r.Name == s.Name && r.Name2 == s.Name2 && r.Scope == s.Scope {
			delete(l.rejects, k)
		}
	}
}

// template is the point a row would give but for its limit; false where the limit alone says which rule reads it.
func (s *source) template() (Point, bool) {
	rule := map[kind]string{kindSex: s.rule("A001", "A002"), kindAge: s.rule("A003", "A005"), kindVisit: s.rule("A011", "A012"), kindLevel: s.rule("A009", "A010"),
		kindCourse: s.rule("A015", "A016"), kindContained: "B002", kindFrequency: "B021", kindCycle: "B023", kindAgeRange: "C024", kindDuration: "A016"}[s.Kind]
	if s.Kind == kindGroup && s.Value != "" {
		rule = "B011"
	}
	p := newPoint(rule)
	if rule == "B011" {
		p.Params.Group = s.Value
	}
	s.finish(&p)
	return p, rule != ""
}

// open lists the rows that need a person: rejected ones, and limits of generic names that no product code goes with.
func (l *library) open(d *derived, keys []string, generics map[string][]*genericRow) {
	products := map[string][]*source{}
	for _, k := range keys {
		for _, s := range l.sources[k] {
			if s.Form == formProduct {
				products[string(s.Kind)+"\x1f"+s.Name] = append(products[string(s.Kind)+"\x1f"+s.Name], s)
			}
		}
	}
	for _, k := range keysOf(l.rejects) {
		x := l.rejects[k]
		codes := products[string(x.row.Kind)+"\x1f"+x.row.Name]
		for _, p := range x.row.meaning() {
			x.leave(&p)
			if x.row.Form != formGeneric || len(codes) == 0 {
				d.open = append(d.open, Pending{p, x.reason, x.needs})
			}
			if x.row.Form == formGeneric {
				for _, c := range codes {
					q := p
					q.Subject = c.Code
					x.row.identify(&q)
					d.open = append(d.open, Pending{q, x.reason, x.needs})
				}
			}
		}
	}
	for _, n := range keysOf(generics) {
		for _, g := range generics[n] {
			if d.outcome[g.row] != outcomeWaiting || l.rejects[g.row.key()] != nil {
				continue
			}
			for _, p := range g.reading.points {
				reason := "还没有产品码：导入产品码表，或写明编码"
				if g.reading.pending != "" {
					reason += "；" + g.reading.pending
				}
				p.ID = ""
				d.open = append(d.open, Pending{p, reason, NeedsCode})
			}
		}
	}
}

// meaning is what the row says as far as it can be read.
func (s *source) meaning() []Point {
	if r := s.read(); r.reason == "" {
		return r.points
	}
	if p, ok := s.template(); ok {
		return []Point{p}
	}
	return nil
}

// leave takes out of a point the codes that cannot be used: they are what is asked for.
func (x *reject) leave(p *Point) {
	switch x.needs {
	case NeedsCode:
		p.Subject, p.ID = "", ""
	case NeedsSecond:
		p.Second, p.ID = "", ""
	}
}

// Row names the row of a sheet that a pending point comes from by everything the row says: all codes of a generic name share it, and a row
// whose text or limit changes is another.
func (p *Pending) Row() string {
	who := p.Point.Params.Group
	if who == "" {
		who = p.Point.Subject
	}
	h := sha256.Sum256([]byte(strings.Join([]string{p.Point.RuleID, p.Point.Source, who, p.Point.Second, p.Point.Basis, p.Needs, p.Reason}, "\x00")))
	return p.Point.RuleID + "-" + hex.EncodeToString(h[:])[:16]
}

// Waiting are all points that wait for a person: those with text and limit at odds first.
func (b *Base) Waiting() []Pending {
	return append(b.Pendings[:len(b.Pendings):len(b.Pendings)], b.Open...)
}
