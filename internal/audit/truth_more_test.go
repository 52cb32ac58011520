package audit_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestTruthOfMoreCities asks of other cities what TestTruth asks of one: every plant found, no near-miss, nothing that
// truth does not know. MINGJIAN_CITIES names them as seed:persons:months, comma-separated; without it there are none,
// for a city takes half a minute.
func TestTruthOfMoreCities(t *testing.T) {
	for _, n := range namedCities(t) {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			tables := city(t, n[1], n[2], uint64(n[0]))
			_, fs := auditDir(t, tables, starter(t))
			checkMoney(t, tables, fs)
			got, truth := reported(fs), readTruth(t, tables)
			plants := map[string]bool{}
			for l, kind := range truth {
				switch {
				case kind == "plant" && !got[l]:
					t.Errorf("%s planted at %s %s was not found", l.rule, l.mdtrt, l.sn)
				case kind == "near_miss" && got[l]:
					t.Errorf("%s: near-miss at %s %s was reported", l.rule, l.mdtrt, l.sn)
				}
				plants[l.rule] = plants[l.rule] || kind == "plant"
			}
			for l := range got {
				if truth[l] == "" {
					t.Errorf("%s at %s %s: reported, but truth knows nothing of it", l.rule, l.mdtrt, l.sn)
				}
			}
			t.Log(fmt.Sprintf("%d labels, %d cards with plants, %d accused", len(truth), len(plants), len(got)))
		})
	}
}

// namedCities reads MINGJIAN_CITIES: seed, persons and months of each.
func namedCities(t *testing.T) (out [][3]int) {
	t.Helper()
	names := os.Getenv("MINGJIAN_CITIES")
	if names == "" {
		t.Skip("MINGJIAN_CITIES names no city")
	}
	for name := range strings.SplitSeq(names, ",") {
		var n [3]int
		for i, s := range strings.SplitN(name, ":", 3) {
			var err error
			if n[i], err = strconv.Atoi(s); err != nil {
				t.Fatal(err)
			}
		}
		out = append(out, n)
	}
	return out
}
