package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// Engine is the database behind the port.
type Engine string

// The two engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// Location says where a store lies.
type Location struct {
	Engine Engine
	Path   string // SQLite: the file
	DSN    string // PostgreSQL: postgres://user:password@host:port/database
}

// File names in a data directory.
const (
	FileName   = "store.db"   // the SQLite store
	ConfigName = "store.json" // which store to use instead; holds a password: mode 0600
)

// Locate finds the store of a data directory: given (a flag or the environment) wins, then store.json, else store.db in it.
func Locate(dataDir, given string) (Location, error) {
	if given != "" {
		return ParseLocation(given)
	}
	b, err := os.ReadFile(filepath.Join(dataDir, ConfigName))
	if errors.Is(err, fs.ErrNotExist) {
		return Location{Engine: SQLite, Path: filepath.Join(dataDir, FileName)}, nil
	}
	if err != nil {
		return Location{}, err
	}
	var c struct {
		Store string `json:"store"`
	}
	if err := json.Unmarshal(b, &c); err != nil {
		return Location{}, fmt.Errorf("%s 已损坏：%w", filepath.Join(dataDir, ConfigName), err)
	}
	return ParseLocation(c.Store)
}

// ParseLocation reads postgres://… or the path of an SQLite file.
func ParseLocation(s string) (Location, error) {
	if strings.HasPrefix(s, "postgres://") || strings.HasPrefix(s, "postgresql://") {
		if _, err := url.Parse(s); err != nil {
			return Location{}, errors.New("PostgreSQL 地址写得不对，应为 postgres://用户:口令@主机:端口/库名（口令里的特殊字符要写成 %XX）")
		}
		return Location{Engine: Postgres, DSN: s}, nil
	}
	if s == "" || strings.Contains(s, "://") {
		return Location{}, fmt.Errorf("业务库 %q 认不出：应为 postgres://用户:口令@主机:端口/库名，或 SQLite 文件的路径", s)
	}
	return Location{Engine: SQLite, Path: s}, nil
}

// Remember makes a data directory use this store from now on.
func (l Location) Remember(dataDir string) error {
	s := l.DSN
	if l.Engine == SQLite {
		abs, err := filepath.Abs(l.Path)
		if err != nil {
			return err
		}
		s = abs
	}
	b, err := json.Marshal(map[string]string{"store": s})
	if err != nil {
		return err
	}
	path := filepath.Join(dataDir, ConfigName)
	tmp := path + ".tmp"
	if err := os.WriteFile(tmp, append(b, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(tmp, path)
}

// String names the store without its password.
func (l Location) String() string {
	if l.Engine == SQLite {
		return l.Path
	}
	u, err := url.Parse(l.DSN)
	if err != nil {
		return "postgres"
	}
	return u.Redacted()
}
