package model

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed all:shipped
var shipped embed.FS

// Library is the models an installation has, by id.
type Library struct {
	All []*Model
}

// OwnDir is the folder of a data directory's own models.
func OwnDir(data string) string { return filepath.Join(data, "models", "own") }

// Shipped reads the models that come with the program.
func Shipped() (*Library, error) {
	sub, err := fs.Sub(shipped, "shipped")
	if err != nil {
		return nil, err
	}
	return read(sub, false)
}

// ForData is the shipped models with the data directory's own, which win over shipped ones of the same id.
func ForData(data string) (*Library, error) {
	l, err := Shipped()
	if err != nil {
		return nil, err
	}
	own, err := read(os.DirFS(OwnDir(data)), true)
	if errors.Is(err, fs.ErrNotExist) {
		return l, nil
	}
	if err != nil {
		return nil, err
	}
	for _, m := range own.All {
		l.All = slices.DeleteFunc(l.All, func(o *Model) bool { return o.ID == m.ID })
		l.All = append(l.All, m)
	}
	slices.SortFunc(l.All, func(a, b *Model) int { return strings.Compare(a.ID, b.ID) })
	return l, nil
}

func read(dir fs.FS, own bool) (*Library, error) {
	es, err := fs.ReadDir(dir, ".")
	if err != nil {
		return nil, err
	}
	l := &Library{}
	var bad []error
	for _, e := range es {
		if !e.IsDir() {
			continue
		}
		m, err := Load(dir, e.Name())
		if err != nil {
			bad = append(bad, err)
			continue
		}
		m.Own = own
		l.All = append(l.All, m)
	}
	return l, errors.Join(bad...)
}

// Model returns the model with the id, or nil.
func (l *Library) Model(id string) *Model {
	for _, m := range l.All {
		if m.ID == id {
			return m
		}
	}
	return nil
}

// Pick returns the models with the ids; none named means all. An unknown id is an error for the user.
func (l *Library) Pick(ids []string) ([]*Model, error) {
	if len(ids) == 0 {
		return l.All, nil
	}
	var out []*Model
	for _, id := range ids {
		m := l.Model(strings.ToUpper(strings.TrimSpace(id)))
		if m == nil {
			return nil, fmt.Errorf("没有编号为 %q 的模型：用 mingjian models list 查看", id)
		}
		out = append(out, m)
	}
	return out, nil
}
