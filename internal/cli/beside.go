package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/board"
	mixboard "github.com/mingjian/mingjian/internal/casemix/board"
	"github.com/mingjian/mingjian/internal/lake"
)

// beside keeps what boards tell of a data directory that does not lie in the store. Each part is read when it is first asked for and again once the files it
// was made of are others: opening a lake reads its dictionaries and persons, which is too much for every figure of every request.
type beside struct {
	dir   string
	lake  kept[lakeMonths]
	cases kept[[]board.CaseMonth]
}

// lakeMonths are read of one snapshot.
type lakeMonths struct {
	audited []board.Audited
	places  []board.PlaceMonth
}

func newBeside(dir string) *beside { return &beside{dir: dir} }

func (b *beside) months() (lakeMonths, error) {
	if !lake.Exists(b.dir) { // nothing was imported; opening would lay an empty lake down
		return lakeMonths{}, nil
	}
	return b.lake.get([]string{filepath.Join(b.dir, "manifest.json"), filepath.Join(b.dir, "findings", "manifest.json")}, func() (m lakeMonths, err error) {
		l, err := lake.Open(b.dir)
		if err != nil {
			return m, err
		}
		defer l.Close()
		snap, err := l.Snapshot()
		if err != nil {
			return m, err
		}
		months, err := audit.OpenStore(b.dir).Months()
		if err != nil {
			return m, err
		}
		m.audited = audited(snap, months)
		m.places, err = placeMonths(snap, months)
		return m, err
	})
}

func (b *beside) audited() ([]board.Audited, error) {
	m, err := b.months()
	return m.audited, err
}

func (b *beside) places() ([]board.PlaceMonth, error) {
	m, err := b.months()
	return m.places, err
}

func (b *beside) caseMonths() ([]board.CaseMonth, error) {
	years, err := mixboard.Years(b.dir)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, y := range years {
		files = append(files, filepath.Join(b.dir, mixboard.Dir, strconv.Itoa(y), "year.json"))
	}
	return b.cases.get(files, func() ([]board.CaseMonth, error) { return caseMonths(b.dir, years) })
}

// kept is something that was read of files. What get returns is shared: nobody may change it.
type kept[T any] struct {
	mu    sync.Mutex
	read  bool
	stamp string
	value T
}

// get reads when the files are not those of the last time. Files that are not there are a state too.
func (k *kept[T]) get(files []string, read func() (T, error)) (T, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	var stamp strings.Builder // of before reading: what changes meanwhile is read again the next time
	for _, f := range files {
		st, err := os.Stat(f)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			fmt.Fprintf(&stamp, "%s\n", f)
		case err != nil:
			var none T
			return none, err
		default:
			fmt.Fprintf(&stamp, "%s %d %d\n", f, st.Size(), st.ModTime().UnixNano())
		}
	}
	if k.read && k.stamp == stamp.String() {
		return k.value, nil
	}
	v, err := read()
	if err == nil {
		k.read, k.stamp, k.value = true, stamp.String(), v
	}
	return v, err
}
