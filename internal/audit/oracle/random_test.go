package oracle

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/knowledge"
)

// dice draws small random cities in which the cards meet often: few items, few days, few institutions.
type dice struct{ *rand.Rand }

func (d dice) of(words string) string {
	w := strings.Split(words, "|")
	return w[d.IntN(len(w))]
}

func (d dice) maybe(share float64, text string) string {
	if d.Float64() < share {
		return " " + text
	}
	return ""
}

func (d dice) time() string {
	return fmt.Sprintf("2025-%02d-%02d", 2+d.IntN(2), 1+d.IntN(28)) + d.of("|_08:00:00|_08:30:00|_20:15:00")
}

const items = "A|B|C|D|E|E-1|L"

func (d dice) city(persons int) string {
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	for i := range 4 {
		say("institution fixmedins_code=h%d admdvs=%s hosp_lv=%s fixmedins_type=%s lon=11%d lat=30", i, d.of("990101|990102|990201"),
			d.of("02|05|08|11"), d.of("1|1|1|2"), i)
	}
	say("agreement fixmedins_code=h1 stas=2 begndate=2025-02-10 enddate=2025-02-12")
	say("pilot fixmedins_code=h%d diag_set=%s begndate=2025-02-%02d enddate=2025-03-15", 1+d.IntN(3), d.of("J18|I10-I15|J18.9"), 1+d.IntN(20))
	say("credential prac_psn_code=d1 stas=%s begndate=2025-03-01 enddate=2025-03-05", d.of("2|3"))
	say("code_map src_system=x src_code=L dst_code=A")
	for _, c := range strings.Split("A|B|C|D", "|") {
		say("catalogue hilist_code=%s list_type=%s admdvs=990000 generic_name=%s min_pac_cnt=10 min_prepunt=片%s%s", c, d.of("101|201"),
			d.of("x|y"), d.maybe(.3, "pricing_unit="+d.of("日|小时|部位")), d.maybe(.1, "chrgitm_lv=03"))
	}
	say("price_limit hilist_code=A admdvs=990000 pric_uplmt_amt=9")
	visits := 0
	for p := range persons {
		say("person psn_no=p%d gend=%s brdy=%s", p, d.of("1|2"), d.of("1950-05-05|1990-01-01|2015-03-03|2025-02-20"))
		for range 3 + d.IntN(8) {
			visits++
			d.visit(say, p, fmt.Sprintf("m%03d", visits))
		}
		say("chronic psn_no=p%d dise_codg=M1 begndate=2020-01-01%s%s", p, d.maybe(.7, "enddate=2025-02-2"+d.of("0|5")), d.maybe(.2, "review_stas=未通过 review_date=2025-01-09"))
		b.WriteString(d.maybe(.2, fmt.Sprintf("birth psn_no=p%d birth_time=%s\n", p, d.time())))
		b.WriteString(d.maybe(.1, fmt.Sprintf("death psn_no=p%d begntime=%s source=民政\n", p, d.time())))
		b.WriteString(d.maybe(.3, fmt.Sprintf("contract psn_no=p%d fixmedins_code=h1\n", p)))
		b.WriteString(d.maybe(.3, fmt.Sprintf("selfpay_visit mdtrt_id=x%d psn_no=p%d begntime=2025-02-10 endtime=2025-02-12\n", p, p)))
	}
	return b.String()
}

func (d dice) visit(say func(string, ...any), person int, id string) {
	kind, begin, house := d.of("11|11|1301|14|41|51|21|21|21|52"), d.time(), d.IntN(4)
	end := ""
	if kind[0] == '2' || kind == "52" {
		end = "endtime=" + begin[:8] + fmt.Sprintf("%02d", min(28, 2*d.IntN(8)+int(begin[8]-'0')*10+int(begin[9]-'0'))) + "_21:00:00"
		end = strings.TrimSpace(d.maybe(.9, end)+d.maybe(.3, "adm_dept_codg="+d.of("a|b"))) + " dscg_dept_codg=" + d.of("a|b")
	}
	main := d.of("I10|J18|J18.9|C34|O80|P59|R05|S02")
	say("visit mdtrt_id=%s psn_no=p%d fixmedins_code=h%d med_type=%s begntime=%s %s dscg_way=%s dscg_maindiag_code=%s dise_codg=M1%s%s%s", id, person,
		house, kind, begin, end, d.of("1|1|9|4"), main, d.maybe(.1, "er_flag=1"), d.maybe(.1, "insutype=310"), d.maybe(.2, "adm_dept_name=儿科"))
	say("diagnosis mdtrt_id=%s maindiag_flag=0 diag_srt_no=2 diag_code=%s", id, d.of("I10|N18|Z32|E11"))
	say("settlement setl_id=s%s mdtrt_id=%s setl_time=%s fund_pay_sumamt=%s begndate=%s enddate=2025-03-28%s", id, id, d.time(), d.of("0|60|60"), begin[:10],
		d.maybe(.05, "refd_setl_flag=1"))
	if kind[0] == '2' {
		say("medorder mdtrt_id=%s fixmedins_code=h%d drord_no=1 hilist_code=A drord_begn_date=%s%s", id, house, d.time(), d.maybe(.5, "drord_stop_date="+d.time()))
		say("bed_move mdtrt_id=%s begntime=%s", id, begin)
		if d.IntN(4) == 0 {
			say("operation mdtrt_id=%s oprn_srt_no=1 oprn_oprt_code=x oprn_oprt_begntime=%s", id, d.time())
		}
	}
	for i := range 2 + d.IntN(12) {
		at := begin
		if d.IntN(2) == 0 {
			at = d.time()
		}
		say("fee feedetl_sn=%s-%02d mdtrt_id=%s psn_no=p%d fixmedins_code=h%d setl_id=s%s hilist_code=%s list_type=%s fee_ocur_time=%s cnt=%s pric=%s bilg_dr_codg=d%d%s%s%s%s%s",
			id, i, id, person, house, id, d.of(items), d.of("101|101|201|301"), at, d.of("1|1|2|3.5|-1|30"), d.of("10|10|25.5"), d.IntN(3),
			d.maybe(.8, "bilg_dept_codg="+d.of("a|b|A07")), d.maybe(.8, "med_chrgitm_type="+d.of("01|03|05|06|09")), d.maybe(.7, "prd_days="+d.of("3|7|30|90")),
			d.maybe(.4, "rxno=r"+d.of("1|2|3|4|5")), d.maybe(.3, "medc_way=口服 drord_no="+d.of("1|2")+" dscg_tkdrug_flag="+d.of("0|1")+" body_part="+d.of("头|胸")))
	}
	if d.IntN(3) == 0 {
		say("exec fixmedins_code=h%d exec_no=%s mdtrt_id=%s hilist_code=A exec_time=%s", house, id, id, begin)
		say("lab fixmedins_code=h%d rpotc_no=%s mdtrt_id=%s item_srt=1 item_code=q hilist_code=A sapl_time=%s", house, id, id, begin)
		say("lab fixmedins_code=h%d rpotc_no=%s mdtrt_id=%s item_srt=2 item_code=q hilist_code=B sapl_time=%s", house, id, id, begin)
	}
}

// everything is a point of every card on the few items of a random city.
func (d dice) everything() []knowledge.Point {
	var out []knowledge.Point
	for _, c := range factoryCards {
		for i, subject := range strings.Split("A|B|C|D|E", "|") {
			p := pt(c, subject, sex(d.of("男|女")), allow(d.of("住院|新生儿|禁用|M1|a|儿童")), unit("日"), inGroup(d.of("CT|g")), window(5+i))
			p.Params.Children, p.Params.Require, p.Params.Part = []string{"A", "B"}, []string{"C"}, d.of("|头")
			p.Limit, p.Second, p.Scope = limitOf(d.of("1|2|3")), d.of("A|B|C|D|E"), d.of("单日|单次就诊|6小时|同一小时|疾病过程|自然年|单次住院")
			p.DiagSet, p.AgeMin, p.AgeMax = d.of("I10|C00-C97"), d.IntN(40)-1, 40+d.IntN(20)
			if c == "B009" || c == "B010" {
				p.Unit = "小时"
			}
			out = append(out, p)
			if d.IntN(3) == 0 {
				p.ID, p.Area, p.Limit, p.WindowD = p.ID+"-2", d.of("|990101|990100|990000"), limitOf(d.of("1|2|3")), 9
				out = append(out, p)
			}
		}
	}
	for _, c := range []string{"C024", "G015"} {
		out = append(out, pt(c, "diag:J", diag("J18|P59"), ages(0, 1)))
	}
	return out
}

var factoryCards = strings.Fields("A001 A002 A003 A004 A005 A006 A007 A008 A009 A010 A011 A012 A013 A015 A016 A017 A018 A029 B001 B002 B003 B004 B006 B007 B008 B009 " +
	"B010 B011 B012 B013 B021 B022 B023 C002 C009 C022 C024 D001 E001 E002 F001 F002 F006 F018 G029 H002")

// TestOrder shows that no verdict hangs on the order in which rows and points arrive, and that between them the random cities make
// nearly every card speak.
func TestOrder(t *testing.T) {
	t.Parallel()
	spoke := map[string]int{}
	for seed := range uint64(6) {
		d := dice{rand.New(rand.NewPCG(seed, 7))}
		facts, points := d.city(25), d.everything()
		first := world(t, facts).Evaluate(points, nil)
		for _, f := range first {
			spoke[f.Rule]++
		}
		lines := strings.Split(facts, "\n")
		slices.Reverse(lines)
		slices.Reverse(points)
		second := world(t, strings.Join(lines, "\n")).Evaluate(points, nil)
		if diff := Diff(first, second); len(diff) > 0 {
			t.Fatalf("seed %d: %d findings differ when rows arrive in reverse; first: %s", seed, len(diff), diff[0])
		}
	}
	silent := 0
	for _, c := range cards() {
		later := slices.ContainsFunc(newCards(), func(n cardJudge) bool { return n.id == c.id }) // tried by their cases
		if spoke[c.id] == 0 && !later {
			silent++
			t.Logf("%s never spoke", c.id)
		}
	}
	if silent > 8 {
		t.Errorf("%d cards never spoke: the random cities have become too tame", silent)
	}
}
