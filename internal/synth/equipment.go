package synth

import (
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// What institutions register about themselves beside people: devices, terminals, and when they upload.

// kinds of devices the knowledge asks for (B018), in the order of its points. The second half of the answer are those that no
// item of ordinary life needs: an institution may do without them.
func (ix *index) deviceKinds() {
	ix.lacking = map[string]bool{}
	used := map[string]bool{}
	for _, items := range ix.roles {
		for _, it := range items {
			for _, m := range it.marks {
				if m.rule == "B018" {
					used[m.pt.Allow] = true
				}
			}
		}
	}
	for _, p := range ix.points["B018"] {
		if !slices.Contains(ix.devices, p.Allow) {
			ix.devices = append(ix.devices, p.Allow)
		}
		// What a common item needs is never missing; nor what scenarios of other cards book anywhere.
		ix.lacking[p.Allow] = !used[p.Allow] && (strings.Contains(p.Allow, "加速器") || strings.Contains(p.Allow, "PET") ||
			strings.Contains(p.Allow, "高压氧") || strings.Contains(p.Allow, "骨密度") || strings.Contains(p.Allow, "碎石"))
	}
}

// equipment writes the device ledger and the terminal of an institution. The county hospitals have everything; the Chinese
// medicine hospital had some devices only until its window began, the townships never had them.
func (c *city) equipment(o *blockOut, i *institution, since claim.Day) {
	if i.terminal != "" {
		o.terminalRow(i.terminal, i, i.lon, i.lat)
	}
	if !i.ledger {
		return
	}
	for k, allow := range c.ix.devices {
		to := claim.OpenDay
		if c.ix.lacking[allow] && i.kind != kindCounty {
			if i.kind == kindTownship {
				continue
			}
			to = c.first - 60
		}
		name, _, _ := strings.Cut(allow, "|")
		r := o.small("device")
		r.str(i.code)
		r.str("E" + itoa(k+1))
		r.str(name)
		r.str(deviceGrades[name])
		r.day(since)
		r.day(to)
		r.end()
	}
}

// deviceGrades: the best, so that no ordinary picture is above them.
var deviceGrades = map[string]string{"CT": "256排", "MR": "3.0T"}

func (o *blockOut) terminalRow(no string, i *institution, lon, lat float64) {
	r := o.small("terminal")
	r.str(no)
	r.str(i.code)
	r.price(claim.Price(lon*10_000) * 100)
	r.price(claim.Price(lat*10_000) * 100)
	r.end()
}

// licensed tells whether the institution has one of the departments on file, or none at all.
func (i *institution) licensed(allow string) bool {
	if i.noScope {
		return true
	}
	for k := range i.depts {
		for _, a := range splitSet(allow) {
			if c := i.depts[k].code; strings.HasPrefix(c, a) || strings.HasPrefix(a, c) {
				return true
			}
		}
	}
	return false
}

// unlicensed tells whether the item belongs to departments that the institution has not (B027).
func (it *item) unlicensed(i *institution) bool {
	return slices.ContainsFunc(it.marks, func(m mark) bool { return m.part == 's' && m.rule == "B027" && !i.licensed(m.pt.Allow) })
}

// terminal is what the visit is settled on, as far as its institution says.
func (v *visit) terminal() string {
	switch {
	case v.slip.dev != "":
		return v.slip.dev
	case v.device != "":
		return v.device
	}
	return v.inst.terminal
}

// uploaded is when the line reached the bureau, where the institution says so: within the day.
func (l *line) uploaded(v *visit) claim.Time {
	if !v.inst.uploads {
		return claim.NoTime
	}
	hours := l.late
	if hours == 0 {
		hours = 2 + l.sn%19
	}
	return addSec(l.at, hours*3600)
}
