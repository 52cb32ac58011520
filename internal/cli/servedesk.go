package cli

import (
	"context"
	"errors"
	"hash/maphash"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/online/desk"
	"github.com/mingjian/mingjian/internal/online/remind"
)

// registers are what the page for clinics looks up: institutions and the catalogue as the data directory holds them. They are read
// again when the server reloads.
type registers struct {
	dir    string
	signer *desk.Signer
	now    atomic.Pointer[registerSet]
}

type registerSet struct {
	id     string
	snap   *lake.Snapshot
	places map[string]desk.Place
	items  []desk.Item
	holder map[uint64]int32 // code of the one person whose certificate has this hash; 0 = several
}

func (r *registers) Program() string { return "registers" }

// Reload reads the registers when the data changed.
func (r *registers) Reload(context.Context) error {
	l, err := lake.Open(r.dir)
	if err != nil {
		return err
	}
	snap, err := l.Snapshot()
	if err != nil {
		return err
	}
	if old := r.now.Load(); old != nil && old.id == snap.ID() {
		return nil
	}
	x := &registerSet{id: snap.ID(), snap: snap, places: map[string]desk.Place{}}
	ds := snap.Dicts()
	b, err := snap.Reference("institution")
	if err != nil {
		return err
	}
	text := func(b *claim.Batch, col string, i int) string {
		c := b.Table.MustCol(col)
		if t := b.Table.Columns[c]; t.Type == claim.Code {
			return ds[t.Dict].String(b.I32(c, i))
		}
		return b.Str(c, i)
	}
	for i := range b.N { // by code and begin: the last row of a code is the newest
		p := desk.Place{Code: text(b, "fixmedins_code", i), Name: text(b, "fixmedins_name", i), Area: text(b, "admdvs", i), Type: text(b, "fixmedins_type", i), Level: text(b, "hosp_lv", i)}
		x.places[p.Code] = p
	}
	if b, err = snap.Reference("catalogue"); err != nil {
		return err
	}
	seen := map[string]bool{}
	for i := range b.N {
		it := desk.Item{Code: text(b, "hilist_code", i), Name: text(b, "generic_name", i), List: text(b, "list_type", i)}
		if !seen[it.Code] {
			seen[it.Code] = true
			x.items = append(x.items, it)
		}
	}
	if err := x.holders(); err != nil {
		return err
	}
	r.now.Store(x)
	return nil
}

var holderSeed = maphash.MakeSeed()

// holders reads who holds which certificate, so that a card that is typed or scanned finds the person's number.
func (x *registerSet) holders() error {
	x.holder = map[uint64]int32{}
	ds := x.snap.Dicts()
	for _, m := range x.snap.TableMonths("person") {
		for b := range x.snap.Buckets() {
			rows, err := x.snap.Read("person", m, b, []string{"psn_no", "psn_cert_type", "certno", "brdy", "gend"})
			if err != nil {
				return err
			}
			for i := range rows.N {
				key, psn := claim.CertificateKey(rows, ds, i)
				if key == "" {
					continue
				}
				cert, _, _ := strings.Cut(key, "|")
				h := maphash.String(holderSeed, cert)
				if was, ok := x.holder[h]; ok && (was == 0 || x.snap.Pers(was) != x.snap.Pers(psn)) {
					psn = 0
				}
				x.holder[h] = psn
			}
		}
	}
	return nil
}

// person is the number of who holds a certificate, "" when nobody or several do.
func (r *registers) person(cert string) string {
	x := r.now.Load()
	if x == nil {
		return ""
	}
	if psn := x.holder[maphash.String(holderSeed, strings.ToUpper(cert))]; psn > 0 {
		return x.snap.Dicts()[claim.DictPerson].String(psn)
	}
	return ""
}

// names of all institutions, which no reminder about another one's lines may hold.
func (r *registers) names() []string {
	x := r.now.Load()
	if x == nil {
		return nil
	}
	var out []string
	for _, p := range x.places {
		out = append(out, p.Name)
	}
	slices.Sort(out)
	return out
}

func (r *registers) place(code string) (desk.Place, bool) {
	x := r.now.Load()
	if x == nil {
		return desk.Place{}, false
	}
	p, ok := x.places[code]
	return p, ok
}

// called are the names of an institution and an item, by their codes.
func (r *registers) called(inst, item string) (instName, itemName string) {
	p, _ := r.place(inst)
	if item != "" {
		if found := r.find(item, 1); len(found) == 1 && found[0].Code == item {
			itemName = found[0].Name
		}
	}
	return p.Name, itemName
}

func (r *registers) find(q string, limit int) []desk.Item {
	x := r.now.Load()
	if x == nil {
		return nil
	}
	var first, rest []desk.Item
	up := strings.ToUpper(q)
	for _, it := range x.items {
		switch {
		case it.Code == up:
			return []desk.Item{it}
		case strings.HasPrefix(it.Code, up):
			first = append(first, it)
		case it.Name != "" && strings.Contains(it.Name, q):
			rest = append(rest, it)
		}
		if len(first) >= limit {
			break
		}
	}
	out := append(first, rest...)
	return out[:min(len(out), limit)]
}

func (r *registers) list(_ context.Context, inst string) (*desk.Signed, error) {
	x := r.now.Load()
	if x == nil {
		return nil, errors.New("还没有导入数据")
	}
	l, err := desk.MakeList(x.snap, inst, time.Now())
	if err != nil {
		return nil, err
	}
	return r.signer.Sign(l)
}

// mountDesk puts the page for clinics and pharmacies on the server.
func mountDesk(x *site, engine desk.Engine, service *remind.Service, gate *auth.Gate, r *registers) error {
	var err error
	if r.signer, err = desk.OpenSigner(filepath.Join(x.dir, remind.Dir)); err != nil {
		return err
	}
	x.web.Mount(desk.Root+"/", desk.Handler(desk.Deps{Engine: engine, Remind: service, Gate: gate, Sessions: &auth.Sessions{Users: &auth.Users{DB: x.db, Trail: x.trail}, Idle: 12 * time.Hour},
		Place: r.place, Person: r.person, Limit: x.gateway.Limits, Items: r.find, List: r.list, Log: x.log}))
	return nil
}
