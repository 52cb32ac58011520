package remind

import (
	_ "embed"
	"encoding/csv"
	"strings"
	"sync"
)

// Reason is a code for going on against a reminder.
type Reason struct {
	Code string `json:"code"`
	Name string `json:"name"`
	Free bool   `json:"free_text"` // wants words too
}

//go:embed data/reasons.csv
var reasonData string

// Reasons lists the reason codes.
var Reasons = sync.OnceValue(func() []Reason {
	rows, err := csv.NewReader(strings.NewReader(reasonData)).ReadAll()
	if err != nil {
		panic(err) // the embedded file is part of the program
	}
	var out []Reason
	for _, r := range rows[1:] {
		out = append(out, Reason{r[0], r[1], r[2] == "是"})
	}
	return out
})

// ReasonOf finds a reason by its code.
func ReasonOf(code string) (Reason, bool) {
	for _, r := range Reasons() {
		if r.Code == code {
			return r, true
		}
	}
	return Reason{}, false
}
