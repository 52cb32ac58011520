package knowledge

import (
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
)

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
