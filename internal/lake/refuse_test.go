package lake

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
)

const visitHead = "mdtrt_id,psn_no,fixmedins_code,med_type,begntime\n"

func visitLines(n int) string {
	var b strings.Builder
	b.WriteString(visitHead)
	for i := range n {
		fmt.Fprintf(&b, "M%07d,P%d,H1,11,2025-03-%02d 08:00:00\n", i, i%50, 1+i%28)
	}
	return b.String()
}

// TestWholeFileRefusals: each damaged file is named with its row in Chinese, none of its rows lands, and the good file
// beside it does.
func TestWholeFileRefusals(t *testing.T) {
	good := visitLines(3)
	var gz bytes.Buffer
	z := gzip.NewWriter(&gz)
	z.Write([]byte(visitLines(60_000)))
	z.Close()
	rows := tableRows(claim.MustTable("visit"), 50)
	altered := must(os.ReadFile(writeParquet(t, t.TempDir(), "visit", rows)))
	copy(altered[len(altered)/3:], "这里被改动过了这里被改动过了")
	book := must(os.ReadFile(writeXLSX(t, t.TempDir(), "visit", rows)))
	cases := []struct{ name, file, body, want string }{
		{"empty", "visit.csv", "", "空文件"},
		{"blank", "visit.csv", "\n\n", "没有内容"},
		{"missing column", "visit.csv", "mdtrt_id,psn_no,begntime\nM1,P1,2025-03-01\n", "缺少必填列 fixmedins_code、med_type"},
		{"same column twice", "visit.csv", "mdtrt_id,MDTRT_ID,psn_no,fixmedins_code,med_type,begntime\n", "出现了两次"},
		{"encoding", "visit.csv", visitHead + "M1,P1,H1,11,2025-03-01\nM2,\xff\xff\x80,H1,11,2025-03-01\n", "第 3 行：既不是有效的 UTF-8 也不是有效的 GB18030"},
		{"mixed encoding", "visit.csv", visitHead + strings.Repeat("M1,张三,H1,11,2025-03-01\n", 300_000) + "M2,\xd5\xc5\xc8\xfd,H1,11,2025-03-01\n", "第 300002 行：不是有效的 UTF-8"},
		{"utf-16", "visit.csv", "\xff\xfem\x00d\x00", "UTF-16"},
		{"nul", "visit.csv", visitHead + "M1,P\x001,H1,11,2025-03-01\n", "第 2 行：含有不可见的 NUL"},
		{"open quote", "visit.csv", visitHead + "M1,P1,H1,11,2025-03-01\nM2,\"P2,H1,11,2025-03-01\nM3,P1,H1,11,2025-03-01\n", "第 3 行：从这一行起引号没有闭合"},
		{"text behind quote", "visit.csv", visitHead + "M1,\"P1\"x,H1,11,2025-03-01\n", "第 2 行：引号之后还有字符"},
		{"cut row", "visit.csv", visitHead + "M1,P1,H1,11,2025-03-01\nM2,P1,H", "第 3 行：在这一行中断：末行只有 3 列"},
		{"cut gzip", "visit.csv.gz", string(gz.Bytes()[:gz.Len()*2/3]), "压缩文件不完整"},
		{"damaged gzip", "visit.csv.gz", string(gz.Bytes()[:gz.Len()-6]) + "xxxxxx", "压缩文件不完整或已损坏"},
		{"altered parquet", "visit.parquet", string(altered), "Parquet"},
		{"cut parquet", "visit.parquet", string(altered[:len(altered)/2]), "不是完好的 Parquet 文件"},
		{"cut workbook", "visit.xlsx", string(book[:len(book)/2]), "不是完好的 XLSX 工作簿"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			src, dir := t.TempDir(), t.TempDir()
			bad := write(t, src, c.file, []byte(c.body))
			rep := importTo(t, dir, ImportOptions{}, bad, write(t, src, "visit-good.csv", []byte(good)))
			f := rep.Failed()
			if len(f) != 1 || f[0].File != c.file || !strings.Contains(f[0].Error, c.want) || !strings.Contains(f[0].Error, c.file) {
				t.Fatalf("failed = %+v, want %q", f, c.want)
			}
			var fe *FileError
			if !errors.As(f[0].Err(), &fe) {
				t.Errorf("error is a %T", f[0].Err())
			}
			if n := snapshot(t, dir).TotalRows("visit"); n != 3 {
				t.Errorf("%d rows landed, want the 3 of the good file", n)
			}
		})
	}
}

// TestTwoGiBLine: a generated line without an end is refused after 16 MiB, without holding more.
func TestTwoGiBLine(t *testing.T) {
	for _, quote := range []string{"", `"`} {
		left := int64(2 << 30)
		in := &stepInput{input: input{name: "visit.csv", table: claim.MustTable("visit")}}
		in.open = func() (io.ReadCloser, error) {
			return io.NopCloser(io.MultiReader(strings.NewReader(visitHead+"M1,"+quote), &endless{&left})), nil
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		recs, err := openRecords(&in.input)
		if err == nil {
			_, err = recs.next()
		}
		runtime.ReadMemStats(&after)
		if err == nil || !strings.Contains(err.Error(), "超过 16 MiB") || !strings.Contains(err.Error(), "第 2 行") {
			t.Errorf("error %v", err)
		}
		if read := int64(2<<30) - left; read > 64<<20 {
			t.Errorf("%d bytes were read before the line was refused", read)
		}
		if got := after.TotalAlloc - before.TotalAlloc; got > 200<<20 {
			t.Errorf("%d bytes were allocated", got)
		}
	}
}

type endless struct{ left *int64 }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	*e.left -= int64(len(p))
	if *e.left < 0 {
		return 0, io.EOF
	}
	return len(p), nil
}

// TestRowRefusals: a row is rejected only for the contract's reasons, and its text is kept.
func TestRowRefusals(t *testing.T) {
	src, dir := t.TempDir(), t.TempDir()
	body := "psn_no,psn_name,gend,brdy,enddate,emp_no\n" +
		"P1,甲,1,1980-01-01,2025-13-01,e\n" + // optional field unreadable: lands with a flag
		"P2,乙,3,1980-01-01,,\n" + // outside the closed list
		"P3,丙,1,1980-02-30,,\n" + // impossible date
		",丁,1,1980-01-01,,\n" + // required field absent
		"P5,戊,2,1980-01-01,,,,多出来\n" + // more columns than the header
		"P1,甲改,1,1980-01-01,,\n" + // same key, other content
		"P6,\"己,\n\",1,19800101,-,\\N\n"
	rep := importTo(t, dir, ImportOptions{}, write(t, src, "person.csv", []byte(body)))
	f := rep.Files[0]
	if f.Rows != 7 || f.Landed != 2 || f.Rejected != 5 {
		t.Errorf("report %+v", f)
	}
	if len(rep.Flags) != 1 || rep.Flags[0].Kind != FlagUnreadable || rep.Flags[0].Samples[0].Row != 2 || rep.Flags[0].Samples[0].Value != "2025-13-01" {
		t.Errorf("flags %+v", rep.Flags)
	}
	rej := rejectsOf(t, dir, rep)
	want := []struct{ row, field, value, reason, raw string }{
		{"3", "gend", "3", "只能是 1、2、0、9 之一", "P2,乙,3,1980-01-01,,"},
		{"4", "brdy", "1980-02-30", "存在的日期", "P3,丙,1,1980-02-30,,"},
		{"5", "psn_no", "", "缺少必填字段", ",丁,1,1980-01-01,,"},
		{"6", "", "多出来", "表头只有 6 列", "P5,戊,2,1980-01-01,,,,多出来"},
		{"7", "psn_no、begndate", "P1、", "同一主键已有内容不同的记录", "P1,甲改,1,1980-01-01,,"},
	}
	if len(rej) != len(want) {
		t.Fatalf("rejects %q", rej)
	}
	for i, w := range want {
		r := rej[i]
		if r[0] != "person.csv" || r[1] != w.row || r[2] != w.field || r[3] != w.value || !strings.Contains(r[4], w.reason) || r[5] != w.raw {
			t.Errorf("reject %q, want %v", r, w)
		}
	}
}

// rejectsOf reads the rejected rows of a report.
func rejectsOf(t testing.TB, dir string, rep *Report) (out [][]string) {
	t.Helper()
	for _, p := range rep.Rejects {
		f := must(os.Open(filepath.Join(dir, p)))
		rows, err := csv.NewReader(f).ReadAll()
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, rows[1:]...)
	}
	return out
}

func TestUnknownFilesAndColumnsAreNoted(t *testing.T) {
	src, dir := t.TempDir(), t.TempDir()
	write(t, src, "stock_change.csv", []byte("fixmedins_code,chg_no,med_list_codg,inv_chg_type,cnt,inv_chg_time,colour\nH1,1,X,101,5,2025-03-01,red\n"))
	write(t, src, "mystery.csv", []byte("a,b\n"))
	write(t, src, "visit.pdf", []byte("a,b\n"))
	rep := importTo(t, dir, ImportOptions{}, src)
	if len(rep.Skipped) != 2 || !strings.Contains(strings.Join(rep.Skipped, ""), "--table") {
		t.Errorf("skipped %q", rep.Skipped)
	}
	if len(rep.Files) != 1 || rep.Files[0].Table != "stock_change" || rep.Files[0].Unknown[0] != "colour" {
		t.Errorf("files %+v", rep.Files)
	}
	rep = importTo(t, dir, ImportOptions{Table: "recog"}, write(t, src, "x.csv", []byte("hilist_code,valid_days,admdvs\nA,3,990101\n")))
	if rep.Files[0].Landed != 1 || snapshot(t, dir).TotalRows("recog") != 1 {
		t.Errorf("--table: %+v", rep.Files)
	}
}

func TestAlteredLakeIsNamed(t *testing.T) {
	src, dir := t.TempDir(), t.TempDir()
	importTo(t, dir, ImportOptions{Buckets: 4}, write(t, src, "visit.csv", []byte(visitLines(500))))
	if err := snapshot(t, dir).Verify(context.Background()); err != nil {
		t.Fatal(err)
	}
	path := snapshot(t, dir).Files("visit", claim.DayOf(2025, 3, 1).Month())[0].Path
	whole := must(os.ReadFile(path))
	for name, change := range map[string]func(b []byte) []byte{
		"cut":    func(b []byte) []byte { return b[:len(b)-100] },
		"footer": func(b []byte) []byte { b[len(b)-20] ^= 1; return b },
		"data":   func(b []byte) []byte { b[len(b)/3] ^= 1; return b },
		"gone":   nil,
	} {
		os.Remove(path)
		if change != nil {
			write(t, filepath.Dir(path), filepath.Base(path), change(bytes.Clone(whole)))
		}
		s := snapshot(t, dir)
		err := s.Verify(context.Background())
		var ce *CorruptError
		if !errors.As(err, &ce) || ce.File != filepath.Base(path) || !strings.Contains(err.Error(), "数据文件 "+ce.File) {
			t.Errorf("%s: Verify says %v", name, err)
		}
		if name == "data" {
			continue // only Verify reads every byte
		}
		if _, err := s.Read("visit", claim.DayOf(2025, 3, 1).Month(), 0, nil); !errors.As(err, &ce) {
			t.Errorf("%s: Read says %v", name, err)
		}
	}
}

func TestOneWriter(t *testing.T) {
	l := must(Open(t.TempDir()))
	w := must(l.Writer())
	if _, err := l.Writer(); !errors.Is(err, ErrLocked) {
		t.Errorf("second writer: %v", err)
	}
	w.Close()
	must(l.Writer()).Close()
}

func TestCancelLeavesTheLakeAsItWas(t *testing.T) {
	src, dir := t.TempDir(), t.TempDir()
	p := write(t, src, "visit.csv", []byte(visitLines(400_000)))
	ctx, cancel := context.WithCancel(context.Background())
	w := must(must(Open(dir)).Writer())
	_, err := w.Import(ctx, []string{p}, ImportOptions{Progress: func(Progress) { cancel() }})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	w.Close()
	if n := snapshot(t, dir).TotalRows("visit"); n != 0 {
		t.Errorf("%d rows after a cancelled import", n)
	}
	if rep := importTo(t, dir, ImportOptions{}, p); rep.Files[0].Landed != 400_000 {
		t.Errorf("%+v", rep.Files)
	}
}
