package casemix

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// Every row of a list gives a case, whatever quotes do; a broken row spoils itself only.
func TestCaseRows(t *testing.T) {
	list := "\ufeffCASE_ID, Gender,age,dx,note\r\n" +
		"1,1,45,K83.000,plain\r\n" +
		"\"2\",女,45,\"K83.000|I10.x00\",\"one, two\"\n" +
		"3,1,45,K83.000,\"goes over\nlines\"\n" +
		"\n" +
		"4,1,45,\"K83.000|x\n" +
		"5,1,45,K83.000\n" + // a cell too few: what stands in the others may have moved
		"6,1,45,K83.000,a \" quote\n" +
		",1,45,K83.000,\n" +
		"8,1,45,K83.000,last without end"
	r, err := ReadCases(strings.NewReader(list))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for {
		var c Case
		if err := r.Next(&c); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		text := fmt.Sprint(c.ID, " ", c.Sex, " ", strings.Join(c.Dx, "|"), " ", r.Cell("note"))
		if c.Problem != nil {
			text = c.ID + " " + c.Problem.Code
		}
		got = append(got, text)
	}
	want := []string{"1 1 K83.000 plain", "2 2 K83.000|I10.x00 one, two", "3 1 K83.000 goes over\nlines", "4 ROW", "5 ROW", "6 1 K83.000 a \" quote", "第10行 1 K83.000 ", "8 1 K83.000 last without end"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	for _, empty := range []string{"", "case_id\n1\n"} {
		if _, err := ReadCases(strings.NewReader(empty)); err == nil {
			t.Errorf("%q was taken for a list", empty)
		}
	}
}

// The batch keeps the order of input, writes a row for each case, and gives the same with any number of workers.
func TestBatch(t *testing.T) {
	s := load(t, nil)
	var list strings.Builder
	list.WriteString("case_id,gender,age,dx,proc,discharge\n")
	for i := range 5_000 {
		fmt.Fprintf(&list, "%d,%d,45,%s,%s,1\n", i, 1+i%2, []string{"K80.100|I10.x00", "K83.000", "", "Q00.000"}[i%4], []string{"51.2300", "", "54.1100"}[i%3])
	}
	var first []byte
	for _, workers := range []int{1, 2, 7} {
		r, err := ReadCases(strings.NewReader(list.String()))
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		tally, err := s.Batch(context.Background(), r, &out, true, workers)
		if err != nil {
			t.Fatal(err)
		}
		if tally.Cases != 5_000 || tally.Bad != 1_250 || tally.Problems["PDX_EMPTY"] != 1_250 || tally.Grouped+tally.Ungrouped+tally.Bad != tally.Cases {
			t.Errorf("%+v", tally)
		}
		if first == nil {
			first = out.Bytes()
			for i, l := range strings.Split(strings.TrimSpace(out.String()), "\n")[1:] {
				if !strings.HasPrefix(l, fmt.Sprint(i, ",")) {
					t.Fatalf("row %d is %s", i, l)
				}
			}
		} else if !bytes.Equal(first, out.Bytes()) {
			t.Errorf("%d workers write something else", workers)
		}
	}
	broken := io.MultiReader(strings.NewReader("case_id,gender,age,dx\n1,1,2,K83.000\n"), failing{})
	r, err := ReadCases(broken)
	if err == nil {
		_, err = s.Batch(context.Background(), r, io.Discard, false, 2)
	}
	if err == nil {
		t.Error("a stream that broke was taken for its end")
	}
	if r, err := ReadCases(strings.NewReader(list.String())); err != nil {
		t.Fatal(err)
	} else if _, err := s.Batch(context.Background(), r, failing{}, true, 2); err == nil {
		t.Error("an output that failed was not told")
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error)  { return 0, io.ErrUnexpectedEOF }
func (failing) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func FuzzCases(f *testing.F) {
	f.Add("case_id,gender,age,dx,proc\n1,1,45,K83.000|,51\n\"2,,\n")
	f.Add("gender,dx,brdy,begntime\n1,A,1990-01-01,2025-01-01")
	s := load(f, nil)
	g := s.NewGrouper()
	f.Fuzz(func(t *testing.T, text string) {
		r, err := ReadCases(strings.NewReader(text))
		if err != nil {
			return
		}
		for {
			var c Case
			if err := r.Next(&c); err != nil {
				return
			}
			res, tr := g.Explain(&c, true, true)
			if res.Status == Grouped && res.DRG == noDRG || res.Status == BadData && (res.Problem == nil || tr.String() == "") {
				t.Fatalf("%+v: %+v", c, res)
			}
		}
	})
}

// An empty main procedure with others behind it is told; a cell of separators only is a stay without procedures; an adult's
// weight of 0 was not weighed.
func TestEmptyPlaces(t *testing.T) {
	s := load(t, nil)
	for row, want := range map[string]string{
		"1,1,45,0,K83.000,|51.4100": "数据错误:PPROC_EMPTY",
		"2,1,45,0,K83.000,||":       "分组成功",
		"3,1,45,0,K83.000, | - |":   "分组成功",
		"4,1,45,,K83.000|,51.4100|": "分组成功",
		"5,1,0,0,K83.000,":          "数据错误:WEIGHT",
	} {
		r, err := ReadCases(strings.NewReader("case_id,gender,age,weight_g,dx,proc\n" + row + "\n"))
		if err != nil {
			t.Fatal(err)
		}
		var c Case
		if err := r.Next(&c); err != nil {
			t.Fatal(err)
		}
		c.LOS, c.Discharge = 8, 1
		if got := s.NewGrouper().Group(&c); got.String() != want {
			t.Errorf("%s: %s, want %s", row, got.String(), want)
		}
	}
}

// With QY on for all, an operation is ambiguous only in a category that a diagnosis leads into: what MDCA does not take
// falls through.
func TestAmbiguousNotBeforeDiagnosis(t *testing.T) {
	s := load(t, map[string]string{"scheme.yaml": "options: {qy: 'on'}"})
	if r := s.NewGrouper().Group(kase("K80.100", "51.2300")); r.DRG != "HC25" {
		t.Errorf("an ordinary operation went to %s", r.DRG)
	}
}

// Lists as strangers save them: other encodings, other separators, packed or not; and what is no list is told as what it is.
func TestListsOfStrangers(t *testing.T) {
	const plain = "case_id,gender,age,dept,dx,proc\n甲1,男,45,内科,K83.000,\n甲2,女,30,外科,K80.100,51.2300\n"
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(plain)
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write([]byte(plain))
	z.Close()
	for name, text := range map[string]string{"UTF-8": plain, "BOM": "\ufeff" + plain, "GB18030": gb, "CRLF": strings.ReplaceAll(plain, "\n", "\r\n"), "gz": packed.String(),
		"tab": strings.ReplaceAll(plain, ",", "\t"), "semicolon": strings.ReplaceAll(plain, ",", ";"), "quoted": strings.ReplaceAll(plain, "K83.000", `"K83.000"`)} {
		r, err := ReadCases(strings.NewReader(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var c [2]Case
		for i := range c {
			if err := r.Next(&c[i]); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if err := r.Next(&Case{}); err != io.EOF {
			t.Errorf("%s: a third case, %v", name, err)
		}
		if c[0].ID != "甲1" || c[0].Sex != 1 || c[0].Dept != "内科" || c[1].ID != "甲2" || c[1].Sex != 2 || c[1].Dx[0] != "K80.100" || c[1].Proc[0] != "51.2300" || c[0].Problem != nil {
			t.Errorf("%s: %+v", name, c)
		}
	}
	// One damaged byte of a UTF-8 list spoils nothing after it.
	r, err := ReadCases(strings.NewReader("case_id,gender,age,dx\n甲1,1,45,K83.000\n\xff\xfe2,1,45,K83.000\n甲3,1,45,K83.000\n"))
	if err != nil {
		t.Fatal(err)
	}
	var last Case
	for range 3 {
		if err := r.Next(&last); err != nil {
			t.Fatal(err)
		}
	}
	if last.ID != "甲3" {
		t.Errorf("after a damaged byte: %q", last.ID)
	}
	for text, says := range map[string]string{"": "空", "PK\x03\x04xx": "xlsx", "\xff\xfec\x00a\x00": "UTF-16", "\x1f\x8b\x08": "压缩", "a,b\n1,2\n": "缺少列 gender、dx", "\n\n": "空"} {
		if _, err := ReadCases(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %s", text, err, says)
		}
	}
	// A packed list that was cut off is an error, whatever could be read of it.
	r, err = ReadCases(bytes.NewReader(packed.Bytes()[:packed.Len()-12]))
	for err == nil {
		err = r.Next(&Case{})
	}
	if err == io.EOF {
		t.Error("a list that was cut off was taken for whole")
	}
}

// However a row is broken, it and every other row of the list have a row of their own, in order, and none is read into
// another: cells too few or too many, quotes that never close, bytes of nothing, a line of 10 MB.
func TestBrokenRows(t *testing.T) {
	const head = "case_id,gender,age,dx,proc,note\n"
	for name, c := range map[string]struct{ row, want string }{
		"short":          {"x,1,45,K83.000", "ROW 第 3 行有 4 格，表头有 6 列，对不上"},
		"long":           {"x,1,45,K83.000,I10.x00,51.2300,n", "ROW 第 3 行有 7 格，表头有 6 列，对不上"},
		"empty cells":    {"x,1,45,K83.000,,n,,,", ""},
		"NUL":            {"x,1,45,K83.\x00000,,n", "ROW 第 3 行有空字符（NUL），文件可能损坏"},
		"open quote":     {`x,1,45,"K83.000,,n`, ""},
		"open at end":    {`x,1,45,K83.000,,"`, ""},
		"open and short": {`x,1,45,"K83.000`, "ROW 第 3 行引号不成对"},
		"10 MB unused":   {"x,1,45,K83.000,," + strings.Repeat("n", 10_000_000), "ROW 第 3 行有 10000017 字节，一行最多 1048576 字节，没有读完"},
		"10 MB code":     {"x,1,45," + strings.Repeat("K", 10_000_000) + ",,", "ROW 第 3 行有 10000010 字节，一行最多 1048576 字节，没有读完"},
		"many codes":     {"x,1,45," + strings.Repeat("K83.000|", 501) + ",,", "CODES 诊断有 501 个，一例最多 500 个：请检查分隔符"},
		"long value":     {"x,1,45" + strings.Repeat("5", 5_000) + ",K83.000,,", "AGE 年龄“45" + strings.Repeat("5", 38) + "…”不是整数"},
	} {
		r, err := ReadCases(strings.NewReader(head + "a,1,45,K83.000,,n\n" + c.row + "\nb,1,45,K83.000,,\"n\nc,1,45,K83.000,,\"n\"\nd,1,45,K83.000,,n\n"))
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for {
			var k Case
			if err := r.Next(&k); err == io.EOF {
				break
			} else if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, k.ID)
			if k.ID != "x" {
				continue
			}
			got := ""
			if p := k.Plausible(); p != nil {
				got = p.Code + " " + p.Text
			}
			if got != c.want {
				t.Errorf("%s: %.200s, want %s", name, got, c.want)
			}
		}
		if fmt.Sprint(ids) != "[a x b c d]" {
			t.Errorf("%s: rows %v", name, ids)
		}
	}
}

// Lists of old Macintosh programs end their lines in CR alone; packed or not, no case is lost.
func TestCarriageReturns(t *testing.T) {
	text := "case_id,gender,age,dx\ra1,1,45,K83.000\ra2,2,50,K83.000\r"
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write([]byte(text))
	z.Close()
	for name, in := range map[string]io.Reader{"plain": strings.NewReader(text), "packed": &packed} {
		r, err := ReadCases(in)
		if err != nil {
			t.Fatal(name, err)
		}
		n := 0
		for c := (Case{}); r.Next(&c) == nil; n++ {
			if c.Problem != nil || len(c.Dx) != 1 || c.Dx[0] != "K83.000" {
				t.Errorf("%s: %+v", name, c)
			}
		}
		if n != 2 {
			t.Errorf("%s: %d cases", name, n)
		}
	}
}

// A stray quote anywhere in any rows of a list: every case has its row, in order.
func TestStrayQuotes(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 1))
	for range 3_000 {
		var lines []string
		for i := range 12 {
			l := fmt.Sprintf("%d,1,45,K83.000|I10.x00,,n%d", i, i)
			for range r.IntN(4) * r.IntN(2) {
				at := 3 + r.IntN(len(l)-2) // behind the case's number
				l = l[:at] + `"` + l[at:]
			}
			lines = append(lines, l)
		}
		in, err := ReadCases(strings.NewReader("case_id,gender,age,dx,proc,note\n" + strings.Join(lines, "\n")))
		if err != nil {
			t.Fatal(err)
		}
		for i := range lines {
			var c Case
			if err := in.Next(&c); err != nil {
				t.Fatalf("case %d: %v\n%s", i, err, strings.Join(lines, "\n"))
			}
			if c.ID != fmt.Sprint(i) {
				t.Fatalf("case %s in place of %d\n%s", c.ID, i, strings.Join(lines, "\n"))
			}
		}
	}
}

// Dates as spreadsheets and hospitals write them.
func TestDates(t *testing.T) {
	for dates, want := range map[string]string{
		"1980-02-03,2025-01-10,2025-01-15":                            "44 5 ",
		"1980/2/3,2025/1/10 08:30,2025/1/15 09:00":                    "44 5 ",
		"19800203,20250110,20250115":                                  "44 5 ",
		"1980-02-03T00:00:00,2025-01-10T08:30:00,2025-01-15T09:00:00": "44 5 ",
		"1980-02-30,2025-01-10,2025-01-15":                            "-1 5 DATES",
		"2025-02-03,2025-01-10,2025-01-15":                            "-1 5 DATES",
		"1980-02-03,2025-01-16,2025-01-15":                            "-1 -1 DATES",
		"1980-02-03,10/01/2025,2025-01-15":                            "-1 -1 DATES",
	} {
		r, err := ReadCases(strings.NewReader("case_id,gender,brdy,begntime,endtime,dx\n1,1," + dates + ",K83.000\n"))
		if err != nil {
			t.Fatal(err)
		}
		var c Case
		if err := r.Next(&c); err != nil {
			t.Fatal(err)
		}
		got := fmt.Sprint(c.Age, " ", c.LOS, " ")
		if c.Problem != nil {
			got += c.Problem.Code
		}
		if got != want {
			t.Errorf("%s: %s, want %s", dates, got, want)
		}
	}
}
