package api

import (
	"strings"
	"testing"
)

// TestEvidenceScope: an institution sees its own bills and visits beside its finding, and how many it does not see; the
// bureau sees all of them.
func TestEvidenceScope(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		own, chu := o.as(t, "yuan1"), o.as(t, "chu")
		r := own.want(t, 200, "GET", "/api/findings/f1/evidence", nil)
		if strings.Contains(r.raw, "H2") || !strings.Contains(r.raw, "医院H1") || !strings.Contains(r.raw, `"hidden_visits":1`) {
			t.Errorf("the institution sees %s", r.raw)
		}
		r = chu.want(t, 200, "GET", "/api/findings/f1/evidence", nil)
		if !strings.Contains(r.raw, "医院H2") || !strings.Contains(r.raw, `"hidden_visits":0`) {
			t.Errorf("the bureau sees %s", r.raw)
		}
		own.want(t, 404, "GET", "/api/findings/f2/evidence", nil)
		if r := chu.want(t, 409, "GET", "/api/findings/f3/evidence", nil); !strings.Contains(r.raw, "不再发现") {
			t.Errorf("a finding that is gone: %s", r.raw)
		}
		if r := own.want(t, 200, "GET", "/api/tallies/findings", nil); !strings.Contains(r.raw, `"findings":1,`) {
			t.Errorf("the institution counts %s", r.raw)
		}
		if r := chu.want(t, 200, "GET", "/api/tallies/findings", nil); !strings.Contains(r.raw, `"findings":3,"institutions":3`) {
			t.Errorf("the bureau counts %s", r.raw)
		}
	})
}
