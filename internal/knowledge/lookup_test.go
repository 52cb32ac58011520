package knowledge

import (
	"slices"
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
)

func TestAreaChain(t *testing.T) {
	t.Parallel()
	for area, want := range map[string][]string{
		"990102": {"990102", "990100", "990000", ""}, "990100": {"990100", "990000", ""}, "990000": {"990000", ""}, "": {""}, "甲": {"甲", ""},
	} {
		if got := AreaChain(area); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", area, got, want)
		}
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	from, to := claim.DayOf(2025, 1, 1), claim.DayOf(2025, 12, 31)
	b := &Base{
		Points: []Point{{Subject: "9901"}, {Subject: "9902-1", Second: "9903"}, {Subject: "diag:O"}, {Subject: "9904", Params: Params{Require: []string{"9905"}}}},
		Maps: []Mapping{
			{Src: "L1", Dst: "9901", From: from, To: to}, {Src: "L2", Dst: "9901", From: FirstDay, To: claim.OpenDay, Area: "990100"},
			{Src: "L2", Dst: "9903", From: FirstDay, To: claim.OpenDay}, {Src: "L3", Dst: "1234", From: FirstDay, To: claim.OpenDay},
		},
	}
	l := NewLookup(b, Mapping{Src: "L4", Dst: "9905-7", From: FirstDay, To: claim.OpenDay})
	for _, c := range []struct {
		code string
		day  claim.Day
		area string
		want string
	}{
		{"9901", from, "", "9901"}, {"9901-AB", from, "", "9901"}, {"9902-1", from, "", "9902-1"}, {"9902", from, "", ""}, {"9903-1-2", from, "", ""},
		{"L1", from, "990101", "9901"}, {"L1-2", to, "", "9901"}, {"L1", to + 1, "", ""}, {"L2", from, "990101", "9901"}, {"L2", from, "990200", "9903"},
		{"L3", from, "", ""}, {"L4", from, "", "9905"}, {"diag:O", from, "", ""}, {"", from, "", ""}, {"-1", from, "", ""},
	} {
		if got, ok := l.Resolve(c.code, c.day, c.area); got != c.want || ok != (c.want != "") {
			t.Errorf("%s on %s in %q: %q %v, want %q", c.code, c.day, c.area, got, ok, c.want)
		}
	}
}

func TestCodeMapsOfOtherMeaningAreNotUsed(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	path := write(t, t.TempDir(), "code_map_2025.csv", []byte("src_system,src_code,dst_code,relation,admdvs,begndate,enddate,approver\n"+
		"his,L1,9901,等同,990100,2025-01-01,2025-12-31,甲\nhis,L2,9901,包含,,,,\nhis,L3,9901,,,,9999-12-31,\nhis,L4,9901,差不多,,,,\n"))
	r := importInto(t, s, Options{}, path)
	if r.Totals.Used != 2 || r.Totals.Unusable != 2 || len(r.Rejected) != 1 || len(s.Base().Maps) != 2 {
		t.Errorf("%s %v", r, s.Base().Maps)
	}
	if m := s.Base().Maps[0]; m.Area != "990100" || m.To != claim.DayOf(2025, 12, 31) {
		t.Errorf("%+v", m)
	}
}
