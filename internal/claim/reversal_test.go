package claim

import "testing"

// Reversals: every sentence of 规则口径 §一.2. Lines that are left | settlements that are left | unpaired.
func TestReversals(t *testing.T) {
	t.Parallel()
	const back = "settlement setl_id=r1 refd_setl_flag=1 medfee_sumamt=-10 fund_pay_sumamt=-6 setl_time=2025-03-11_09:00:00 "
	for name, c := range map[string][2]string{
		"named":                    {"settlement\n" + back + "init_setl_id=s1\nfee\nfee setl_id=r1 cnt=-1", "| |"},
		"named, before it in time": {"settlement\n" + back + "init_setl_id=s1 setl_time=2025-03-09\nfee", "| |"},
		"unnamed":                  {"settlement\n" + back + "\nfee\nfee setl_id=r1 cnt=-1", "| |"},
		"unnamed takes the latest": {"settlement\nsettlement setl_id=s2 setl_time=2025-03-10_19:00:00\n" + back + "\nfee\nfee setl_id=s2", "f1 | s1 |"},
		"unnamed skips the dead": {"settlement\nsettlement setl_id=s2 setl_time=2025-03-10_19:00:00\n" + back + "\n" +
			"settlement setl_id=r2 refd_setl_flag=1 medfee_sumamt=-10 setl_time=2025-03-11_10:00:00\nfee\nfee setl_id=s2", "| |"},
		"unnamed, another amount":       {"settlement\n" + back + "medfee_sumamt=-9\nfee", "f1 | s1 | r1"},
		"unnamed, another visit":        {"visit\nvisit mdtrt_id=m2\nsettlement\n" + back + "mdtrt_id=m2\nfee", "f1 | s1 | r1"},
		"unnamed, a later settlement":   {"settlement setl_time=2025-03-12\n" + back + "\nfee", "f1 | s1 | r1"},
		"unnamed, the same instant":     {"settlement setl_id=s1 setl_time=2025-03-11_09:00:00\n" + back + "\nfee", "| |"},
		"unnamed, the same day":         {"settlement setl_id=s1 setl_time=2025-03-11\n" + back + "setl_time=2025-03-11\nfee", "| |"},
		"named one never came":          {"settlement\n" + back + "init_setl_id=s9\nfee\nfee setl_id=r1 cnt=-1", "f1 | s1 | r1"},
		"a reversal is not an original": {back + "init_setl_id=r1", "| | r1"},
		"reversed twice":                {"settlement\n" + back + "init_setl_id=s1\n" + back + "setl_id=r2 init_setl_id=s1 setl_time=2025-03-12\nfee", "| | r2"},
		"settled again":                 {"settlement\n" + back + "init_setl_id=s1\nsettlement setl_id=s2 init_setl_id=s1 setl_time=2025-03-12\nfee\nfee setl_id=s2", "f2 | s2 |"},
		"withdrawn":                     {"settlement vali_flag=0\nsettlement setl_id=s2\nfee\nfee setl_id=s2 vali_flag=0\nfee setl_id=s2", "f1 f3 | s2 |"},
		"a reversal withdrawn":          {"settlement\n" + back + "init_setl_id=s1 vali_flag=0\nfee", "f1 | s1 |"},
		"nothing reversed":              {"settlement refd_setl_flag=0\nfee", "f1 | s1 |"},
	} {
		t.Run(name, func(t *testing.T) { wantTold(t, "visit\n"+c[0], c[1]) })
	}
}

// Visits leave when all their settlements did, unless a line is still open (§一.8).
func TestReversedVisits(t *testing.T) {
	t.Parallel()
	const back = "visit\nsettlement\nsettlement setl_id=r1 refd_setl_flag=1 medfee_sumamt=-10 init_setl_id=s1\nfee\n"
	for name, c := range map[string]struct {
		rows string
		out  bool
	}{
		"all reversed":                 {back, true},
		"an open line":                 {back + "fee setl_id=", false},
		"a line whose bill is to come": {back + "fee setl_id=s9", false},
		"settled again":                {back + "settlement setl_id=s2", false},
		"never settled":                {"visit\nfee setl_id=", false},
		"nothing at all":               {"visit", false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := timeline(t, c.rows).Visits[0].Out; got != c.out {
				t.Errorf("out is %v", got)
			}
		})
	}
	if n := len(timeline(t, "visit med_type=21\n"+back[6:]).Stays); n != 0 {
		t.Errorf("a reversed visit makes %d stays", n)
	}
	timelines(t, "visit vali_flag=0\nfee", func(tl *Timeline) {
		if len(tl.Visits) != 0 {
			t.Error("a withdrawn visit is there")
		}
	})
}
