package dip

import (
	"embed"
	"io/fs"
)

//go:embed sample
var shipped embed.FS

// Shipped is the small catalogue that comes with the project, for the sample city and for learning the format.
func Shipped() (*Catalogue, error) {
	sub, err := fs.Sub(shipped, "sample")
	if err != nil {
		return nil, err
	}
	return Load(sub)
}
