package board

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
)

// Dir of the figures in a data directory; each year has a folder in it.
const Dir = "reports/casemix"

const yearFile = "year.json"

// ErrNone: the year's figures were not made.
var ErrNone = errors.New("还没有算过这一年的病组看板：请经办人点“重新测算”，或运行 mingjian payment boards")

// Write puts the figures of a year in the place of those before. Whoever reads sees the old ones or the new ones.
func Write(data string, y *Year, hs map[string]*Hospital) error {
	root := filepath.Join(data, Dir)
	if err := os.MkdirAll(root, 0o755); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(root, ".making-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	fresh := filepath.Join(tmp, "new")
	if err := os.Mkdir(fresh, 0o755); err != nil {
		return err
	}
	put := func(name string, v any) error {
		b, err := json.Marshal(v)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(fresh, name), b, 0o600)
	}
	for inst, h := range hs {
		if err := put(fileOf(inst), h); err != nil {
			return err
		}
	}
	if err := put(yearFile, y); err != nil {
		return err
	}
	at := filepath.Join(root, strconv.Itoa(y.Year))
	if err := os.Rename(at, filepath.Join(tmp, "old")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.Rename(fresh, at)
}

// fileOf a hospital: its code may hold anything.
func fileOf(inst string) string { return "h-" + url.PathEscape(inst) + ".json" }

// Years that were made, newest first.
func Years(data string) ([]int, error) {
	es, err := os.ReadDir(filepath.Join(data, Dir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	out := []int{}
	for _, e := range es {
		if n, err := strconv.Atoi(e.Name()); err == nil && e.IsDir() {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	slices.Reverse(out)
	return out, nil
}

func read(data string, year int, name string, v any) error {
	b, err := os.ReadFile(filepath.Join(data, Dir, strconv.Itoa(year), name))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%d 年：%w", year, ErrNone)
	}
	if err == nil {
		err = json.Unmarshal(b, v)
	}
	return err
}

// Read the area's figures of a year; ErrNone.
func Read(data string, year int) (*Year, error) {
	var y Year
	err := read(data, year, yearFile, &y)
	return &y, err
}

// ReadHospital reads a hospital's file; ErrNone when the year has none for it.
func ReadHospital(data string, year int, inst string) (*Hospital, error) {
	var h Hospital
	err := read(data, year, fileOf(inst), &h)
	return &h, err
}
