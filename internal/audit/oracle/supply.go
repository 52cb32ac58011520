package oracle

import (
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

const external = "外用|滴眼|滴鼻|滴耳|喷|吸入|贴|膏|栓|洗|涂"

// supplied tells whether days of supply are a notion for this line at all: a western or patent medicine, not external.
func (j *judge) supplied(l *line) bool {
	if !l.is("list_type", "101") {
		return false
	}
	cat := j.anywhere(l)
	form, way := l.row["dosform"], l.row["medc_way"]
	if form == "" {
		form = cat["dosform"]
	}
	if way == "" {
		way = cat["medc_way"]
	}
	return !hasAny(form, external) && !hasAny(way, external)
}

// days of supply of a line in whole days (规则口径 一 天数); false when it is no such line or cannot be converted.
func (j *judge) days(l *line) (int64, bool) {
	if !j.supplied(l) {
		return 0, false
	}
	return j.writtenDays(l)
}

// writtenDays is the same of a line of whatever kind.
func (j *judge) writtenDays(l *line) (int64, bool) {
	if d := l.qty("prd_days"); d.Has() && d > 0 && d <= 365*claim.QtyOne {
		if l.net != l.cnt { // part of it was taken back
			return claim.MulDiv(int64(d), int64(l.net), int64(l.cnt)) / int64(claim.QtyOne), true
		}
		return int64(d / claim.QtyOne), true
	}
	cat := j.catalogue(l)
	pack, dose, times := cat.qty("min_pac_cnt"), l.qty("sin_dos"), frequency(l.row["used_frqu"])
	unit := l.row["sin_dosunt"]
	if !pack.Has() || !dose.Has() || pack <= 0 || dose <= 0 || times <= 0 || unit == "" || unit != cat["min_prepunt"] {
		return 0, false
	}
	daily := int64(dose) * int64(times) // 1e-8 of the unit
	if ddd := cat.qty("ddd"); ddd.Has() && ddd > 0 && cat["ddd_unt"] == unit {
		if daily < int64(ddd)*2000 || daily > int64(ddd)*50_000 { // 0.2 and 5 DDD in 1e-8
			return 0, false
		}
	}
	size, _ := j.packSize(l)
	return claim.MulDiv(int64(l.net)*10_000, int64(pack), int64(size)) / daily, true
}

// packSize is the quantity of the line that makes one pack (规则口径 一 拆零); false when it counts parts of a pack of unknown size.
func (j *judge) packSize(l *line) (claim.Qty, bool) {
	cat, unit := j.catalogue(l), l.row["cnt_unt"]
	pack := cat.qty("min_pac_cnt")
	smallest := unit != "" && unit == cat["min_prepunt"] && unit != cat["min_pacunt"] && pack.Has() && pack > claim.QtyOne
	if !l.is("trdn_flag", "1") && !smallest || (unit != "" && unit == cat["min_pacunt"]) {
		return claim.QtyOne, true
	}
	return pack, pack.Has() && pack > 0
}

// counted is the line's quantity in the unit of a point's limit; false when it cannot be told.
func (j *judge) counted(l *line, unit string) (claim.Qty, bool) {
	if unit != "" && unit == l.row["cnt_unt"] {
		return l.net, true
	}
	size, ok := j.packSize(l)
	if !ok {
		return 0, false
	}
	cat := j.catalogue(l)
	if unit != "" && unit == cat["min_prepunt"] && unit != cat["min_pacunt"] {
		pack := cat.qty("min_pac_cnt")
		if !pack.Has() || pack <= 0 {
			return 0, false
		}
		return claim.Qty(claim.MulDiv(int64(l.net), int64(pack), int64(size))), true
	}
	return claim.Qty(claim.MulDiv(int64(l.net), int64(claim.QtyOne), int64(size))), true
}

// frequency is the number of times a day in 1/10 000; 0 when it is not understood.
func frequency(s string) int64 {
	s = strings.ToLower(strings.TrimSpace(s))
	known := map[string]int64{"qd": 1, "每日一次": 1, "bid": 2, "tid": 3, "qid": 4, "qn": 1, "q12h": 2, "q8h": 3, "q6h": 4}
	if n := known[s]; n > 0 {
		return n * 10_000
	}
	if s == "qod" {
		return 5000
	}
	n, err := claim.ParseDecimal(s, 4)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// packs is how much of the line's quantity are whole packs in the excess days (规则口径 一 整盒); 0 = not judged.
func (j *judge) packs(l *line, days, excess int64) claim.Qty {
	size, ok := j.packSize(l)
	if !ok || l.net < size || days <= 0 || excess <= 0 {
		return 0
	}
	return claim.Qty(excess*int64(l.net)/(days*int64(size))) * size
}

// share is the in-scope money of part of the line's quantity.
func (l *line) share(part claim.Qty) claim.Money {
	return claim.Money(claim.MulDiv(int64(l.inscope), int64(part), int64(l.net)))
}
