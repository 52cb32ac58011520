package bench

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"math/rand/v2"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
)

// partSize is how many findings a part of the made-up publication has: about what a bucket of a large city's month has.
const partSize = 5000

// published is a made-up publication of findings, the same for the same seed. Its second round differs from the first in a known
// way: each hundredth finding is revised, each hundredth gone, and as many are new.
type published struct {
	findings int
	seed     uint64
	round    int
}

func (p *published) Published() (int, []audit.Part, error) {
	var out []audit.Part
	for i := 0; i*partSize < p.findings; i++ {
		out = append(out, audit.Part{Month: claim.Month(2025*12 + i/64), Bucket: i % 64, File: fmt.Sprintf("round-%d/%d", p.round, i)})
	}
	return p.round, out, nil
}

func (p *published) ReadPart(q audit.Part) ([]audit.Row, error) {
	first := (int(q.Month-2025*12)*64 + q.Bucket) * partSize
	rnd := rand.New(rand.NewPCG(p.seed, uint64(first)))
	var rows []audit.Row
	for i := first; i < min(first+partSize, p.findings); i++ {
		id, revision := fmt.Sprint("finding ", p.seed, " ", i), "1"
		if p.round == 2 {
			switch i % 100 {
			case 1:
				revision = "2"
			case 2:
				id += " anew"
			}
		}
		h := sha256.Sum256([]byte(id))
		rev := sha256.Sum256([]byte(revision + id))
		r := audit.Row{FindingID: hex.EncodeToString(h[:12]), Revision: hex.EncodeToString(rev[:6]), RuleID: fmt.Sprintf("B%03d", rnd.IntN(80)),
			RuleName: "重复收取已包含的诊疗项目费用", RuleVersion: "1", Severity: 1 + rnd.IntN(3), Stage: "事后", Month: q.Month,
			Inst: fmt.Sprintf("H9901%06d", rnd.IntN(500)), Psn: fmt.Sprintf("P%018d", rnd.IntN(1_000_000)), Mdtrt: fmt.Sprintf("M%020d", i),
			Setl: fmt.Sprintf("S%020d", i), Cont: fmt.Sprintf("同日已收取主项目，从项目不应另收（当日数量 %d，限 1 次，日期 2025-01-%02d）", 2+rnd.IntN(5), 1+rnd.IntN(28)),
			PointID: fmt.Sprintf("B002-%06d", rnd.IntN(20_000)), Basis: "《全国医疗服务价格项目规范》：该项目内涵已包含从项目，不得另行收费"}
		for k := range 1 + rnd.IntN(3) { // two lines a finding on average
			r.Sn, r.Type = fmt.Sprintf("F%018d%d", i, k), 1+k%2
			r.Vola, r.Fund, r.Charged = claim.Money(rnd.IntN(100_000)), claim.Money(rnd.IntN(50_000)), claim.Money(rnd.IntN(100_000))
			rows = append(rows, r)
		}
	}
	return rows, nil
}

// lines counts all rows and prints every finding with its sums, by part.
func (p *published) lines(each func(id, revision string, lines int, vola, fund, charged int64)) error {
	_, parts, err := p.Published()
	if err != nil {
		return err
	}
	for _, q := range parts {
		rows, err := p.ReadPart(q)
		if err != nil {
			return err
		}
		for i := 0; i < len(rows); {
			j, s := i, [3]int64{}
			for ; j < len(rows) && rows[j].FindingID == rows[i].FindingID; j++ {
				s[0], s[1], s[2] = s[0]+int64(rows[j].Vola), s[1]+int64(rows[j].Fund), s[2]+int64(rows[j].Charged)
			}
			each(rows[i].FindingID, rows[i].Revision, j-i, s[0], s[1], s[2])
			i = j
		}
	}
	return nil
}

// digestLine adds a finding to a hash of findings in order of their ids.
func digestLine(h hash.Hash, f standing) {
	fmt.Fprintln(h, f.id, f.revision, f.lines, f.vola, f.fund, f.charged)
}

type standing struct {
	id, revision        string
	lines               int
	vola, fund, charged int64
}

// wantSecond is what taking in the second round changes.
func (p *published) wantSecond() store.Run {
	n := func(rest int) int64 { return int64((p.findings + 99 - rest) / 100) }
	revised, replaced := n(1), n(2)
	_, parts, _ := p.Published() // never fails
	return store.Run{Run: 2, Parts: int64(len(parts)), Added: replaced, Withdrawn: replaced, Revised: revised, Same: int64(p.findings) - revised - replaced}
}
