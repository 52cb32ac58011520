package lake

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/mingjian/mingjian/internal/claim"
)

// Files and folders of the data directory that this package owns.
const (
	manifestName = "manifest.json"
	lockName     = "LOCK"
	factsDir     = "facts"
	keysDir      = "keys"
	dictDir      = "dict"
	rejectsDir   = "rejects"
	spillDir     = "tmp"

	manifestVersion = 1
)

// manifest says what the lake holds. Whatever it does not name does not exist: a crash leaves files that the next
// writer removes, never half an import.
type manifest struct {
	Version int                    `json:"version"`
	Seq     int64                  `json:"seq"`     // of the last commit
	Buckets int                    `json:"buckets"` // fixed at the first import; 0 before
	Dicts   []dictState            `json:"dicts"`
	Pers    persState              `json:"pers"`
	Tables  map[string]*tableState `json:"tables"`
	Inputs  []inputState           `json:"inputs"`
	// Before is what the months said when the running import began. It is there only between the first and the last commit
	// of an import, so that one continued after a crash still knows which months changed.
	Before *beforeState `json:"before,omitempty"`
}

// beforeState is the state at the start of an import: its commit and the months of each table.
type beforeState struct {
	Seq    int64                             `json:"seq"`
	Months map[string]map[claim.Month]string `json:"months"`
}

// dictState is the durable length of a dictionary file; what follows it is left from a crash.
type dictState struct {
	Bytes int64  `json:"bytes"`
	Count int    `json:"count"`
	Hash  string `json:"hash"`
}

// persState names the file of united persons and the commit up to whose person rows it was computed.
type persState struct {
	File string `json:"file,omitempty"`
	Seq  int64  `json:"seq"`
}

type tableState struct {
	Files       []*fileState `json:"files"`
	Keys        []string     `json:"keys"`
	Seq         int64        `json:"seq"`               // commit that last changed the live rows
	KeySeq      int64        `json:"key_seq"`           // commit that last changed a person, a month or a validity that children look up
	Joined      int64        `json:"joined"`            // commit of the parents with which the rows were joined last
	Retired     []string     `json:"retired,omitempty"` // files without live rows: Sweep removes them
	RetiredKeys []string     `json:"retired_keys,omitempty"`
	Moves       []moveState  `json:"moves,omitempty"`
}

// moveState names a list of parents whose children must be placed anew.
type moveState struct {
	File string `json:"file"`
	Seq  int64  `json:"seq"`
}

// fileState is one Parquet file. Groups are its live row groups only; a file whose groups are all gone is retired.
type fileState struct {
	Name      string     `json:"name"`
	Seq       int64      `json:"seq"`
	Size      int64      `json:"size"`
	Hash      string     `json:"hash"`   // of all bytes
	Footer    string     `json:"footer"` // of the Parquet footer, checked at every open
	Stats     string     `json:"stats,omitempty"`
	StatsHash string     `json:"stats_hash,omitempty"`
	Side      *fileState `json:"side,omitempty"` // reversals of the groups: refunds or negative lines
	Groups    []group    `json:"groups,omitempty"`
}

// group is one row group: rows of one bucket and month.
type group struct {
	Bucket int         `json:"b"`
	Month  claim.Month `json:"m"`
	Index  int         `json:"i"`
	From   int64       `json:"f"` // first row in the file
	Rows   int64       `json:"n"`
	Sum    uint64      `json:"h,string"` // sum of the rows' content hashes: what is in it, not how it is stored
	Side   int         `json:"s"`        // row group of the side file, −1 = none
	SideN  int64       `json:"sn,omitempty"`
}

// inputState remembers an imported file by its bytes.
type inputState struct {
	File  string `json:"file"`
	Table string `json:"table"`
	Size  int64  `json:"size"`
	Hash  string `json:"hash"`
	Rows  int64  `json:"rows"`
	Seq   int64  `json:"seq"`
}

func newManifest() *manifest {
	return &manifest{Version: manifestVersion, Dicts: make([]dictState, claim.DictCount), Tables: map[string]*tableState{}}
}

func (m *manifest) table(name string) *tableState {
	t := m.Tables[name]
	if t == nil {
		t = &tableState{}
		m.Tables[name] = t
	}
	return t
}

// clone copies deep enough that changing the copy leaves the original's groups alone.
func (m *manifest) clone() *manifest {
	c := *m
	c.Dicts = append([]dictState(nil), m.Dicts...)
	c.Inputs = append([]inputState(nil), m.Inputs...)
	c.Tables = make(map[string]*tableState, len(m.Tables))
	for n, t := range m.Tables {
		tc := *t
		tc.Files = make([]*fileState, len(t.Files))
		for i, f := range t.Files {
			fc := *f
			fc.Groups = append([]group(nil), f.Groups...)
			tc.Files[i] = &fc
		}
		tc.Keys = append([]string(nil), t.Keys...)
		tc.Retired = append([]string(nil), t.Retired...)
		c.Tables[n] = &tc
	}
	return &c
}

func loadManifest(dir string) (*manifest, error) {
	b, err := os.ReadFile(filepath.Join(dir, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return newManifest(), nil
	}
	if err != nil {
		return nil, fmt.Errorf("无法读取数据目录的清单 %s：%w", manifestName, err)
	}
	m := newManifest()
	if err := json.Unmarshal(b, m); err != nil {
		return nil, fmt.Errorf("数据目录的清单 %s 已损坏，请从备份恢复：%w", manifestName, err)
	}
	if m.Version != manifestVersion {
		return nil, fmt.Errorf("数据目录由版本 %d 的清单写成，本程序只认版本 %d，请升级程序", m.Version, manifestVersion)
	}
	for len(m.Dicts) < claim.DictCount {
		m.Dicts = append(m.Dicts, dictState{})
	}
	return m, nil
}

func (m *manifest) save(dir string) error {
	return WriteFileAtomic(filepath.Join(dir, manifestName), func(w io.Writer) error {
		b, err := json.Marshal(m)
		if err != nil {
			return err
		}
		_, err = w.Write(append(b, '\n'))
		return err
	})
}
