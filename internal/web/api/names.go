package api

import (
	"path"
	"reflect"
	"regexp"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

var packageOf = regexp.MustCompile(`([a-z]\w*)\.\w+`)

// names gives types their names in the description. Areas name their types for themselves; of two with the same name the later one is
// called by its area too.
func names() func(reflect.Type, string) string {
	taken := map[string]reflect.Type{}
	return func(t reflect.Type, hint string) string {
		for t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		name := huma.DefaultSchemaNamer(t, hint)
		if was, ok := taken[name]; ok && was != t && t.Name() != "" {
			area := strings.TrimSuffix(path.Base(t.PkgPath()), "api")
			if m := packageOf.FindStringSubmatch(t.Name()); m != nil { // of a list the type of its items says more
				area = strings.TrimSuffix(m[1], "api")
			}
			if area != "" {
				name = strings.ToUpper(area[:1]) + area[1:] + name
			}
		}
		taken[name] = t
		return name
	}
}
