package rulebook

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/rule"
)

// The picture of a case: stays as bars, visits as points, fee lines as ticks, other records as diamonds, on one axis.
const (
	pictureWidth = 720
	labelWidth   = 132
	laneHeight   = 30
	maxLanes     = 10
	dayMicros    = 86_400_000_000
)

type lane struct {
	label    string
	from, to int64 // clock micros; equal for a point
	bad      bool
	visit    string
	record   bool // from–to is a record of another table
	diamonds []int64
}

type tick struct {
	lane int
	at   int64
	bad  bool
	inv  bool
	sn   string
}

// picture draws a case that has something to see: more than a day, or a record beside the bill. "" otherwise.
func picture(w *rule.Worked, m marked) template.HTML {
	lanes := visitLanes(w, m)
	visits := len(lanes)
	lanes = append(lanes, recordLanes(w)...)
	if len(lanes) == 0 || len(lanes) > maxLanes {
		return ""
	}
	var ticks []tick
	for _, r := range w.Facts["fee"] {
		t, err := claim.ParseTime(r.Fields["fee_ocur_time"])
		i := slices.IndexFunc(lanes[:visits], func(l lane) bool { return l.visit == r.Fields["mdtrt_id"] })
		if err != nil || !t.Has() || i < 0 {
			continue
		}
		l, ok := m.lines[lineKey{r.Fields["mdtrt_id"], r.Fields["feedetl_sn"]}]
		ticks = append(ticks, tick{i, t.Clock(), ok && l.Type == 1, ok && l.Type == 2, r.Fields["feedetl_sn"]})
	}
	all := moments(lanes, ticks)
	lo, hi := all[0], all[len(all)-1]
	if hi-lo < dayMicros && len(lanes) == visits && visits < 2 || hi-lo < dayMicros/48 {
		return ""
	}
	return draw(lanes, visits, ticks, lo, hi)
}

func visitLanes(w *rule.Worked, m marked) []lane {
	var out []lane
	for _, r := range w.Facts["visit"] {
		f := r.Fields
		b, err := claim.ParseTime(f["begntime"])
		if err != nil || !b.Has() {
			continue
		}
		l := lane{label: strings.TrimSpace(f["mdtrt_id"] + " " + valueWord("visit", "med_type", f["med_type"])), from: b.Clock(), to: b.Clock(), visit: f["mdtrt_id"], bad: m.visits[f["mdtrt_id"]]}
		if e, err := claim.ParseTime(f["endtime"]); err == nil && e.Has() && e.Day() < claim.DayOf(9000, 1, 1) {
			l.to = max(l.from, e.Clock())
		}
		out = append(out, l)
	}
	slices.SortStableFunc(out, func(a, b lane) int { return cmp.Compare(a.from, b.from) })
	return out
}

// recordLanes has a lane for each other table in which the case itself wrote the time of something, and one for each of
// its rows that lasted.
func recordLanes(w *rule.Worked) []lane {
	var out []lane
	for _, t := range claim.Tables() {
		if t.At == "" || t.Name == "visit" || t.Name == "fee" {
			continue
		}
		l := lane{label: claim.TableTitles[t.Name]}
		for _, r := range w.Facts[t.Name] {
			at, err := claim.ParseTime(r.Fields[t.At])
			if err != nil || !at.Has() || !r.Written[t.At] {
				continue
			}
			if end, err := claim.ParseTime(r.Fields["endtime"]); err == nil && end.Has() && end.Clock() > at.Clock() && end.Day() < claim.DayOf(9000, 1, 1) {
				out = append(out, lane{label: l.label + " " + r.Fields["mdtrt_id"], from: at.Clock(), to: end.Clock(), record: true})
				continue
			}
			l.diamonds = append(l.diamonds, at.Clock())
		}
		if len(l.diamonds) > 0 {
			out = append(out, l)
		}
	}
	return out
}

func draw(lanes []lane, visits int, ticks []tick, lo, hi int64) template.HTML {
	pad := max((hi-lo)/24, dayMicros/24)
	lo, hi = lo-pad, hi+pad
	x := func(at int64) int64 { return labelWidth + (pictureWidth-labelWidth-16)*(at-lo)/(hi-lo) }
	var b strings.Builder
	height := laneHeight*len(lanes) + 30
	fmt.Fprintf(&b, `<svg class="line" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-label="时间轴">`, pictureWidth, height, pictureWidth, height)
	axis(&b, lanes, ticks, lo, hi, x, laneHeight*len(lanes)+6)
	for i, l := range lanes {
		y := laneHeight*i + laneHeight/2 + 2
		fmt.Fprintf(&b, `<text class="lb%s" x="0" y="%d">%s</text><path class="rail" d="M%d %dH%d"/>`, when(l.bad, " bad"), y+4, template.HTMLEscapeString(cut(l.label)), labelWidth, y, pictureWidth-16)
		for _, d := range l.diamonds {
			fmt.Fprintf(&b, `<path class="ev" d="M%d %dl6 6l-6 6l-6 -6z"/>`, x(d), y-6)
		}
		if l.record {
			fmt.Fprintf(&b, `<rect class="rec" x="%d" y="%d" width="%d" height="8" rx="2"/>`, x(l.from), y-4, max(x(l.to)-x(l.from), 3))
		}
		if l.visit == "" {
			if visits == 1 && len(l.diamonds) == 1 {
				between(&b, lanes[0].to, l.diamonds[0], x, y)
			}
			continue
		}
		if l.to-l.from >= dayMicros/2 {
			fmt.Fprintf(&b, `<rect class="stay%s" x="%d" y="%d" width="%d" height="12" rx="2"/>`, when(l.bad, " bad"), x(l.from), y-6, max(x(l.to)-x(l.from), 3))
		} else {
			fmt.Fprintf(&b, `<circle class="visit%s" cx="%d" cy="%d" r="5"/>`, when(l.bad, " bad"), x(l.from), y)
		}
		if i > 0 && i < visits {
			between(&b, lanes[i-1].to, l.from, x, y)
		}
	}
	for _, t := range ticks {
		y := laneHeight*t.lane + laneHeight/2 + 2
		class := "tick"
		if t.bad {
			class = "tick bad"
		} else if t.inv {
			class = "tick inv"
		}
		fmt.Fprintf(&b, `<path class="%s" d="M%d %dv18"><title>%s</title></path>`, class, x(t.at), y-9, template.HTMLEscapeString(t.sn))
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String())
}

// between writes the calendar days from the end of one thing to the start of a later one.
func between(b *strings.Builder, end, start int64, x func(int64) int64, y int) {
	days := floorDay(start) - floorDay(end)
	if days < 1 || x(start)-x(end) < 56 {
		return
	}
	fmt.Fprintf(b, `<path class="gap" d="M%d %dH%d"/><text class="gp" x="%d" y="%d">相隔 %d 天</text>`, x(end), y, x(start)-7, (x(end)+x(start))/2, y-5, days)
}

// axis writes the dates (within two days: the times) at which something begins, ends or happens, as far as there is room.
func axis(b *strings.Builder, lanes []lane, ticks []tick, lo, hi int64, x func(int64) int64, y int) {
	at := moments(lanes, ticks)
	last, said := int64(-1000), ""
	for _, t := range at {
		s := claim.Time(t &^ 1).String()
		text := s[5:10]
		if hi-lo < 2*dayMicros {
			text = s[5:16]
		} else if last < 0 {
			text = s[:10]
		}
		px := x(t)
		if text == said || px-last < 74 {
			continue
		}
		fmt.Fprintf(b, `<path class="grid" d="M%d 2V%d"/><text class="dt" x="%d" y="%d">%s</text>`, px, y, px, y+16, text)
		last, said = px, text
	}
}

// moments are the times at which something begins, ends or happens, in order.
func moments(lanes []lane, ticks []tick) []int64 {
	var at []int64
	for _, l := range lanes {
		at = append(at, l.diamonds...)
		if l.visit != "" || l.record {
			at = append(at, l.from, l.to)
		}
	}
	for _, t := range ticks {
		at = append(at, t.at)
	}
	slices.Sort(at)
	return at
}

func floorDay(micros int64) int64 { return int64(claim.Time(micros &^ 1).Day()) }

func when(b bool, s string) string {
	if b {
		return s
	}
	return ""
}

// cut shortens a label to the room it has.
func cut(s string) string {
	if r := []rune(s); len(r) > 11 {
		return string(r[:10]) + "…"
	}
	return s
}
