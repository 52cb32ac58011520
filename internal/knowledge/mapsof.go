package knowledge

import "github.com/mingjian/mingjian/internal/claim"

// MapsOf reads the code_map rows of a batch that say two codes are the same thing (relation 等同 or none); a nil batch
// has none.
func MapsOf(b *claim.Batch, ds *claim.Dicts) []Mapping {
	if b == nil {
		return nil
	}
	t := b.Table
	var out []Mapping
	for i := 0; i < b.N; i++ {
		if rel := b.Format(ds, t.MustCol("relation"), i); rel != "" && rel != "等同" {
			continue
		}
		m := Mapping{Src: b.Format(ds, t.MustCol("src_code"), i), Dst: b.Format(ds, t.MustCol("dst_code"), i), Area: b.Format(ds, t.MustCol("admdvs"), i),
			From: claim.Day(b.I32(t.MustCol("begndate"), i)), To: claim.OpenDay}
		if d := claim.Day(b.I32(t.MustCol("enddate"), i)); d.Has() {
			m.To = d
		}
		out = append(out, m)
	}
	return out
}
