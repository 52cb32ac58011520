package model

import (
	"hash/fnv"
	"slices"
	"unicode"

	"encoding/binary"

	minhashlsh "github.com/ekzhu/minhash-lsh"
)

// Text is a document to compare: documents of one owner are never compared with each other, nor are those of different cells.
type Text struct {
	Node, Owner, Cell int64
	Body              string
}

// LikeRule says what counts as alike.
type LikeRule struct {
	Least  float64 // Jaccard of the shingles, 0 … 1
	MinLen int     // letters a document needs to be compared at all: short standard phrases are everybody's
}

const (
	shingleLen = 4
	hashes     = 96
	crowdCap   = 64 // candidates compared per document: a template in a thousand copies is found by fewer
	hashSeed   = 20250701
)

// Alike returns the pairs of documents that are alike, once each, with their likeness. Candidates come from MinHash with
// locality sensitive hashing; every pair is then verified on the shingles themselves, so that chance of the hashing can only miss, never accuse.
func Alike(texts []Text, r LikeRule) []Link {
	byCell := map[int64][]int{}
	var cells []int64
	for i := range texts {
		if byCell[texts[i].Cell] == nil {
			cells = append(cells, texts[i].Cell)
		}
		byCell[texts[i].Cell] = append(byCell[texts[i].Cell], i)
	}
	slices.Sort(cells)
	var out []Link
	for _, c := range cells {
		out = append(out, alikeIn(texts, byCell[c], r)...)
	}
	return out
}

func alikeIn(texts []Text, of []int, r LikeRule) (out []Link) {
	type doc struct {
		at  int
		set []uint64
	}
	var docs []doc
	same := map[string][]int{} // equal bodies are one document
	for _, i := range of {
		b := Letters(texts[i].Body)
		if len([]rune(b)) < r.MinLen {
			continue
		}
		if same[b] = append(same[b], i); len(same[b]) == 1 {
			docs = append(docs, doc{i, shingles(b)})
		}
	}
	for _, is := range same {
		for k := 1; k < len(is); k++ { // a chain joins them all
			for j := k - 1; j >= 0; j-- {
				if texts[is[j]].Owner != texts[is[k]].Owner {
					out = append(out, link(texts[is[j]].Node, texts[is[k]].Node, 1))
					break
				}
			}
		}
	}
	if len(docs) > 1 {
		lsh := minhashlsh.NewMinhashLSH64(hashes, r.Least)
		sigs := make([][]uint64, len(docs))
		for k := range docs {
			sigs[k] = signature(docs[k].set)
			lsh.Add(k, sigs[k])
		}
		lsh.Index()
		for k := range docs {
			var near []int
			for _, o := range lsh.Query(sigs[k]) {
				if n := o.(int); n > k && texts[docs[n].at].Owner != texts[docs[k].at].Owner {
					near = append(near, n)
				}
			}
			slices.Sort(near)
			for _, n := range near[:min(len(near), crowdCap)] {
				if j := jaccard(docs[k].set, docs[n].set); j >= r.Least {
					out = append(out, link(texts[docs[k].at].Node, texts[docs[n].at].Node, j))
				}
			}
		}
	}
	slices.SortFunc(out, func(x, y Link) int {
		if x.A != y.A {
			return cmp64(x.A, y.A)
		}
		return cmp64(x.B, y.B)
	})
	return out
}

func link(a, b int64, w float64) Link { return Link{A: min(a, b), B: max(a, b), Weight: w} }

// Letters keeps the letters and digits of a text: blanks and punctuation are typed differently by everybody.
func Letters(s string) string {
	var b []rune
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b = append(b, r)
		}
	}
	return string(b)
}

// shingles are the hashes of all runs of four letters, sorted, once each.
func shingles(s string) []uint64 {
	rs := []rune(s)
	var out []uint64
	for i := 0; i+shingleLen <= len(rs); i++ {
		h := fnv.New64a()
		h.Write([]byte(string(rs[i : i+shingleLen])))
		out = append(out, h.Sum64())
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func signature(set []uint64) []uint64 {
	m := minhashlsh.NewMinhash(hashSeed, hashes)
	var b [8]byte
	for _, h := range set {
		binary.BigEndian.PutUint64(b[:], h)
		m.Push(b[:])
	}
	return m.Signature()
}

// jaccard of two sorted sets.
func jaccard(a, b []uint64) float64 {
	n := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			n, i, j = n+1, i+1, j+1
		case a[i] < b[j]:
			i++
		default:
			j++
		}
	}
	if len(a)+len(b) == n {
		return 1
	}
	return float64(n) / float64(len(a)+len(b)-n)
}
