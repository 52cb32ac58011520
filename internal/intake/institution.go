package intake

import (
	"maps"
	"slices"

	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/store"
)

// Institutions are the institutions of a lake as they were named last: what the store must know to tell which division a finding
// belongs to.
func Institutions(s *lake.Snapshot) ([]store.Institution, error) {
	b, err := s.Reference("institution")
	if err != nil {
		return nil, err
	}
	since := map[string]string{}
	out := map[string]store.Institution{}
	col := func(name string, i int) string { return b.Format(s.Dicts(), b.Table.MustCol(name), i) }
	for i := range b.N {
		code, from := col("fixmedins_code", i), col("begndate", i)
		if old, ok := since[code]; ok && from < old {
			continue
		}
		since[code] = from
		out[code] = store.Institution{Code: code, Name: col("fixmedins_name", i), Admdvs: col("admdvs", i)}
	}
	list := make([]store.Institution, 0, len(out))
	for _, code := range slices.Sorted(maps.Keys(out)) {
		list = append(list, out[code])
	}
	return list, nil
}
