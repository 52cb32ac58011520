package claim

import (
	"fmt"
	"strings"
	"testing"
)

// stayText writes the stays: visits in to out LOS, * when still in, m when settled midway.
func stayText(t *Timeline) string {
	var out []string
	for i := range t.Stays {
		s := &t.Stays[i]
		var ids []string
		for _, v := range s.Visits {
			ids = append(ids, t.MdtrtID(&t.Visits[v]))
			if t.Visits[v].Stay != int32(i) {
				ids = append(ids, "!")
			}
		}
		w := strings.Join(ids, "+") + fmt.Sprintf(":%d", s.LOS)
		if s.Open {
			w += "*"
		}
		if s.MidSettle {
			w += "m"
		}
		out = append(out, w)
	}
	return strings.Join(out, " ")
}

// Which visits are one stay, how long it lasts (规则口径 §一 住院段).
func TestStays(t *testing.T) {
	t.Parallel()
	ward := func(id, from, to, more string) string {
		s := "visit med_type=21 dscg_way=1 mdtrt_id=" + id + " begntime=2025-03-" + from + " " + more + "\n"
		if to != "" {
			s = strings.Replace(s, "dscg_way", "endtime=2025-03-"+to+" dscg_way", 1)
		}
		return s
	}
	const mid = "settlement mdtrt_id=a mid_setl_flag=1\n"
	for name, c := range map[string][2]string{
		"one":                           {ward("a", "01_10:00:00", "05_09:00:00", ""), "a:4"},
		"in and out on a day":           {ward("a", "01_10:00:00", "01_12:00:00", ""), "a:1"},
		"day precision":                 {ward("a", "01", "03", ""), "a:2"},
		"discharged, then again":        {ward("a", "01", "05", "") + ward("b", "05", "08", ""), "a:4 b:3"},
		"no way of discharge":           {ward("a", "01", "05", "dscg_way=") + ward("b", "05", "08", ""), "a+b:7"},
		"way 9":                         {ward("a", "01", "05", "dscg_way=9") + ward("b", "06", "08", ""), "a+b:7"},
		"two days between":              {ward("a", "01", "05", "dscg_way=9") + ward("b", "07", "08", ""), "a:4 b:1"},
		"late on one, early on another": {ward("a", "01", "05_00:10:00", "dscg_way=9") + ward("b", "06_23:50:00", "08", ""), "a+b:7"},
		"settled midway":                {ward("a", "01", "05", "") + ward("b", "05", "08", "") + mid, "a+b:7m"},
		"settled midway, the latter":    {ward("a", "01", "05", "") + ward("b", "05", "08", "") + "settlement mdtrt_id=b mid_setl_flag=1", "a:4 b:3m"},
		"midway, then reversed": {ward("a", "01", "05", "") + ward("b", "05", "08", "") + mid +
			"settlement setl_id=r mdtrt_id=a refd_setl_flag=1 init_setl_id=s1\nsettlement setl_id=s2 mdtrt_id=a", "a:4 b:3"},
		"one number":              {ward("a", "01", "05", "ipt_otp_no=7") + ward("b", "06", "08", "ipt_otp_no=7"), "a+b:7"},
		"another number":          {ward("a", "01", "05", "ipt_otp_no=7") + ward("b", "06", "08", "ipt_otp_no=8"), "a:4 b:2"},
		"another institution":     {ward("a", "01", "05", "dscg_way=9") + ward("b", "05", "08", "fixmedins_code=h2"), "a:4 b:3"},
		"another between":         {ward("a", "01", "05", "dscg_way=9") + ward("x", "05", "06", "fixmedins_code=h2") + ward("b", "06", "08", ""), "a+b:7 x:1"},
		"not an in-patient":       {ward("a", "01", "05", "dscg_way=9") + ward("b", "05", "08", "med_type=11"), "a:4"},
		"birth":                   {ward("a", "01", "05", "med_type=52"), "a:4"},
		"birth as an out-patient": {ward("a", "01", "05", "med_type=51"), ""},
		"still in":                {ward("a", "01", "", ""), "a:30*"},
		"year 9999":               {ward("a", "01", "", "endtime=9999-12-31_00:00:00"), "a:30*"},
		"no end, then again":      {ward("a", "01", "", "dscg_way=") + ward("b", "20", "22", ""), "a+b:21"},
		"no end but discharged":   {ward("a", "01", "", "dscg_way=1") + ward("b", "20", "22", ""), "a:30* b:2"},
		"the latter still in":     {ward("a", "01", "05", "dscg_way=") + ward("b", "05", "", ""), "a+b:30*"},
		"three":                   {ward("a", "01", "05", "dscg_way=") + ward("b", "05", "08", "dscg_way=9") + ward("c", "09", "11", ""), "a+b+c:10"},
		"observed before":         {ward("a", "03_10:00:00", "05", "er_obs_begntime=2025-03-01_22:00:00"), "a:4"},
		"observed after":          {ward("a", "03_10:00:00", "05", "er_obs_begntime=2025-03-04_22:00:00"), "a:2"},
		"observed before the latter": {ward("a", "03", "05", "dscg_way=") + ward("b", "05", "08",
			"er_obs_begntime=2025-03-01_22:00:00"), "a+b:5"},
		"withdrawn": {ward("a", "01", "05", "vali_flag=0") + ward("b", "05", "08", ""), "b:3"},
		"by number": {ward("b", "01", "02", "fixmedins_code=h2") + ward("a", "01", "03", ""), "a:2 b:1"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := stayText(timeline(t, c[0])); got != c[1] {
				t.Errorf("%q, want %q", got, c[1])
			}
		})
	}
	tl := timeline(t, ward("a", "03_10:00:00", "", "er_obs_begntime=2025-03-01_22:00:00 nwb_flag=1 dscg_way=")+ward("b", "04_08:00:00", "", "plan_readm_flag=1"))
	s := tl.Stays[0]
	if s.In.String() != "2025-03-03 10:00:00" || s.Since.String() != "2025-03-01 22:00:00" || s.Out.Has() || s.Tags&NewbornWithMother == 0 || s.Tags&Planned == 0 {
		t.Errorf("%+v", s)
	}
	if !tl.JudgedOn(mustDay(t, "2025-03-06")) || tl.Stays[0].LOS != 5 || !tl.JudgedOn(mustDay(t, "2025-02-01")) || tl.Stays[0].LOS != 1 {
		t.Error("the day of evaluation")
	}
	if tl := timeline(t, ward("a", "01", "05", "")); tl.JudgedOn(mustDay(t, "2025-06-30")) || tl.Stays[0].LOS != 4 {
		t.Error("a stay that ended does not hang on the day of evaluation")
	}
}
