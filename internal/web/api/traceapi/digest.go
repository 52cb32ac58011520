package traceapi

import (
	"cmp"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/trace"
)

// digest is what going through all boxes and shelves of some facts comes to. Facts never change (new data or knowledge are other
// facts), so it is worked out once for them; what people do with clues lies in the operational store and is asked for anew.
type digest struct {
	of     *trace.Facts
	clues  []trace.Clue
	funnel trace.Funnel
	places []place
}

// place is an institution that has a ledger.
type place struct {
	placeOut
	area string
}

// digestOf is the digest of facts that the caller holds. It is the callers' together: none may change it.
func (g *group) digestOf(f *trace.Facts) (*digest, error) {
	if g.last.of == f {
		return &g.last, nil
	}
	d := digest{of: f}
	d.clues, d.funnel = f.Clues()
	at := map[string]int{}
	err := eachItem(f, "", "", func(days []trace.Day) {
		x := shelf(days)
		i, ok := at[x.Inst]
		if !ok {
			name, area := f.Place(x.Inst)
			i = len(d.places)
			at[x.Inst] = i
			d.places = append(d.places, place{placeOut{Inst: x.Inst, Name: name}, area})
		}
		p := &d.places[i]
		p.Items, p.Known, p.Short, p.To = p.Items+1, p.Known+b2i(x.Known), p.Short+b2i(x.Short), max(p.To, x.To)
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(d.places, func(a, b place) int { return cmp.Or(b.Short-a.Short, strings.Compare(a.Inst, b.Inst)) })
	g.last = d
	return &g.last, nil
}
