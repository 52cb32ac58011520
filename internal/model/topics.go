package model

import (
	_ "embed"
	"fmt"

	"gopkg.in/yaml.v3"
)

// Topic is a saved view over what cards found: a named model of the bureau's that is a card already. It has no verdict of
// its own.
type Topic struct {
	ID      string   `yaml:"id" json:"id"`
	Name    string   `yaml:"name" json:"name"`
	Purpose string   `yaml:"purpose" json:"purpose"`
	Cards   []string `yaml:"cards" json:"cards"`
	Picture string   `yaml:"picture" json:"picture"`
}

//go:embed topics.yaml
var topics []byte

// Topics lists the topics that come with the program.
func Topics() ([]Topic, error) {
	var out []Topic
	if err := yaml.Unmarshal(topics, &out); err != nil {
		return nil, fmt.Errorf("主题文件：%w", err)
	}
	return out, nil
}
