package cli

import (
	"encoding/json"
	"slices"
	"strings"
)

// schema is what the published document says of a value.
type schema struct {
	Ref        string `json:"$ref"`
	Type       any
	Format     string
	Encoding   string `json:"contentEncoding"`
	Enum       []any
	Required   []string
	Properties map[string]*schema
	Items      *schema
	MinLength  int
	MinItems   int
	Minimum    float64
}

// published is what the tests read of the published document.
type published struct {
	Paths map[string]map[string]struct {
		Security   []map[string][]string
		Parameters []struct {
			Name, In string
			Required bool
			Schema   *schema
		}
		RequestBody struct {
			Content map[string]struct{ Schema *schema }
		}
	}
	Components struct{ Schemas map[string]*schema }
}

// least is the smallest value that a schema lets pass: what is refused with it is not refused for its shape.
func (d *published) least(s *schema) any {
	if s.Ref != "" {
		s = d.Components.Schemas[s.Ref[strings.LastIndex(s.Ref, "/")+1:]]
	}
	if len(s.Enum) > 0 {
		return s.Enum[0]
	}
	kind, _ := s.Type.(string)
	if kinds, ok := s.Type.([]any); ok { // or null
		kind, _ = kinds[0].(string)
	}
	switch kind {
	case "object":
		out := map[string]any{}
		for name, p := range s.Properties {
			if slices.Contains(s.Required, name) && name != "$schema" {
				out[name] = d.least(p)
			}
		}
		return out
	case "array":
		out := []any{}
		for range s.MinItems {
			out = append(out, d.least(s.Items))
		}
		return out
	case "string":
		switch {
		case s.Format == "date":
			return "2025-12-01"
		case s.Encoding == "base64":
			return "JVBERi0="
		}
		return strings.Repeat("试", max(2, s.MinLength))
	case "integer", "number":
		return max(1, s.Minimum)
	case "boolean":
		return true
	}
	return nil
}

// formStart is how a body begins that is a form with a file.
const formStart = "--scope\r\n"

// body is the smallest request of an operation, nil when it takes none.
func (d *published) body(path, method string) []byte {
	if method == "POST" && strings.HasSuffix(path, "/files") {
		return []byte(formStart + "Content-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n病历\r\n" + strings.TrimRight(formStart, "\r\n") + "--\r\n")
	}
	if strings.HasPrefix(path, "/api/trace/clues/") && strings.HasSuffix(path, "/papers") {
		b, err := json.Marshal(aPaper)
		if err != nil {
			panic(err)
		}
		return b
	}
	for kind, c := range d.Paths[path][strings.ToLower(method)].RequestBody.Content {
		if kind != "application/json" {
			return []byte("一个文件")
		}
		b, err := json.Marshal(d.least(c.Schema))
		if err != nil {
			panic(err)
		}
		return b
	}
	return nil
}
