package fsi

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
)

func TestOpenAPI(t *testing.T) {
	t.Parallel()
	s := newStand(t, nil)
	resp, err := http.Get(s.url + OpenAPIPath)
	if err != nil || resp.StatusCode != 200 {
		t.Fatal(resp, err)
	}
	var doc struct {
		Paths      map[string]any
		Components struct{ Schemas map[string]any }
	}
	decodeJSON(t, resp.Body, &doc)
	for path := range doc.Paths {
		at := strings.NewReplacer("{infno}", "3102").Replace(path)
		served := false
		for _, p := range Patterns {
			served = served || at == p || (strings.HasSuffix(p, "/") && strings.HasPrefix(at, p))
		}
		if !served {
			t.Errorf("%s is described and not mounted", path)
		}
	}
	raw := string(openAPI())
	for _, part := range strings.Split(raw, `"$ref":"#/components/schemas/`)[1:] {
		name, _, _ := strings.Cut(part, `"`)
		if doc.Components.Schemas[name] == nil {
			t.Errorf("no schema %s", name)
		}
	}
	var order struct {
		Properties map[string]json.RawMessage
	}
	b, _ := json.Marshal(doc.Components.Schemas["Order"])
	if err := json.Unmarshal(b, &order); err != nil || order.Properties["hilist_code"] == nil {
		t.Error(string(b), err)
	}
}

// TestGuideListsEveryCode holds the error table of the guide to the codes and their HTTP status.
func TestGuideListsEveryCode(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../../docs/医院接入指南.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []Code{NotJSON, Truncated, NotText, TooBig, TooDeep, TooMany, Twice, WrongNode, Missing, UnknownInfno, WrongInfno, WrongType, Encrypted, WrongMethod,
		Unsigned, Forged, Expired, Replayed, OtherScope, TooOften, Refused, BadRelease, Failed} {
		_, row, found := strings.Cut(string(guide), "\n| "+string(c)+" | ")
		cells := strings.Split(strings.SplitN(row, "\n", 2)[0], " | ")
		if !found || len(cells) != 3 || cells[1] != strings.TrimSpace(jsonInt(statusOf(c))) {
			t.Errorf("code %s: the guide says %q, the server answers %d", c, cells, statusOf(c))
		}
	}
}

func jsonInt(n int) string { b, _ := json.Marshal(n); return string(b) }
