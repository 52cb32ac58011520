package remind

import (
	"cmp"
	_ "embed"
	"encoding/csv"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/mingjian/mingjian/internal/online"
)

//go:embed data/sensitive.csv
var sensitiveData string

// Sensitive is what nobody but the one who treats the patient for it should read on a screen.
type Sensitive struct {
	prefixes []string          // of drug codes
	names    map[rune][]string // in texts, by their first character
}

// SensitiveDrugs is the list that ships with the program.
var SensitiveDrugs = sync.OnceValue(func() *Sensitive {
	s, err := ReadSensitive(sensitiveData)
	if err != nil {
		panic(err) // the embedded file is part of the program
	}
	return s
})

// ReadSensitive reads a list: 类别,匹配,值,说明 with 匹配 one of 药品编码前缀, 名称, 诊断前缀.
func ReadSensitive(text string) (*Sensitive, error) {
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) == 0 || len(rows[0]) != 4 {
		return nil, fmt.Errorf("敏感目录应有四列：类别,匹配,值,说明（%v）", err)
	}
	s := &Sensitive{names: map[rune][]string{}}
	for i, r := range rows[1:] {
		switch {
		case r[2] == "":
			return nil, fmt.Errorf("敏感目录第 %d 行没有值", i+2)
		case r[1] == "药品编码前缀", r[1] == "诊断前缀":
			s.prefixes = append(s.prefixes, r[2])
		case r[1] == "名称":
			first, _ := utf8.DecodeRuneInString(r[2])
			s.names[first] = append(s.names[first], r[2])
		default:
			return nil, fmt.Errorf("敏感目录第 %d 行的匹配 %q 不认得", i+2, r[1])
		}
	}
	return s, nil
}

// Is tells whether an item (or a diagnosis) is sensitive, by code or by name.
func (s *Sensitive) Is(code, name string) bool {
	return slices.ContainsFunc(s.prefixes, func(p string) bool { return strings.HasPrefix(code, p) }) || s.in(name) != ""
}

// in is a sensitive name that a text holds, "" when it holds none.
func (s *Sensitive) in(text string) string {
	for i, r := range text {
		for _, n := range s.names[r] {
			if strings.HasPrefix(text[i:], n) {
				return n
			}
		}
	}
	return ""
}

var instCode = regexp.MustCompile(`[HP][0-9]{11}`)

// veil is what must be hidden in a call's reminders.
type veil struct {
	c       *Chooser
	req     *online.Request
	doctors bool              // those who wrote the orders sit before the screen
	others  map[string]string // item → name, of what others did, where it is sensitive
	places  []string
}

// veil of a call; doctors tells whether those who wrote the orders sit before the screen.
func (c *Chooser) veil(req *online.Request, doctors bool) *veil {
	v := &veil{c: c, req: req, doctors: doctors, others: map[string]string{}}
	for i := range req.Patients {
		for j := range req.Patients[i].Encounters {
			e := &req.Patients[i].Encounters[j]
			if e.Inst != "" && e.Inst != req.Inst && e.InstName != "" {
				v.places = append(v.places, e.InstName)
			}
			for k := range e.Orders {
				if o := &e.Orders[k]; !v.byReader(o) && o.Name != "" && c.sensitive.Is(o.Item, o.Name) {
					v.others[o.Item] = o.Name
				}
			}
		}
	}
	return v
}

// byReader tells whether the reader wrote an order down.
func (v *veil) byReader(o *online.Order) bool { return o.Current && v.doctors }

// wroteAny tells whether the reader wrote down an order of which f holds.
func (v *veil) wroteAny(f func(o *online.Order) bool) bool {
	for i := range v.req.Patients {
		for j := range v.req.Patients[i].Encounters {
			e := &v.req.Patients[i].Encounters[j]
			for k := range e.Orders {
				if o := &e.Orders[k]; v.byReader(o) && f(o) {
					return true
				}
			}
		}
	}
	return false
}

// own tells whether the reader wrote down an item.
func (v *veil) own(item string) bool {
	return v.wroteAny(func(o *online.Order) bool { return o.Item == item })
}

// wrote tells whether the reader wrote down an item whose name holds a text.
func (v *veil) wrote(text string) bool {
	return v.wroteAny(func(o *online.Order) bool { return strings.Contains(cmp.Or(o.Name, o.Item), text) })
}

// hide takes out of a reminder what its reader must not learn: the names of other institutions, and sensitive items that the
// reader did not write down themselves.
func (v *veil) hide(r *online.Reminder) {
	c := v.c
	elsewhere := false
	others := v.others
	for i := range r.Lines {
		elsewhere = elsewhere || r.Lines[i].Elsewhere
		if l := &r.Lines[i]; l.ItemName != "" && c.sensitive.Is(l.Item, l.ItemName) && !v.own(l.Item) {
			others[l.Item] = l.ItemName
		}
	}
	for _, text := range []*string{&r.Text, &r.Basis, &r.Advice} {
		for _, p := range v.places {
			*text = strings.ReplaceAll(*text, p, "外院")
		}
		if elsewhere {
			for _, p := range c.institutions {
				*text = strings.ReplaceAll(*text, p, "外院")
			}
		}
		if strings.ContainsAny(*text, "HP") {
			*text = instCode.ReplaceAllStringFunc(*text, func(code string) string {
				if code == v.req.Inst {
					return code
				}
				return "外院"
			})
		}
		for code, name := range others {
			if !v.own(code) {
				*text = strings.ReplaceAll(*text, name, "有关药品")
			}
		}
		for n := c.sensitive.in(*text); n != ""; n = c.sensitive.in(*text) {
			if v.wrote(n) {
				break // the reader ordered it
			}
			*text = strings.ReplaceAll(*text, n, "有关药品")
		}
	}
	r.Lines = slices.Clone(r.Lines)
	for i := range r.Lines {
		l := &r.Lines[i]
		if c.sensitive.Is(l.Item, l.ItemName) && !v.own(l.Item) {
			l.Item, l.ItemName = "", "有关药品"
		}
		if l.Elsewhere {
			l.Visit, l.Order = "", "" // numbers of another institution's lines lead back to it
		}
	}
}
