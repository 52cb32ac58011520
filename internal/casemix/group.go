package casemix

// Grouper groups cases with one scheme. It keeps scratch space between cases, so each goroutine has its own.
type Grouper struct {
	s       *Scheme
	f       facts
	dx      []code
	proc    []code
	main    int // index of the main procedure
	probes  []probe
	space   [positions][]uint64
	zero    [2][]uint64
	fetched [2]map[string]code // codes that are in no table, judged by prefix once
}

// code is a code of the case with what the tables say of it.
type code struct {
	entry int32 // -1 = in no table
	row   []uint64
	sev   severity
	cc    ccMark
	repeat,
	invalid bool
}

// ccMark tells what became of a secondary diagnosis as a complication.
type ccMark uint8

const (
	noCC ccMark = iota
	countsMCC
	countsCC
	excludedMCC
	excludedCC
)

// NewGrouper of the scheme.
func (s *Scheme) NewGrouper() *Grouper {
	g := &Grouper{s: s}
	g.f.scheme = s
	for p := range g.space {
		g.space[p] = make([]uint64, s.books[position(p).kind()].words)
	}
	for k := range g.zero {
		g.zero[k] = make([]uint64, s.books[k].words)
		g.fetched[k] = map[string]code{}
	}
	return g
}

// maxFetched bounds the memory that unknown codes can take.
const maxFetched = 100_000

// probe the codes of a case.
func (g *Grouper) probe(c *Case) {
	g.probes = g.probes[:0]
	for _, raw := range c.Dx {
		g.probes = append(g.probes, g.s.books[diagnoses].index.probe(raw))
	}
	for _, raw := range c.Proc {
		g.probes = append(g.probes, g.s.books[procedures].index.probe(raw))
	}
}

func (g *Grouper) lookup(kind int, raw string, p *probe) code {
	b := &g.s.books[kind]
	at := b.index.at(raw, p)
	if at < 0 {
		folded := Fold(raw)
		if at = b.index.find(folded); at < 0 {
			return g.outside(kind, folded)
		}
	}
	return b.index.code(at)
}

// outside judges a code that no table spells out: a prefix may cover it.
func (g *Grouper) outside(kind int, folded string) code {
	if c, ok := g.fetched[kind][folded]; ok {
		return c
	}
	b := &g.s.books[kind]
	c := code{entry: -1, row: b.byPrefix(folded)}
	if kind == diagnoses {
		c.sev = g.s.withPrefixes(severity{}, folded)
	}
	c.invalid = b.catalogued || !shaped(kind, folded)
	if c.row == nil {
		c.row = g.zero[kind]
	}
	if len(g.fetched[kind]) < maxFetched {
		g.fetched[kind][folded] = c
	}
	return c
}

// Group puts one case into its group.
func (g *Grouper) Group(c *Case) Result { return g.group(c, nil) }

func (g *Grouper) group(c *Case, t *Trace) Result {
	if p := c.Plausible(); p != nil {
		return bad(p)
	}
	if p := g.read(c, t); p != nil {
		return bad(p)
	}
	f := &g.f
	s := g.s
	for mi := range s.mdcs {
		m := &s.mdcs[mi]
		enters := no
		if gt := s.entries[mi]; gt.bit < 0 || has(f.rows[gt.pos], gt.bit) {
			enters = m.entry.eval(f)
		}
		switch enters {
		case unknown:
			return bad(g.lacks(m.code))
		case no:
			if t != nil {
				t.leftMDC(g, m)
			}
			continue
		}
		if t != nil {
			t.entered(g, m)
		}
		r, done := g.inMDC(m, t)
		if done {
			return r
		}
		if t != nil {
			t.add(stepFellThrough, "不符合%s的ADRG入组条件，继续试下一个MDC", m.code)
		}
	}
	if t != nil {
		t.nothing(g)
	}
	return ungrouped()
}

// inMDC walks the ADRGs of an MDC whose entry condition holds. It is not done when none matches.
func (g *Grouper) inMDC(m *mdc, t *Trace) (Result, bool) {
	f := &g.f
	for i := 0; i <= len(m.adrgs); i++ {
		if i == m.qyAt && m.qy && g.s.valid >= 0 && has(f.rows[atAnyProc], g.s.valid) {
			if t != nil {
				t.add(stepADRG, "有有效手术，但%s的手术和操作ADRG都不符合，入歧义组%s", m.code, m.qyDRG)
			}
			return Result{MDC: m.code, ADRG: m.qyDRG, DRG: m.qyDRG, Name: m.qyDRG + "歧义组"}, true
		}
		if i == len(m.adrgs) {
			break
		}
		holds := no
		if gt := m.gates[i]; gt.bit < 0 || has(f.rows[gt.pos], gt.bit) {
			holds = m.adrgs[i].condition.eval(f)
		} else if t == nil {
			continue
		}
		a := &m.adrgs[i]
		switch holds {
		case unknown:
			return bad(g.lacks(a.code)), true
		case yes:
			if t != nil {
				t.matched(g, m, a)
			}
			return g.split(m, a, t), true
		}
		if t != nil {
			t.failed = append(t.failed, a)
		}
	}
	return Result{}, false
}

// split chooses the DRG of an ADRG.
func (g *Grouper) split(m *mdc, a *adrg, t *Trace) Result {
	g.complications()
	if t != nil {
		t.complications(g)
	}
	for i := range a.drgs {
		d := &a.drgs[i]
		switch d.condition.eval(&g.f) {
		case unknown:
			return bad(g.lacks(d.code))
		case yes:
			if t != nil {
				t.took(g, a, i)
			}
			return Result{MDC: m.code, ADRG: a.code, DRG: d.code, Name: d.name}
		}
	}
	if t != nil {
		t.add(stepDRG, "%s没有细分组的条件成立，方案也没有兜底组，无法入组", a.code)
	}
	return ungrouped()
}

var lackCodes = [fields]string{fieldAge: "AGE_EMPTY", fieldAgeDays: "AGE_DAYS_EMPTY", fieldWeight: "WEIGHT_EMPTY", fieldLOS: "LOS_EMPTY", fieldICU: "ICU_HOURS_EMPTY",
	fieldDischarge: "DISCHARGE_EMPTY", fieldSex: "SEX"}

func (g *Grouper) lacks(where string) *Problem {
	return problem(lackCodes[g.f.missing], "判断%s要用%s，病例没有填", where, fieldNames[g.f.missing])
}

// read looks the codes of the case up and gathers the lists they are in, by position.
func (g *Grouper) read(c *Case, t *Trace) *Problem {
	s, f := g.s, &g.f
	f.c, f.mcc, f.cc = c, false, false
	if c.Age == 0 && s.reads[fieldAgeDays] && c.AgeDays == None {
		return problem("AGE_DAYS_EMPTY", "年龄 0 岁必须填日龄（天）")
	}
	if c.Age == 0 && s.Options.Weight == "always" && s.reads[fieldWeight] && c.Weight == None && c.AgeDays != None && c.AgeDays <= s.Options.Newborn {
		return problem("WEIGHT_EMPTY", "新生儿（日龄不超过 %d 天）必须填出生或入院体重（克）", s.Options.Newborn)
	}
	g.dx, g.proc = g.dx[:0], g.proc[:0]
	g.probe(c)
	for i, raw := range c.Dx {
		k := g.lookup(diagnoses, raw, &g.probes[i])
		for j := 0; j < i && !k.repeat; j++ {
			k.repeat = k.entry >= 0 && g.dx[j].entry == k.entry || k.entry < 0 && c.Dx[j] == raw
		}
		g.dx = append(g.dx, k)
	}
	if g.dx[0].invalid {
		return problem("PDX_INVALID", "主要诊断编码 %s 无效：不在医保版编码和对照表中", clip(c.Dx[0]))
	}
	if s.noMainDx >= 0 && has(g.dx[0].row, s.noMainDx) {
		return problem("PDX_NOT_ALLOWED", "诊断 %s 不得作为主要诊断", c.Dx[0])
	}
	for i, raw := range c.Proc {
		k := g.lookup(procedures, raw, &g.probes[len(c.Dx)+i])
		for j := 0; j < i && !k.repeat; j++ {
			k.repeat = k.entry >= 0 && g.proc[j].entry == k.entry || k.entry < 0 && c.Proc[j] == raw
		}
		g.proc = append(g.proc, k)
	}
	main := 0
	for main < len(g.proc) && s.noMainOp >= 0 && has(g.proc[main].row, s.noMainOp) {
		if s.Options.NoMainProc == "error" {
			return problem("PPROC_NOT_ALLOWED", "手术或操作 %s 不得作为主要手术", c.Proc[main])
		}
		main++
	}
	g.main = main
	if t != nil {
		t.codes(g, main)
	}
	g.place(atMainDx, g.dx, 0)
	g.place(atMainProc, g.proc, main)
	return nil
}

// place fills the rows of a kind of codes: main (the i-th), others, any. A repetition of a code is not another code.
func (g *Grouper) place(at position, codes []code, main int) {
	f, kind := &g.f, at.kind()
	other, any := g.space[at+1], g.space[at+2]
	clear(other)
	f.counts[at], f.counts[at+1], f.counts[at+2] = 0, 0, 0
	f.rows[at], f.rows[at+1], f.rows[at+2] = g.zero[kind], other, any
	for i := range codes {
		switch {
		case i == main:
			f.rows[at], f.counts[at] = codes[i].row, 1
		case !codes[i].repeat:
			or(other, codes[i].row)
			f.counts[at+1]++
		}
	}
	copy(any, f.rows[at])
	or(any, other)
	f.counts[at+2] = f.counts[at] + f.counts[at+1]
}

// complications marks which secondary diagnoses count as MCC or CC: those whose exclusion table does not name the
// principal diagnosis.
func (g *Grouper) complications() {
	f := &g.f
	for i := 1; i < len(g.dx); i++ {
		k := &g.dx[i]
		k.cc = noCC
		if k.repeat {
			continue
		}
		if t := k.sev.mcc; t != 0 {
			if g.excludes(t) {
				k.cc = excludedMCC
			} else {
				k.cc, f.mcc = countsMCC, true
			}
		}
		if t := k.sev.cc; t != 0 && k.cc != countsMCC {
			if !g.excludes(t) {
				k.cc, f.cc = countsCC, true
			} else if k.cc == noCC {
				k.cc = excludedCC
			}
		}
	}
}

// Counted are the secondary diagnoses of the case grouped last that count as MCC or CC, in its order; nil where it came to
// no group.
func (g *Grouper) Counted() []string {
	if g.f.c == nil {
		return nil
	}
	var out []string
	for i := 1; i < len(g.dx) && i < len(g.f.c.Dx); i++ {
		if k := g.dx[i].cc; k == countsMCC || k == countsCC {
			out = append(out, g.f.c.Dx[i])
		}
	}
	return out
}

// excludes tells whether the principal diagnosis is in the exclusion table.
func (g *Grouper) excludes(table int32) bool {
	if table == free {
		return false
	}
	p := &g.dx[0]
	if p.sev.excluded == table {
		return true
	}
	if p.entry >= 0 && g.s.more != nil {
		for _, t := range g.s.more[p.entry] {
			if t == table {
				return true
			}
		}
	}
	return false
}
