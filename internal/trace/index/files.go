package index

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
)

// instDict numbers institutions. It only grows, and a number is durable before a record uses it.
type instDict struct {
	mu    sync.RWMutex
	f     *os.File
	codes map[string]uint32
	names []string
}

func (d *instDict) open(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	d.f, d.codes, d.names = f, map[string]uint32{"": 0}, []string{""}
	good := int64(0)
	r := bufio.NewReader(f)
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			break // a line cut short was never used
		}
		good += int64(len(line))
		name := strings.TrimSuffix(line, "\n")
		d.codes[name] = uint32(len(d.names))
		d.names = append(d.names, name)
	}
	return f.Truncate(good)
}

func (d *instDict) name(n uint32) string {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if int(n) < len(d.names) {
		return d.names[n]
	}
	return ""
}

func (d *instDict) code(name string) (uint32, error) {
	d.mu.RLock()
	n, ok := d.codes[name]
	d.mu.RUnlock()
	if ok {
		return n, nil
	}
	if strings.ContainsAny(name, "\r\n") || len(name) > 100 {
		return 0, fmt.Errorf("机构编码 %q 不能用", name)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if n, ok := d.codes[name]; ok {
		return n, nil
	}
	if _, err := d.f.WriteString(name + "\n"); err != nil {
		return 0, err
	}
	if err := d.f.Sync(); err != nil {
		return 0, err
	}
	n = uint32(len(d.names))
	d.codes[name] = n
	d.names = append(d.names, name)
	return n, nil
}

func (d *instDict) close() {
	if d.f != nil {
		d.f.Close()
	}
}

func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// publish replaces the manifest.
func (x *Index) publish(m manifest) error {
	b, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return err
	}
	tmp := x.path("tmp-manifest")
	f, err := os.Create(tmp)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(tmp, x.path(manifestName)); err != nil {
		return err
	}
	return syncDir(x.dir)
}
