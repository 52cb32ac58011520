package oracle

import "slices"

// cardJudge is one card of 规则口径 二.
type cardJudge struct {
	id    string
	judge func(*judge)
}

// cards are all of them; D002 also speaks for H001 and D003, G006 for H008, H003 for H004.
func cards() []cardJudge {
	return append(newCards(), []cardJudge{
		{"A001", (*judge).a001}, {"A002", (*judge).a002}, {"A003", (*judge).a003}, {"A004", (*judge).a004},
		{"A005", (*judge).a005}, {"A006", (*judge).a006}, {"A007", (*judge).a007}, {"A008", (*judge).a008},
		{"A009", (*judge).a009}, {"A010", (*judge).a010}, {"A011", (*judge).a011}, {"A012", (*judge).a012},
		{"A013", (*judge).a013}, {"A015", (*judge).a015}, {"A016", (*judge).a016}, {"A017", (*judge).a017},
		{"A018", (*judge).a018}, {"A022", (*judge).a022}, {"A028", (*judge).a028}, {"A029", (*judge).a029},
		{"A030", (*judge).a030},
		{"B001", (*judge).b001}, {"B002", (*judge).b002}, {"B003", (*judge).b003}, {"B004", (*judge).b004},
		{"B005", (*judge).b005}, {"B006", (*judge).b006}, {"B007", (*judge).b007}, {"B008", (*judge).b008},
		{"B009", (*judge).b009}, {"B010", (*judge).b010}, {"B011", (*judge).b011}, {"B012", (*judge).b012},
		{"B013", (*judge).b013}, {"B014", (*judge).b014}, {"B021", (*judge).b021}, {"B022", (*judge).b022},
		{"B023", (*judge).b023}, {"B029", (*judge).b029}, {"B030", (*judge).b030},
		{"C002", (*judge).c002}, {"C009", (*judge).c009}, {"C022", (*judge).c022}, {"C024", (*judge).c024},
		{"D001", (*judge).d001}, {"D002", (*judge).d002}, {"D004", (*judge).d004}, {"D005", (*judge).d005},
		{"E001", (*judge).e001}, {"E002", (*judge).e002}, {"F001", (*judge).f001}, {"F002", (*judge).f002},
		{"F006", (*judge).f006}, {"F018", (*judge).f018}, {"G001", (*judge).g001}, {"G002", (*judge).g002},
		{"G003", (*judge).g003}, {"G004", (*judge).g004}, {"G006", (*judge).g006}, {"G007", (*judge).g007},
		{"G015", (*judge).g015}, {"G016", (*judge).g016}, {"G017", (*judge).g017}, {"G018", (*judge).g018},
		{"G029", (*judge).g029}, {"G030", (*judge).g030}, {"H002", (*judge).h002}, {"H003", (*judge).h003},
		{"H007", (*judge).h007}, {"I001", (*judge).i001}, {"I006", (*judge).i006},
		{"I007", (*judge).i007}, {"L001", (*judge).l001}, {"L002", (*judge).l002}, {"L003", (*judge).l003},
		{"L004", (*judge).l004}, {"X001", (*judge).x001}, {"X002", (*judge).x002}, {"X003", (*judge).x003},
	}...)
}

// speaksFor names the cards that one card's judgement reports too.
var speaksFor = map[string][]string{"D002": {"H001", "D003"}, "H003": {"H004"}, "G006": {"H008"}}

// Judges tells whether this evaluator has an opinion on a card.
func Judges(rule string) bool {
	switch rule {
	case "H001", "D003", "H004", "H008":
		return true
	}
	return slices.ContainsFunc(cards(), func(c cardJudge) bool { return c.id == rule })
}

// charged are the person's lines with in-scope money, in line order, at institutions that fill what the card needs.
func (j *judge) charged(card string) []*line {
	var out []*line
	for _, l := range j.p.lines {
		if l.inscope > 0 && !l.visit.absent && !j.c.lacksIn(card, l.inst, l.month()) {
			out = append(out, l)
		}
	}
	return out
}

// keep are the lines for which ok holds.
func keep(lines []*line, ok func(*line) bool) []*line {
	var out []*line
	for _, l := range lines {
		if ok(l) {
			out = append(out, l)
		}
	}
	return out
}

// container names the stay of an in-patient line and the visit of any other: 同就诊（住院同 stay）.
func (l *line) container() string {
	if l.visit.stay != nil {
		return l.visit.stay.first().id
	}
	return l.row["mdtrt_id"]
}

// groups splits lines by a key, in order of first appearance.
func groups(lines []*line, key func(*line) string) [][]*line {
	var order []string
	by := map[string][]*line{}
	for _, l := range lines {
		k := key(l)
		if by[k] == nil {
			order = append(order, k)
		}
		by[k] = append(by[k], l)
	}
	var out [][]*line
	for _, k := range order {
		out = append(out, by[k])
	}
	return out
}
