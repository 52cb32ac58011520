package api

import (
	"strings"
	"testing"
)

// TestEvidenceScope: the bureau sees all visits beside a finding of its area, a division its own, an institution nothing here.
func TestEvidenceScope(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		own, shi1, chu := o.as(t, "yuan1"), o.as(t, "shi1"), o.as(t, "chu")
		own.want(t, 403, "GET", "/api/findings/f1/evidence", nil)
		own.want(t, 403, "GET", "/api/tallies/findings", nil)
		if r := chu.want(t, 200, "GET", "/api/findings/f1/evidence", nil); !strings.Contains(r.raw, "医院H2") {
			t.Errorf("the bureau sees %s", r.raw)
		}
		shi1.want(t, 404, "GET", "/api/findings/f2/evidence", nil)
		if r := chu.want(t, 409, "GET", "/api/findings/f3/evidence", nil); !strings.Contains(r.raw, "不再发现") {
			t.Errorf("a finding that is gone: %s", r.raw)
		}
		if r := shi1.want(t, 200, "GET", "/api/tallies/findings", nil); !strings.Contains(r.raw, `"findings":1,`) {
			t.Errorf("the division counts %s", r.raw)
		}
		if r := chu.want(t, 200, "GET", "/api/tallies/findings", nil); !strings.Contains(r.raw, `"findings":3,"institutions":3`) {
			t.Errorf("the bureau counts %s", r.raw)
		}
	})
}
