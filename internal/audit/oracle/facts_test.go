package oracle

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
)

// TestNet follows 规则口径 一.3 on what is left of each line.
func TestNet(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, facts, want string }{
		{"named line", "fee feedetl_sn=a cnt=3\nfee feedetl_sn=b cnt=3\nfee feedetl_sn=c cnt=-2 init_feedetl_sn=a", "a1 b3 "},
		{"named line with too little: unpaired", "fee feedetl_sn=a cnt=1\nfee feedetl_sn=b cnt=3\nfee feedetl_sn=c cnt=-2 init_feedetl_sn=a", "a1 b3 "},
		{"name unknown: latest with enough", "fee feedetl_sn=a cnt=3\nfee feedetl_sn=b cnt=3\nfee feedetl_sn=c cnt=-2 init_feedetl_sn=zz", "a3 b1 "},
		{"later line is not offset", "fee feedetl_sn=a cnt=2\nfee feedetl_sn=b cnt=2 fee_ocur_time=2025-03-11\nfee feedetl_sn=c cnt=-2", "b2 "},
		{"another price", "fee feedetl_sn=a cnt=2 pric=9\nfee feedetl_sn=c cnt=-2", "a2 "},
		{"void", "fee feedetl_sn=a vali_flag=0\nfee feedetl_sn=b", "b1 "},
		{"refunded settlement", `settlement setl_id=s1 mdtrt_id=m1
			settlement setl_id=s2 mdtrt_id=m1 refd_setl_flag=1 init_setl_id=s1 medfee_sumamt=-100
			settlement setl_id=s3 mdtrt_id=m1 init_setl_id=s1
			fee feedetl_sn=a setl_id=s1
			fee feedetl_sn=b setl_id=s2 cnt=-1
			fee feedetl_sn=c setl_id=s3`, "c1 "},
		{"refund that names nothing takes the latest opposite", `settlement setl_id=s1 mdtrt_id=m1
			settlement setl_id=s2 mdtrt_id=m1
			settlement setl_id=s3 mdtrt_id=m1 refd_setl_flag=1 medfee_sumamt=-100
			fee feedetl_sn=a setl_id=s1
			fee feedetl_sn=b setl_id=s2`, "a1 "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := ""
			for _, l := range world(t, tc.facts).lines {
				got += l.sn + l.net.String() + " "
			}
			if got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestStays(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, facts string
		stays, los  int
	}{
		{"discharged and back", "visit mdtrt_id=a med_type=21 begntime=2025-03-01 endtime=2025-03-05 dscg_way=1\nvisit mdtrt_id=b med_type=21 begntime=2025-03-05 endtime=2025-03-09 dscg_way=1", 2, 4},
		{"no way of discharge", "visit mdtrt_id=a med_type=21 begntime=2025-03-01 endtime=2025-03-05\nvisit mdtrt_id=b med_type=21 begntime=2025-03-06 endtime=2025-03-09 dscg_way=1", 1, 8},
		{"two days between", "visit mdtrt_id=a med_type=21 begntime=2025-03-01 endtime=2025-03-05\nvisit mdtrt_id=b med_type=21 begntime=2025-03-07 endtime=2025-03-09", 2, 4},
		{"settled midway", "visit mdtrt_id=a med_type=21 begntime=2025-03-01 endtime=2025-03-05 dscg_way=1\nvisit mdtrt_id=b med_type=21 begntime=2025-03-05 endtime=2025-03-09\nsettlement setl_id=s mdtrt_id=a mid_setl_flag=1", 1, 8},
		{"same number", "visit mdtrt_id=a med_type=21 begntime=2025-03-01 endtime=2025-03-05 dscg_way=1 ipt_otp_no=7\nvisit mdtrt_id=b med_type=52 begntime=2025-03-05 endtime=2025-03-09 ipt_otp_no=7", 1, 8},
		{"observed before", "visit mdtrt_id=a med_type=21 begntime=2025-03-02 endtime=2025-03-05 er_obs_begntime=2025-03-01", 1, 4},
		{"open", "visit mdtrt_id=a med_type=21 begntime=2025-03-02 endtime=9999-12-31", 1, 29},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := world(t, tc.facts)
			p := c.personOf("p1")
			p.mergeStays(claim.DayOf(2025, 3, 31))
			if len(p.stays) != tc.stays || p.stays[0].los() != tc.los {
				t.Errorf("%d stays, the first of %d days; want %d and %d", len(p.stays), p.stays[0].los(), tc.stays, tc.los)
			}
		})
	}
}

func TestIdentity(t *testing.T) {
	t.Parallel()
	const cert = " certno=110101198001010013 brdy=1980-01-01"
	for _, tc := range []struct {
		name, facts string
		same        bool
	}{
		{"one certificate", "person psn_no=a" + cert + "\nperson psn_no=b" + cert, true},
		{"one certificate, two sexes", "person psn_no=a" + cert + "\nperson psn_no=b gend=2" + cert, false},
		{"guardian's certificate", "person psn_no=a" + cert + "\nperson psn_no=b" + cert + "\nperson_link psn_no=b pers_id=g link_type=监护人证", false},
		{"linked", "person psn_no=a\nperson psn_no=b\nperson_link psn_no=a pers_id=x\nperson_link psn_no=b pers_id=x", true},
		{"nines", "person psn_no=a certno=999999999999999999\nperson psn_no=b certno=999999999999999999", false},
		{"passport", "person psn_no=a psn_cert_type=08" + cert + "\nperson psn_no=b psn_cert_type=08" + cert, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := world(t, tc.facts)
			if got := c.personOf("a") == c.personOf("b"); got != tc.same {
				t.Errorf("one person: %v, want %v", got, tc.same)
			}
		})
	}
}

// TestCorrections reads files as a bureau would send them: a repeat, a correction, an older one, a contradiction.
func TestCorrections(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) {
		b := []byte(text)
		if strings.HasSuffix(name, ".gz") {
			var packed bytes.Buffer
			z := gzip.NewWriter(&packed)
			_, _ = z.Write(b) // into memory: cannot fail
			_ = z.Close()
			b = packed.Bytes()
		}
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("visit.csv", "\ufeffMDTRT_ID,psn_no,fixmedins_code,med_type,begntime,updt_time\n"+
		"m1,p1,h1,11,2025-03-01,2025-03-02\nm2,p1,h1,11,2025-03-01,\nm3,p1,h1,,2025-03-01,\n")
	write("visit_2025-03.csv.gz", "mdtrt_id,psn_no,fixmedins_code,med_type,begntime,updt_time\n"+
		"m1,p1,h2,11,2025-03-01T00:00:00,2025-03-03\nm1,p1,h3,11,2025-03-01,2025-03-01\nm2,p1,h1,11,2025-03-01,NULL\nm2,p1,h9,11,2025-03-01,\n")
	c, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if c.visits["m1"].inst != "h2" || c.visits["m2"].inst != "h1" || len(c.visits) != 2 || c.Rejected != 3 {
		t.Errorf("m1 at %s, m2 at %s, %d visits, %d rejected; want h2, h1, 2 and 3", c.visits["m1"].inst, c.visits["m2"].inst,
			len(c.visits), c.Rejected)
	}
}

func TestDaysOfSupply(t *testing.T) {
	t.Parallel()
	const cat = "catalogue hilist_code=A min_pac_cnt=24 min_prepunt=片 ddd=2 ddd_unt=片\n"
	for _, tc := range []struct {
		name, facts string
		days        int64
		ok          bool
	}{
		{"as written", "fee prd_days=30", 30, true},
		{"by dose", cat + "fee cnt=2 sin_dos=1 sin_dosunt=片 used_frqu=tid", 16, true},
		{"every other day", cat + "fee sin_dos=2 sin_dosunt=片 used_frqu=qod", 24, true},
		{"beyond a year, so by dose", cat + "fee prd_days=400 sin_dos=1 sin_dosunt=片 used_frqu=2", 12, true},
		{"another unit", cat + "fee sin_dos=1 sin_dosunt=mg used_frqu=bid", 0, false},
		{"implausible dose", cat + "fee sin_dos=6 sin_dosunt=片 used_frqu=bid", 0, false},
		{"ointment", "fee prd_days=7 dosform=软膏剂", 0, false},
		{"herbs", "fee prd_days=7 list_type=102", 0, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := world(t, tc.facts)
			l := c.lines[0]
			l.code = "A"
			if got, ok := (&judge{c: c}).days(l); got != tc.days || ok != tc.ok {
				t.Errorf("got %d %v, want %d %v", got, ok, tc.days, tc.ok)
			}
		})
	}
}

// TestFillOfTheMonth: an institution that sent codes in January and none in March is judged by each month's own bills.
func TestFillOfTheMonth(t *testing.T) {
	t.Parallel()
	c := world(t, `visit mdtrt_id=m1 begntime=2025-01-10_09:00:00
		visit mdtrt_id=m2 begntime=2025-03-10_09:00:00
		fee mdtrt_id=m1 drug_trac_codg=99000010000000000001
		fee mdtrt_id=m2`)
	for _, tc := range []struct {
		month claim.Month
		lacks bool
	}{{0, false}, {claim.DayOf(2025, 1, 1).Month(), false}, {claim.DayOf(2025, 3, 1).Month(), true}} {
		if got := c.lacksIn("T011", "h1", tc.month); got != tc.lacks {
			t.Errorf("%s: lacks %v, want %v", tc.month, got, tc.lacks)
		}
	}
}
