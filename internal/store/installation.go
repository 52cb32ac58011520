package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// installationFile names the data directory: its store must say the same.
const installationFile = "installation.json"

// InstallationID is what a data directory calls itself; the first call makes it up.
func InstallationID(dataDir string) (string, error) {
	path := filepath.Join(dataDir, installationFile)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if b, err = json.Marshal(map[string]string{"id": NewID()}); err != nil {
			return "", err
		}
		f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
		if errors.Is(err, fs.ErrExist) { // another process was faster
			return InstallationID(dataDir)
		}
		if err != nil {
			return "", err
		}
		_, err = f.Write(append(b, '\n'))
		if err := errors.Join(err, f.Close()); err != nil {
			return "", err
		}
	} else if err != nil {
		return "", err
	}
	var v struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal(b, &v); err != nil || v.ID == "" {
		return "", fmt.Errorf("%s 已损坏，请从备份恢复", path)
	}
	return v.ID, nil
}
