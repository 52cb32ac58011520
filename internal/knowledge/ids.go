package knowledge

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// stableID names a point by what it is about, never by what it says, so that a changed limit is a new version of the
// same point: the rule, then a hash of rule, subject, second subject, scope and the kind of source.
func stableID(rule, subject, second, scope string, source ...string) string {
	parts := append([]string{rule, subject, second, scope}, source...)
	h := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return rule + "-" + hex.EncodeToString(h[:])[:12]
}
