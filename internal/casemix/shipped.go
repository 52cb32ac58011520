package casemix

import (
	"embed"
	"io/fs"
)

//go:embed scheme
var shipped embed.FS

// Shipped is the small scheme that comes with the project: its own groups over generic ICD categories, for the sample
// city and for learning the format. It pays nobody.
func Shipped() (*Scheme, error) { return Load(ShippedTables()) }

// ShippedTables are its tables.
func ShippedTables() fs.FS {
	sub, err := fs.Sub(shipped, "scheme")
	if err != nil {
		panic(err) // the name above is valid
	}
	return sub
}
