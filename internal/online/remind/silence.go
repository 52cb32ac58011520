package remind

import (
	"crypto/sha256"
	"encoding/hex"
	"hash/maphash"
	"slices"
	"strings"
	"sync"

	"github.com/mingjian/mingjian/internal/online"
	"github.com/mingjian/mingjian/internal/store"
)

// silences are what calls' cards could not judge. The text is long and nearly always the same, so the log takes it once: calls name it,
// and the record in which it was new carries it.
type silences struct {
	seed maphash.Seed
	mu   sync.RWMutex
	by   map[uint64]*silence
}

type silence struct {
	store.Silence
	kept bool // a record with the text survives the process
}

// mostSilences bounds what is remembered; beyond, texts are told again.
const mostSilences = 4096

func newSilences() *silences { return &silences{seed: maphash.MakeSeed(), by: map[uint64]*silence{}} }

// of is the silence of an answer and whether its text must still be told; nil when everything was judged.
func (s *silences) of(nj []online.NotJudged) (x *silence, tell bool) {
	if len(nj) == 0 {
		return nil, false
	}
	var h maphash.Hash
	h.SetSeed(s.seed)
	for i := range nj {
		h.WriteString(nj[i].Rule)
		h.WriteByte('=')
		h.WriteString(nj[i].Why)
		h.WriteByte('\n')
	}
	k := h.Sum64()
	s.mu.RLock()
	x = s.by[k]
	tell = x != nil && !x.kept
	s.mu.RUnlock()
	if x != nil {
		return x, tell
	}
	lines := make([]string, len(nj))
	for i, n := range nj {
		lines[i] = n.Rule + "=" + n.Why
	}
	slices.Sort(lines)
	text := strings.Join(slices.Compact(lines), "\n")
	sum := sha256.Sum256([]byte(text))
	x = &silence{Silence: store.Silence{ID: hex.EncodeToString(sum[:12]), Text: text}}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.by) >= mostSilences {
		clear(s.by)
	}
	s.by[k] = x
	return x, true
}

// keep notes that the text was told.
func (s *silences) keep(x *silence) {
	s.mu.Lock()
	defer s.mu.Unlock()
	x.kept = true
}
