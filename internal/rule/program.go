package rule

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// The hooks a check may implement; a card takes part in every hook its check has.
type (
	// lineHook judges one line that a point of the card names. Called in line order, only for lines to be reported.
	lineHook interface {
		line(e *Eval, c *compiled, li int32, pt int32)
	}
	// groupHook judges all of a person's lines that points of the card name, look-back lines included, in line order.
	groupHook interface {
		group(e *Eval, c *compiled, refs []lineRef)
	}
	visitHook interface {
		visit(e *Eval, c *compiled, vi int32)
	}
	stayHook interface {
		stay(e *Eval, c *compiled, si int32)
	}
	settleHook interface {
		settle(e *Eval, c *compiled, si int32)
	}
	// personHook judges a whole timeline; it must be cheap where it has nothing to say.
	personHook interface {
		person(e *Eval, c *compiled)
	}
)

// lineRef is a line that a point names. second tells that the line is the point's second code.
type lineRef struct {
	li, pt int32
	second bool
}

// compiled is a card ready to judge.
type compiled struct {
	*Card
	idx        int
	check      any
	line       lineHook
	group      groupHook
	visitH     visitHook
	stayH      stayHook
	settleH    settleHook
	personH    personHook
	bookH      dayBookHook
	mixH       mixHook
	tags       claim.Tags
	exemptDiag claim.DiagSet
	guard      *guard  // the card's condition, nil for none
	diagPoints []int32 // points on diagnoses
	refines    []int
	insured    bool
	allowed    map[string][]int32 // values that points of the card allow → those points
	places     *places            // where and when which variant of the card judges; nil = everywhere this one
}

// Program is compiled cards and points: immutable, swapped as a whole.
type Program struct {
	ID     string // hash of cards and points
	cards  []*compiled
	byID   map[string][]*compiled // the library's card first, then its variants
	points []point
	// subjects maps an item code to the points that name it.
	subjects map[string][]pointRef
	maps     map[string][]knowledge.Mapping
	// children are the items for children only, whichever cards are compiled: I006 asks for them.
	children map[string]bool
	exempt   map[string][]exemption // by card
	grouped  bool                   // stays are judged by case groups
}

type pointRef struct {
	pt     int32
	card   int32
	second bool
}

// point is a knowledge point of the base with its compiled parts.
type point struct {
	*knowledge.Point
	sex      int8 // 1 man, 2 woman, 0 not said
	card     int32
	subject  int32 // dense number of the subject string
	diags    claim.DiagSet
	allow    []string
	settings claim.Setting // the ways of care among allow
	siblings []int32       // points of the same card and codes for more specific areas
}

var checks = map[string]func(p *params, c *Card) (any, error){}

// register names a check of a kind; called from the kinds' files.
func register(kind, name string, make func(p *params, c *Card) (any, error)) {
	checks[kind+"/"+name] = make
}

// Options of a compilation.
type Options struct {
	// Params override card parameters, by card id.
	Params map[string]map[string]any
	// Variants judge in the place of a card in some areas or for some time.
	Variants []Variant
	// Exemptions let pass what a card finds.
	Exemptions []Exemption
	// CaseGroups names the scheme, catalogue and parameters by which stays are grouped and paid, "" = none chosen.
	CaseGroups string
}

// Compile checks the cards and indexes the points they read. All wrong cards are reported together.
func Compile(lib *Library, base *knowledge.Base, opt Options) (*Program, error) {
	p := &Program{byID: map[string][]*compiled{}, subjects: map[string][]pointRef{}, maps: map[string][]knowledge.Mapping{}, children: map[string]bool{}}
	var errs []error
	h := sha256.New()
	for _, c := range lib.Cards {
		k, err := p.compileCard(c, opt.Params[c.ID])
		if err != nil {
			errs = append(errs, err)
			continue
		}
		fmt.Fprintln(h, c.ID, c.Version, opt.Params[c.ID])
		k.idx = len(p.cards)
		p.cards = append(p.cards, k)
		p.byID[c.ID] = []*compiled{k}
	}
	for _, more := range []func() (string, error){
		func() (string, error) { return p.addVariants(opt.Variants) },
		func() (string, error) { return p.addExemptions(opt.Exemptions) },
	} {
		said, err := more()
		if err != nil {
			errs = append(errs, err)
		}
		fmt.Fprint(h, said)
	}
	for _, k := range p.cards {
		for _, r := range k.Refines {
			for _, o := range p.byID[r] {
				k.refines = append(k.refines, o.idx)
			}
		}
	}
	if err := p.addPoints(base); err != nil {
		errs = append(errs, err)
	}
	var text []byte
	for i := range p.points {
		text = p.points[i].AppendText(text[:0])
		h.Write(text)
	}
	for _, m := range base.Maps {
		p.maps[m.Src] = append(p.maps[m.Src], m)
		fmt.Fprintln(h, m)
	}
	if opt.CaseGroups != "" {
		fmt.Fprintln(h, "case groups", opt.CaseGroups)
		p.grouped = true
	}
	p.ID = hex.EncodeToString(h.Sum(nil)[:8])
	return p, errors.Join(errs...)
}

func (p *Program) compileCard(c *Card, override map[string]any) (*compiled, error) {
	mk := checks[c.Kind+"/"+c.Check]
	if mk == nil {
		return nil, fmt.Errorf("%s：没有判法 %s/%s", c.ID, c.Kind, c.Check)
	}
	ps := newParams(c, override)
	check, err := mk(ps, c)
	if err == nil {
		err = ps.done()
	}
	if err != nil {
		return nil, fmt.Errorf("%s：%w", c.ID, err)
	}
	k := &compiled{Card: c, check: check, insured: c.Area == "insured", allowed: map[string][]int32{}}
	k.line, _ = check.(lineHook)
	k.group, _ = check.(groupHook)
	k.visitH, _ = check.(visitHook)
	k.stayH, _ = check.(stayHook)
	k.settleH, _ = check.(settleHook)
	k.personH, _ = check.(personHook)
	k.bookH, _ = check.(dayBookHook)
	k.mixH, _ = check.(mixHook)
	for _, e := range c.Exempt {
		k.tags |= claim.TagNames[e]
	}
	if k.exemptDiag, err = claim.ParseDiagSet(c.ExemptDiag); err != nil {
		return nil, fmt.Errorf("%s：%w", c.ID, err)
	}
	if c.Guard != "" {
		g, wrong := compileGuard(c)
		if wrong != nil {
			return nil, wrong
		}
		k.guard = g
	}
	return k, nil
}

func (p *Program) addPoints(base *knowledge.Base) error {
	numbers := make(map[string]int32, len(base.Points))
	same := make(map[[3]string][]int32, len(base.Points))
	p.points = make([]point, 0, len(base.Points))
	p.subjects = make(map[string][]pointRef, len(base.Points))
	var errs []error
	for i := range base.Points {
		kp := &base.Points[i]
		if kp.RuleID == "A003" || kp.RuleID == "A005" {
			p.children[kp.Subject] = true
		}
		for _, c := range p.byID[kp.RuleID] {
			if err := p.addPoint(c, kp, numbers, same); err != nil {
				errs = append(errs, err)
				break
			}
		}
	}
	for _, ids := range same {
		for _, i := range ids {
			for _, j := range ids {
				if p.points[j].Area != p.points[i].Area && moreSpecific(p.points[j].Area, p.points[i].Area) {
					p.points[i].siblings = append(p.points[i].siblings, j)
				}
			}
		}
	}
	return errors.Join(errs...)
}

// addPoint gives a card a point. numbers are the subjects known so far, same the points of a card that name the same codes.
func (p *Program) addPoint(c *compiled, kp *knowledge.Point, numbers map[string]int32, same map[[3]string][]int32) (err error) {
	pt := point{Point: kp, card: int32(c.idx), sex: sexNumbers[kp.Sex]}
	if pt.diags, err = claim.ParseDiagSet(kp.DiagSet); err != nil {
		return fmt.Errorf("知识点 %s：%w", kp.ID, err)
	}
	i := int32(len(p.points))
	if kp.Allow != "" {
		pt.allow = strings.Split(kp.Allow, "|")
		for _, a := range pt.allow {
			pt.settings |= settingNames[a]
			c.allowed[a] = append(c.allowed[a], i)
		}
	}
	n, ok := numbers[kp.Subject]
	if !ok {
		n = int32(len(numbers))
		numbers[kp.Subject] = n
	}
	pt.subject = n
	if strings.HasPrefix(kp.Subject, "oprn:") {
		c.diagPoints = append(c.diagPoints, i)
	} else if strings.HasPrefix(kp.Subject, "diag:") {
		if pt.diags.Empty() {
			pt.diags = claim.MustDiagSet(strings.TrimPrefix(kp.Subject, "diag:"))
		}
		c.diagPoints = append(c.diagPoints, i)
	} else {
		p.subjects[kp.Subject] = append(p.subjects[kp.Subject], pointRef{i, int32(c.idx), false})
		if kp.Second != "" && kp.Second != kp.Subject {
			p.subjects[kp.Second] = append(p.subjects[kp.Second], pointRef{i, int32(c.idx), true})
		}
		for _, codes := range [][]string{kp.Params.Children, kp.Params.Require} {
			for _, code := range codes {
				p.subjects[code] = append(p.subjects[code], pointRef{i, int32(c.idx), true})
			}
		}
	}
	key := [3]string{strconv.Itoa(c.idx), kp.Subject, kp.Second}
	same[key] = append(same[key], i)
	p.points = append(p.points, pt)
	return nil
}

// moreSpecific: area a lies within area b.
func moreSpecific(a, b string) bool {
	return a != b && within(a, b)
}

// within tells whether division own lies in area: itself, its city (ABCD00), its province (AB0000) or the nation.
func within(own, area string) bool {
	if area == "" || area == "000000" || area == "100000" {
		return true
	}
	return area == own || (len(own) == 6 && (area == own[:4]+"00" || area == own[:2]+"0000"))
}

// Within tells whether a division lies in an area: itself, its city, its province or the nation ("").
func Within(own, area string) bool { return within(own, area) }

// Cards lists the compiled cards by number: the library's, then their variants.
func (p *Program) Cards() []*Card {
	out := make([]*Card, len(p.cards))
	for i, c := range p.cards {
		out[i] = c.Card
	}
	return out
}

// Pointless lists the cards that judge nothing because no knowledge point is theirs: their own cases find nothing without one.
func (p *Program) Pointless() (ids []string) {
	have := make([]bool, len(p.cards))
	for i := range p.points {
		have[p.points[i].card] = true
	}
	for i, c := range p.cards {
		if c.Points && !have[i] && !slices.Contains(ids, c.ID) && !slices.ContainsFunc(c.Cases, func(k Case) bool { return len(k.Expect) > 0 && len(k.Given["point"]) == 0 }) {
			ids = append(ids, c.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

// PointCount is the number of points in force for the compiled cards.
func (p *Program) PointCount() int { return len(p.points) }
