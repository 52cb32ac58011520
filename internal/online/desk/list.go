package desk

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
)

// List is what an institution may check without a line. Persons are not named: a hash of salt and number says whether a
// number that somebody holds in hand is on it.
type List struct {
	Made     string            `json:"made"` // yyyy-MM-dd HH:mm, civil
	Data     string            `json:"data"` // the state of the data it was made from
	Salt     string            `json:"salt"`
	Persons  map[string]string `json:"persons"`       // first 16 hex of sha256(salt + number) → why
	Practs   map[string]string `json:"practitioners"` // code → why
	Items    map[string]string `json:"items"`         // code → why
	Inst     string            `json:"institution"`   // whose list it is
	InstStop string            `json:"institution_stop,omitempty"`
}

// Signed is a list with its signature: ECDSA P-256 over SHA-256 of the bytes of Body, as r‖s in base64, which browsers check.
type Signed struct {
	Body      string `json:"body"`
	Signature string `json:"signature"`
	Key       string `json:"key"` // public, SPKI in base64
}

// MakeList makes the list of an institution as of a day. It is of what the lake's registers say: benefits suspended or in waiting,
// deaths, practitioners suspended or ended, agreements suspended or ended, catalogue items whose last validity is over.
func MakeList(snap *lake.Snapshot, inst string, now time.Time) (*List, error) {
	now = now.In(time.FixedZone("", 8*3600))
	day := claim.DayOf(now.Year(), int(now.Month()), now.Day())
	salt := make([]byte, 8)
	rand.Read(salt) // never fails
	l := &List{Made: now.Format("2006-01-02 15:04"), Data: snap.ID(), Salt: hex.EncodeToString(salt), Persons: map[string]string{}, Practs: map[string]string{},
		Items: map[string]string{}, Inst: inst}
	stop := map[string]map[string]string{"credential": {"2": "医保支付资格暂停（仅急救抢救）", "3": "医保支付资格终止"}, "agreement": {"2": "协议中止", "3": "协议解除"},
		"benefit": {"2": "待遇暂停", "3": "待遇等待期"}}
	named := map[string]string{} // persons by number, whose certificates are listed too
	for _, x := range []struct {
		table, subject string
		put            func(subject, why string)
	}{
		{"benefit", "psn_no", func(s, why string) { named[s], l.Persons[hashOf(l.Salt, s)] = why, why }},
		{"credential", "prac_psn_code", func(s, why string) { l.Practs[s] = why }},
		{"agreement", "fixmedins_code", func(s, why string) {
			if s == inst {
				l.InstStop = why
			}
		}},
	} {
		err := each(snap, x.table, func(r row) {
			why := stop[x.table][r.text("stas")]
			from, to := r.day("begndate"), r.day("enddate")
			if why != "" && from <= day && (!to.Has() || day <= to) {
				x.put(r.text(x.subject), why)
			}
		})
		if err != nil {
			return nil, err
		}
	}
	err := each(snap, "death", func(r row) {
		if p := r.text("psn_no"); p != "" {
			named[p], l.Persons[hashOf(l.Salt, p)] = "登记为已故", "登记为已故"
		}
		if c := r.text("certno"); c != "" {
			l.Persons[hashOf(l.Salt, c)] = "登记为已故"
		}
	})
	if err != nil {
		return nil, err
	}
	err = each(snap, "person", func(r row) {
		if why := named[r.text("psn_no")]; why != "" && claim.OwnCert(r.text("certno"), r.day("brdy")) {
			l.Persons[hashOf(l.Salt, r.text("certno"))] = why
		}
	})
	if err != nil {
		return nil, err
	}
	last := map[string]claim.Day{}
	err = each(snap, "catalogue", func(r row) {
		to := r.day("enddate")
		if !to.Has() {
			to = claim.OpenDay
		}
		last[r.text("hilist_code")] = max(last[r.text("hilist_code")], to)
	})
	for item, to := range last {
		if to < day {
			l.Items[item] = "已于 " + to.String() + " 退出目录"
		}
	}
	return l, err
}

func hashOf(salt, number string) string {
	h := sha256.Sum256([]byte(salt + strings.ToUpper(number)))
	return hex.EncodeToString(h[:8])
}

// row of a table.
type row struct {
	b  *claim.Batch
	i  int
	ds *claim.Dicts
}

func (r row) text(col string) string {
	c := r.b.Table.MustCol(col)
	if x := r.b.Table.Columns[c]; x.Type == claim.Code {
		return r.ds[x.Dict].String(r.b.I32(c, r.i))
	}
	return r.b.Str(c, r.i)
}

func (r row) day(col string) claim.Day { return claim.Day(r.b.I32(r.b.Table.MustCol(col), r.i)) }

// each calls f with all rows of a table that does not hang on months, in whatever bucket they lie.
func each(snap *lake.Snapshot, table string, f func(r row)) error {
	buckets := 1
	if claim.MustTable(table).PersonKeyed {
		buckets = snap.Buckets()
	}
	for _, m := range snap.TableMonths(table) {
		for b := range buckets {
			x, err := snap.Read(table, m, b, nil)
			if err != nil {
				return err
			}
			for i := range x.N {
				f(row{x, i, snap.Dicts()})
			}
		}
	}
	return nil
}

// Signer signs lists with a key of the installation.
type Signer struct {
	key *ecdsa.PrivateKey
	pub string
}

// OpenSigner reads the key in a directory, making it on first use.
func OpenSigner(dir string) (*Signer, error) {
	path := filepath.Join(dir, "list.key")
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return nil, err
		}
		der, err := x509.MarshalECPrivateKey(k)
		if err != nil {
			return nil, err
		}
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, err
		}
		f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err == nil {
			err = errors.Join(pem.Encode(f, &pem.Block{Type: "EC PRIVATE KEY", Bytes: der}), f.Sync(), f.Close())
		}
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
		if b, err = os.ReadFile(path); err != nil {
			return nil, err
		}
	} else if err != nil {
		return nil, err
	}
	p, _ := pem.Decode(b)
	if p == nil {
		return nil, fmt.Errorf("%s 已损坏，请从备份恢复", path)
	}
	k, err := x509.ParseECPrivateKey(p.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s 已损坏，请从备份恢复", path)
	}
	der, err := x509.MarshalPKIXPublicKey(&k.PublicKey)
	return &Signer{k, base64.StdEncoding.EncodeToString(der)}, err
}

// Sign signs a list.
func (s *Signer) Sign(l *List) (*Signed, error) {
	body, err := json.Marshal(l)
	if err != nil {
		return nil, err
	}
	h := sha256.Sum256(body)
	r, x, err := ecdsa.Sign(rand.Reader, s.key, h[:])
	if err != nil {
		return nil, err
	}
	sig := slices.Concat(fixed(r), fixed(x))
	return &Signed{string(body), base64.StdEncoding.EncodeToString(sig), s.pub}, nil
}

func fixed(n *big.Int) []byte { return n.FillBytes(make([]byte, 32)) }
