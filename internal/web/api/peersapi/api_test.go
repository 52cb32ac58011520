package peersapi_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web/api"
	"github.com/mingjian/mingjian/internal/web/api/apitest"
	"github.com/mingjian/mingjian/internal/web/api/peersapi"
)

const months = "?from=2025-01&to=2025-03"

// serve is a city of seven second-level hospitals, each with 120 fee lines and another number of findings.
func serve(t *testing.T) *apitest.Server {
	t.Helper()
	people := map[string][3]string{"yuan1": {"医疗机构医保办", "", "H99010100001"}, "yuan7": {"医疗机构医保办", "", "H99010100007"}, "ke1": {"科室", "", "H99010100001"}, "ling": {"领导"}, "shi": {"经办", "9901"}, "z1": {"合议专家"}}
	fill := func(tx *store.Tx) error {
		var fs []*store.Finding
		for h := 1; h <= 7; h++ {
			for i := range h * 3 {
				fs = append(fs, &store.Finding{ID: fmt.Sprintf("f%d-%d", h, i), Month: "2025-02", Inst: fmt.Sprintf("H9901010000%d", h), Admdvs: "990101", RuleID: "A001", RuleName: "限性别", Severity: 1, Vola: 900, Fund: 800, Charged: 700, State: store.MachineState})
			}
		}
		fs = append(fs, &store.Finding{ID: "old", Month: "2024-02", Inst: "H99010100001", RuleID: "A001", Severity: 1, State: store.MachineState})
		return tx.AddFindings(fs)
	}
	return apitest.Serve(t, apitest.Options{People: people, Fill: fill, Groups: func(s *apitest.Server) []func(*api.API) {
		facts(t, s.Dir)
		return []func(*api.API){peersapi.Group(peersapi.Config{Dir: s.Dir, Today: func() claim.Day { return claim.DayOf(2025, 3, 11) }})}
	}})
}

func facts(t *testing.T, dir string) {
	t.Helper()
	var inst, person, visit, setl, fee strings.Builder
	inst.WriteString("fixmedins_code,fixmedins_name,fixmedins_type,hosp_lv,admdvs,begndate\n")
	person.WriteString("psn_no,gend,brdy\nP1,1,1980-01-01\n")
	visit.WriteString("mdtrt_id,psn_no,fixmedins_code,med_type,begntime\n")
	setl.WriteString("setl_id,mdtrt_id,psn_no,fixmedins_code,setl_time,medfee_sumamt,fund_pay_sumamt\n")
	fee.WriteString("feedetl_sn,mdtrt_id,setl_id,psn_no,fixmedins_code,fee_ocur_time,hilist_code,cnt,pric,det_item_fee_sumamt\n")
	for h := 1; h <= 7; h++ {
		code := fmt.Sprintf("H9901010000%d", h)
		fmt.Fprintf(&inst, "%s,第%d医院,1,05,990101,2020-01-01\n", code, h)
		fmt.Fprintf(&visit, "M%d,P1,%s,11,2025-02-03 08:00:00\n", h, code)
		fmt.Fprintf(&setl, "S%d,M%d,P1,%s,2025-02-03 09:00:00,1200.00,600.00\n", h, h, code)
		for i := range 120 {
			fmt.Fprintf(&fee, "F%d-%d,M%d,S%d,P1,%s,2025-02-03 08:30:00,99%04d,1,10.00,10.00\n", h, i, h, h, code, i)
		}
	}
	from := t.TempDir()
	for name, b := range map[string]*strings.Builder{"institution": &inst, "person": &person, "visit": &visit, "settlement": &setl, "fee": &fee} {
		if err := os.WriteFile(filepath.Join(from, name+".csv"), []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	l, err := lake.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	w, err := l.Writer()
	if err != nil {
		t.Fatal(err)
	}
	r, err := w.Import(t.Context(), []string{from}, lake.ImportOptions{Buckets: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Files {
		if f.Rejected > 0 || f.Err() != nil {
			t.Fatalf("%+v", f)
		}
	}
	w.Close()
	l.Close()
}

// TestScopes: the insurance office of an institution reads its own figures beside means; nobody else reads anything, and no other's code, name or figure is told.
func TestScopes(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.As("", 401, "GET", "/api/peers"+months, nil)
	for _, nobody := range []string{"ke1", "ling", "shi", "z1"} {
		s.As(nobody, 403, "GET", "/api/peers"+months, nil)
	}
	for who, own := range map[string]float64{"yuan1": 25000, "yuan7": 175000} { // 3 and 21 of 120 lines
		raw, x := s.As(who, 200, "GET", "/api/peers"+months+"&fixmedins_code=H99010100003", nil)
		f := x["figures"].([]any)[0].(map[string]any)
		p := f["peers"].(map[string]any)
		if f["own"] != own || p["n"] != 6.0 || p["group"] != "本县区二级" {
			t.Errorf("%s reads %v", who, f)
		}
		want := map[string]float64{"yuan1": 113000, "yuan7": 87500}[who] // the mean of the others', to three digits
		if p["mean"] != want {
			t.Errorf("%s reads a mean of %v, want %v", who, p["mean"], want)
		}
		for h := 1; h <= 7; h++ {
			code := fmt.Sprintf("H9901010000%d", h)
			if (x["fixmedins_code"] != code) && (strings.Contains(raw, code) || strings.Contains(raw, fmt.Sprintf("第%d医院", h))) {
				t.Errorf("%s is told of %s: %s", who, code, raw)
			}
		}
	}
	_, x := s.As("yuan1", 200, "GET", "/api/peers?from=2023-01&to=2023-03", nil)
	if f := x["figures"].([]any)[0].(map[string]any); f["has"] != false || f["peers"].(map[string]any)["n"] != 0.0 {
		t.Errorf("another period %v", f)
	}
	s.As("yuan1", 422, "GET", "/api/peers?from=2025-13", nil)
	s.As("yuan1", 422, "GET", "/api/peers?from=2025-03&to=2025-01", nil)
	s.As("yuan1", 422, "GET", "/api/peers?from=2000-01&to=2025-01", nil)
}
