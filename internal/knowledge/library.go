package knowledge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// library is everything that was ever taken in and not replaced: rows of national sheets, own points, code maps. The
// live points are a pure function of it (derive), so the order of sheets and runs cannot matter.
type library struct {
	sources map[string][]*source  // by key, oldest From first
	rejects map[string]*reject    // rows that gave nothing for want of a code or a readable limit, by key
	own     map[string][]*Point   // by point id, oldest From first
	maps    map[string]*Mapping   // by source code, area and first day
	closed  map[string]closedItem // points that a later import replaced
}

// closedItem is a point as it was before an import replaced it.
type closedItem struct {
	point   Point
	version int // the version that replaced it
}

func newLibrary() *library {
	return &library{sources: map[string][]*source{}, rejects: map[string]*reject{}, own: map[string][]*Point{}, maps: map[string]*Mapping{}, closed: map[string]closedItem{}}
}

// addSource takes in a row. It returns the row that stands for it, and false when the library already says the same.
func (l *library) addSource(s *source) (*source, bool) {
	l.mended(s)
	k := s.key()
	versions := l.sources[k]
	at := 0
	for i, v := range versions {
		if v.From > s.From {
			break
		}
		at = i + 1
	}
	if at > 0 && versions[at-1].says(s) {
		return versions[at-1], false
	}
	if at > 0 && versions[at-1].From == s.From {
		versions[at-1] = s
		return s, true
	}
	l.sources[k] = slices.Insert(versions, at, s)
	return s, true
}

// addOwn takes in a point of points.csv; false when the library already holds it.
func (l *library) addOwn(p *Point) bool {
	versions := l.own[p.ID]
	at := 0
	for i, v := range versions {
		if v.From > p.From {
			break
		}
		at = i + 1
	}
	if at > 0 && versions[at-1].From == p.From {
		same := samePoint(versions[at-1], p) && versions[at-1].To == p.To
		versions[at-1] = p
		return !same
	}
	l.own[p.ID] = slices.Insert(versions, at, p)
	return true
}

func (l *library) addMap(m *Mapping) bool {
	k := strings.Join([]string{m.Src, m.Area, m.From.String()}, "\x1f")
	if old, ok := l.maps[k]; ok && *old == *m {
		return false
	}
	l.maps[k] = m
	return true
}

// samePoint compares everything but the validity.
func samePoint(a, b *Point) bool { return pointText(a) == pointText(b) }

func pointText(p *Point) string {
	q := *p
	q.From, q.To = 0, claim.OpenDay
	return strings.Join(pointCells(&q), "\x1f")
}

// outcome is what became of a row.
type outcome int

const (
	outcomeWaiting outcome = iota // its other half is not there yet
	outcomeUsed
	outcomePending
	outcomeUnusable
	outcomeDuplicate
)

// derived is what a library says: the points that are live or wait for a ruling, and what became of every row.
type derived struct {
	points   []Point
	pendings []Pending
	open     []Pending
	outcome  map[*source]outcome
	reason   map[*source]string
	count    map[*source]int      // live points of the row
	rules    map[*source][]string // and their rules
	limitOf  map[*source]*source  // the generic row that gave a product code its limit
	taken    map[string]bool      // point id and first day
}

// derive turns the library into points.
func (l *library) derive() *derived {
	d := &derived{outcome: map[*source]outcome{}, reason: map[*source]string{}, count: map[*source]int{}, rules: map[*source][]string{}, limitOf: map[*source]*source{}, taken: map[string]bool{}}
	keys := keysOf(l.sources)
	generics := l.generics(keys)
	for _, k := range keys {
		for _, s := range l.sources[k] {
			switch s.Form {
			case formGeneric:
			case formProduct:
				d.product(s, generics[string(s.Kind)+"\x1f"+s.Name])
			default:
				d.add(s, s, s.read())
			}
		}
	}
	for _, versions := range l.own {
		for _, p := range versions {
			d.points = append(d.points, *p)
		}
	}
	l.open(d, keys, generics)
	d.close()
	return d
}

// generics are the rows by kind and generic name, with their readings.
func (l *library) generics(keys []string) map[string][]*genericRow {
	out := map[string][]*genericRow{}
	for _, k := range keys {
		for _, s := range l.sources[k] {
			if s.Form == formGeneric {
				n := string(s.Kind) + "\x1f" + s.Name
				out[n] = append(out[n], &genericRow{s, s.read()})
			}
		}
	}
	return out
}

type genericRow struct {
	row     *source
	reading reading
}

// product joins a product code with the rows of its generic name.
func (d *derived) product(s *source, rows []*genericRow) {
	for i := len(rows) - 1; i >= 0; i-- { // the newest limit first: where two hold from the same day it is the one that stays
		d.add(s, rows[i].row, rows[i].reading)
	}
}

// add takes the reading of limit (a generic row, or the row itself) for the code of s.
func (d *derived) add(s, limit *source, r reading) {
	if r.reason != "" {
		d.mark(s, outcomeUnusable)
		d.mark(limit, outcomeUnusable)
		d.reason[s], d.reason[limit] = r.reason, r.reason
		return
	}
	for _, p := range r.points {
		p.Subject, p.From = s.Code, max(s.From, limit.From)
		limit.identify(&p)
		key := p.ID + p.From.String()
		switch {
		case d.taken[key]:
			d.mark(s, outcomeDuplicate)
			continue
		case r.pending != "":
			d.pendings = append(d.pendings, Pending{Point: p, Reason: r.pending})
			d.mark(s, outcomePending)
			d.mark(limit, outcomePending)
		default:
			d.points = append(d.points, p)
			d.count[s]++
			d.rules[s] = append(d.rules[s], p.RuleID)
			d.limitOf[s] = limit
			d.mark(s, outcomeUsed)
			d.mark(limit, outcomeUsed)
		}
		d.taken[key] = true
	}
}

// mark sets the outcome of a row; one point is enough to have used it.
func (d *derived) mark(s *source, o outcome) {
	if old := d.outcome[s]; old != outcomeUsed && (old != outcomePending || o == outcomeUsed) {
		d.outcome[s] = o
	}
}

// close ends each version of a point the day before the next one begins, and sorts what came out.
func (d *derived) close() {
	slices.SortFunc(d.points, comparePoints)
	for i := range d.points {
		if next := i + 1; next < len(d.points) && d.points[next].ID == d.points[i].ID {
			d.points[i].To = min(d.points[i].To, d.points[next].From-1)
		}
	}
	for _, ps := range [][]Pending{d.pendings, d.open} {
		slices.SortStableFunc(ps, func(a, b Pending) int { return comparePoints(a.Point, b.Point) })
	}
}

func comparePoints(a, b Point) int {
	if c := strings.Compare(a.ID, b.ID); c != 0 {
		return c
	}
	return int(a.From) - int(b.From)
}

// keepReplaced remembers the points of the old version that the new one says otherwise.
func (l *library) keepReplaced(old, now []Point, version int) {
	current := make(map[string]*Point, len(now))
	for i := range now {
		current[now[i].ID+now[i].From.String()] = &now[i]
	}
	for i := range old {
		p := old[i]
		if n := current[p.ID+p.From.String()]; n != nil && samePoint(n, &p) {
			continue
		}
		p.To = p.From - 1 // it never holds again: what replaced it holds from the same day
		l.close(p, version)
	}
}

func (l *library) close(p Point, version int) {
	l.closed[fmt.Sprintf("%s\x1f%s\x1f%d", p.ID, p.From, version)] = closedItem{p, version}
}

// keysOf are the keys in order, so that the same library is always written the same.
func keysOf[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
