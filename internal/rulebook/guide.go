package rulebook

import (
	"regexp"
	"strings"

	"github.com/mingjian/mingjian/docs"
)

// guide is what the documents say of checks, parameters and cards.
type guide struct {
	checks   map[string]checkText // by KIND/check
	params   map[string]paramText // by name, and by "KIND/check name" where a check means another thing by it
	readings map[string]string    // by card id: how it judges, to the letter
}

// checkText is a check's row of 判法一览.
type checkText struct {
	Says   string
	Params []paramDefault
	Points string // the point fields it reads
}

type paramDefault struct{ Name, Default string }

// paramText is a parameter's row of 参数一览.
type paramText struct{ Means, Unit string }

var (
	checkName = regexp.MustCompile("^`([A-Z_]+/[a-z_0-9]+)`$")
	paramName = regexp.MustCompile("^`([a-z0-9_]+)`$")
	paramCell = regexp.MustCompile("`([a-z0-9_]+)`(?:\\(([^)]*)\\))?")
	codeName  = regexp.MustCompile("`([^`]*)`")
	cardHead  = regexp.MustCompile(`^- ((?:\*\*[A-Z][0-9]{3}[^*]*\*\*[、/ 和]*)+)`)
	cardID    = regexp.MustCompile(`[A-Z][0-9]{3}`)
)

// readGuide reads the tables of the shipped documents.
func readGuide() *guide { return parseGuide(docs.Guide, docs.Readings) }

func parseGuide(text, readings string) *guide {
	g := &guide{checks: map[string]checkText{}, params: map[string]paramText{}, readings: map[string]string{}}
	for _, l := range strings.Split(text, "\n") {
		c := cells(l)
		if len(c) < 4 {
			continue
		}
		if m := checkName.FindStringSubmatch(c[0]); m != nil {
			t := checkText{Says: codeName.ReplaceAllString(c[1], "$1"), Points: c[3]}
			for _, p := range paramCell.FindAllStringSubmatch(c[2], -1) {
				t.Params = append(t.Params, paramDefault{p[1], p[2]})
			}
			g.checks[m[1]] = t
			continue
		}
		if m := paramName.FindStringSubmatch(c[0]); m != nil {
			key := m[1]
			if check := checkName.FindStringSubmatch(c[3]); check != nil {
				key = check[1] + " " + key
			}
			g.params[key] = paramText{c[1], c[2]}
		}
	}
	for _, l := range strings.Split(readings, "\n") {
		m := cardHead.FindStringSubmatch(l)
		if m == nil {
			continue
		}
		rest := strings.NewReplacer("**", "", "`", "").Replace(strings.TrimSpace(strings.TrimPrefix(l, m[0])))
		for _, id := range cardID.FindAllString(m[1], -1) {
			if g.readings[id] == "" {
				g.readings[id] = rest
			}
		}
	}
	return g
}

// cells are the cells of a Markdown table row; nil for another line.
func cells(line string) []string {
	if !strings.HasPrefix(line, "|") {
		return nil
	}
	parts := strings.Split(strings.ReplaceAll(strings.Trim(line, "|"), `\|`, "\x00"), "|")
	for i, p := range parts {
		parts[i] = strings.TrimSpace(strings.ReplaceAll(p, "\x00", "|"))
	}
	return parts
}

// param is what a parameter of a check means; ok is false when the guide does not say.
func (g *guide) param(check, name string) (paramText, bool) {
	if p, ok := g.params[check+" "+name]; ok {
		return p, true
	}
	p, ok := g.params[name]
	return p, ok
}
