package pay

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Set changes single values of a parameter file: 310.rate, 310.high.times, 310.hospitals.3. The first word is the insurance
// type. A value that is not there yet is added; an empty one is taken away. The result is read as a whole, so that what does
// not fit together is told.
func Set(file []byte, values map[string]string) (*Params, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(file, &doc); err != nil {
		return nil, err
	}
	if len(doc.Content) == 0 {
		return nil, fmt.Errorf("参数文件是空的")
	}
	for _, k := range slices.Sorted(maps.Keys(values)) {
		path := append([]string{"insurance"}, strings.Split(k, ".")...)
		if len(path) < 3 || slices.Contains(path, "") {
			return nil, fmt.Errorf("参数名 %q 要写成 310.rate、310.high.times 这样", k)
		}
		if inst := child(child(doc.Content[0], "insurance"), path[1]); inst == nil {
			return nil, fmt.Errorf("参数里没有险种 %s", path[1])
		}
		put(doc.Content[0], path, values[k])
	}
	var b bytes.Buffer
	if err := yaml.NewEncoder(&b).Encode(&doc); err != nil {
		return nil, err
	}
	return ParseParams(b.Bytes())
}

func child(n *yaml.Node, key string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

func put(n *yaml.Node, path []string, value string) {
	next := child(n, path[0])
	if len(path) == 1 {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if value == "" && n.Content[i].Value == path[0] {
				n.Content = slices.Delete(n.Content, i, i+2)
				return
			}
		}
		if next == nil && value != "" {
			n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: path[0]}, &yaml.Node{Kind: yaml.ScalarNode, Value: value})
		} else if next != nil {
			*next = yaml.Node{Kind: yaml.ScalarNode, Value: value}
		}
		return
	}
	if next == nil || next.Kind != yaml.MappingNode {
		fresh := yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		if next == nil {
			if value == "" {
				return
			}
			next = &yaml.Node{}
			n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: path[0]}, next)
		}
		*next = fresh
	}
	put(next, path[1:], value)
}
