package remind

import (
	_ "embed"
	"fmt"
	"slices"

	"gopkg.in/yaml.v3"

	"github.com/mingjian/mingjian/internal/online"
	"github.com/mingjian/mingjian/internal/rule"
)

// Who a reminder is for.
const (
	Doctor     = "医师"
	Pharmacist = "药师"
	Cashier    = "收费"
	Office     = "医保办"
	Pharmacy   = "药店"
)

var audienceNames = []string{Doctor, Pharmacist, Cashier, Office, Pharmacy}

//go:embed data/audience.yaml
var audienceData []byte

// audienceTable is data/audience.yaml.
type audienceTable struct {
	Scenes map[string][]string `yaml:"scenes"`
	Stages map[string][]string `yaml:"stages"`
	Cards  []struct {
		Rules    []string `yaml:"rules"`
		Group    string   `yaml:"group"`
		Object   string   `yaml:"object"`
		Audience []string `yaml:"audience"`
	} `yaml:"cards"`
}

func readAudiences(data []byte) (*audienceTable, error) {
	var t audienceTable
	if err := yaml.Unmarshal(data, &t); err != nil {
		return nil, err
	}
	all := [][]string{}
	for _, m := range []map[string][]string{t.Scenes, t.Stages} {
		for _, as := range m {
			all = append(all, as)
		}
	}
	for _, c := range t.Cards {
		all = append(all, c.Audience)
	}
	for _, as := range all {
		if len(as) == 0 {
			return nil, fmt.Errorf("提醒对象表有一行没有对象")
		}
		for _, a := range as {
			if !slices.Contains(audienceNames, a) {
				return nil, fmt.Errorf("提醒对象 %q 不认得，可用 %v", a, audienceNames)
			}
		}
	}
	return &t, nil
}

// of a card.
func (t *audienceTable) of(c *rule.Card) []string {
	objects, _ := c.Meta["对象"].([]any)
	for _, x := range t.Cards {
		if (len(x.Rules) == 0 || slices.Contains(x.Rules, c.ID)) && (x.Group == "" || x.Group == c.Group) &&
			(x.Object == "" || slices.Contains(objects, any(x.Object))) {
			return x.Audience
		}
	}
	return []string{Doctor}
}

// screen is who sits before the screen of a call: all its known scenarios together, else what its stage suggests. Where people
// type into our own page, in a clinic or a pharmacy, one person is doctor, cashier and office.
func (t *audienceTable) screen(req *online.Request) []string {
	var out []string
	if req.Channel == "web" {
		return audienceNames
	}
	for _, s := range append(slices.Clone(req.Scenarios), req.Infno) {
		out = append(out, t.Scenes[s]...)
	}
	if len(out) == 0 {
		out = t.Stages[req.Stage]
	}
	if len(out) == 0 {
		out = audienceNames
	}
	return out
}
