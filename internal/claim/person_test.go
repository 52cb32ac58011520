package claim

import (
	"fmt"
	"testing"
)

// Which record of a person holds (规则口径 §一.9).
func TestPersonOn(t *testing.T) {
	t.Parallel()
	const two = "visit\nperson psn_type=1 begndate=2020-01-01 enddate=2024-12-31\nperson psn_type=2 begndate=2025-02-01\n"
	for _, c := range []struct {
		rows, day, want string
	}{
		{two, "2024-12-31", "1"}, {two, "2025-02-01", "2"}, {two, "2025-01-15", "2"}, {two, "2019-01-01", "2"},
		{"visit\nperson psn_type=1 enddate=2024-12-31\nperson psn_type=2 begndate=2025-01-01 enddate=2025-02-01", "2025-03-01", "2"},
		{"visit\nperson psn_type=1 enddate=2024-12-31\nperson psn_type=2 begndate=2025-01-01", "1990-01-01", "1"},
		{"visit\nperson psn_type=1", "1900-01-01", "1"},
		{"visit\nperson psn_type=1 begndate=2020-01-01\nperson psn_type=2 begndate=2025-02-01", "2025-03-01", "2"},
		{"visit\nperson psn_type=2 begndate=2025-02-01\nperson psn_type=1 begndate=2020-01-01", "2025-03-01", "2"},
		{"visit\nperson psn_type=2 begndate=2025-02-01\nperson psn_type=1", "2025-03-01", "2"},
		{"visit\nperson psn_no=p2 psn_type=1\nvisit mdtrt_id=m2 psn_no=p2\nperson_link pers_id=x\nperson_link psn_no=p2 pers_id=x", "2025-03-01", ""},
	} {
		tl := timeline(t, c.rows)
		got := ""
		if p := tl.PersonOn(tl.Visits[0].Psn, mustDay(t, c.day)); p != nil {
			got = tl.Vocab.Str(p.PsnType)
		}
		if got != c.want {
			t.Errorf("%s\n%s: %q, want %q", c.rows, c.day, got, c.want)
		}
	}
}

// Insurance: of the settlement, the visit, the person that day (§一.7).
func TestInsutypeOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ rows, want string }{
		{"person insutype=1\nvisit insutype=2\nsettlement insutype=3\nfee", "3"},
		{"person insutype=1\nvisit insutype=2\nsettlement\nfee", "2"},
		{"person insutype=1\nvisit\nsettlement\nfee", "1"},
		{"person insutype=1\nvisit insutype=2\nfee setl_id=", "2"},
		{"person\nvisit\nfee setl_id=", ""},
		{"visit\nfee setl_id=", ""},
		{"person insutype=1 enddate=2025-03-09\nperson insutype=4 begndate=2025-03-10\nvisit\nfee", "4"},
	} {
		tl := timeline(t, c.rows)
		if got := tl.Vocab.Str(tl.InsutypeOf(&tl.Lines[0])); got != c.want {
			t.Errorf("%s: %q, want %q", c.rows, got, c.want)
		}
	}
}

// The 17th digit of the certificate against the recorded sex (§一.10).
func TestSexConflict(t *testing.T) {
	t.Parallel()
	const man, woman, other = "110101198001010031", "110101198001010029", "110101195505050029"
	for _, c := range []struct {
		person string
		want   bool
	}{
		{"certno=" + man, false}, {"certno=" + woman, true}, {"gend=2 certno=" + man, true}, {"gend=2 certno=" + woman, false},
		{"gend=0 certno=" + woman, false}, {"gend=9 certno=" + woman, false}, {"", false},
		{"certno=" + woman + " psn_cert_type=01", true}, {"certno=" + woman + " psn_cert_type=02", false},
		{"certno=" + other, false}, {"certno=" + woman[:15], false}, {"certno=" + woman[:16] + "X9", false},
		{"certno=" + woman[:17] + "X", true}, {"certno=11010119809999002X", false},
		{"certno=" + woman + "\nperson_link link_type=监护人证 pers_id=x", false},
		{"certno=" + woman + "\nperson_link link_type=旧证 pers_id=x", true},
		{"certno=" + woman + "\nperson_link psn_no=p2 link_type=监护人证 pers_id=x", true},
	} {
		if got := timeline(t, "visit\nperson "+c.person).People[0].Conflict; got != c.want {
			t.Errorf("%s: %v", c.person, got)
		}
	}
}

// Who is one person: linked numbers, else one certificate with its birth date and sex.
func TestRowsUnitePersons(t *testing.T) {
	t.Parallel()
	const a, b = "person certno=110101198001010029 ", "visit\nvisit psn_no=p2 mdtrt_id=m2\n"
	for name, c := range map[string]struct {
		rows string
		want int
	}{
		"one certificate":             {a + "\n" + a + "psn_no=p2", 1},
		"small x":                     {"person certno=11010119800101002x\nperson psn_no=p2 certno=11010119800101002X", 1},
		"another birth date":          {a + "\n" + a + "psn_no=p2 brdy=1980-01-02", 2},
		"another sex":                 {a + "\n" + a + "psn_no=p2 gend=2", 2},
		"another kind of certificate": {a + "psn_cert_type=02\n" + a + "psn_no=p2 psn_cert_type=02", 2},
		"fifteen digits":              {"person certno=110101800101002\nperson psn_no=p2 certno=110101800101002", 1},
		"too short":                   {"person certno=1101\nperson psn_no=p2 certno=1101", 2},
		"all nines":                   {"person certno=999999999999999999\nperson psn_no=p2 certno=999999999999999999", 2},
		"all zeros":                   {"person certno=000000000000000000\nperson psn_no=p2 certno=000000000000000000", 2},
		"none":                        {"person\nperson psn_no=p2", 2},
		"linked":                      {"person_link pers_id=x\nperson_link psn_no=p2 pers_id=x", 1},
		"linked to others":            {"person_link pers_id=x\nperson_link psn_no=p2 pers_id=y", 2},
		"a guardian's link":           {"person_link pers_id=x\nperson_link psn_no=p2 pers_id=x link_type=监护人证", 2},
		"a guardian's certificate":    {a + "\n" + a + "psn_no=p2\nperson_link psn_no=p2 pers_id=y link_type=监护人证", 2},
		"twins under their mother's certificate": {"person brdy=2024-05-01 certno=110101198001010029\n" +
			"person psn_no=p2 brdy=2024-05-01 certno=110101198001010029", 2},
		"by way of a third": {"person_link pers_id=x\nperson_link psn_no=p3 pers_id=x\nperson_link psn_no=p3 pers_id=y\nperson_link psn_no=p2 pers_id=y", 1},
	} {
		t.Run(name, func(t *testing.T) {
			n := 0
			timelines(t, b+c.rows, func(*Timeline) { n++ })
			if n != c.want {
				t.Errorf("%d persons, want %d", n, c.want)
			}
		})
	}
}

// Events name the person by number or by certificate.
func TestEventsFindTheirPerson(t *testing.T) {
	t.Parallel()
	const who = "visit\nperson certno=110101198001010029\n"
	for _, c := range []struct {
		rows string
		want int
	}{
		{"death psn_no=p1 begntime=2025-01-01", 1},
		{"death certno=110101198001010029 begntime=2025-01-01", 1},
		{"death certno=110101198001010037 begntime=2025-01-01", 0},
		{"death psn_no=p2 certno=110101198001010029 begntime=2025-01-01", 0},
		{"death begntime=2025-01-01", 0},
		{"person psn_no=p2 gend=2 certno=110101198001010029\ndeath certno=110101198001010029 begntime=2025-01-01", 0},
	} {
		if got := len(timeline(t, who+c.rows).Deaths); got != c.want {
			t.Errorf("%s: %d deaths, want %d", c.rows, got, c.want)
		}
	}
	tl := timeline(t, who+"work_injury certno=110101198001010029 begntime=2025-01-01\nselfpay_visit mdtrt_id=q certno=110101198001010029\nchronic dise_codg=M01\n"+
		"birth psn_no=p1 birth_time=2025-01-01_01:02:03\nexec mdtrt_id=m1 fixmedins_code=h1 exec_no=1 exec_time=2025-03-10")
	if fmt.Sprint(len(tl.Extra["work_injury"]), len(tl.Extra["selfpay_visit"]), len(tl.Chronics), len(tl.Births), len(tl.Extra["exec"])) != "1 1 1 1 1" {
		t.Errorf("rows of further tables: %v", tl.Extra)
	}
}
