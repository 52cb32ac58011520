package model

import (
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/graph"
	"gonum.org/v1/gonum/graph/community"
	"gonum.org/v1/gonum/graph/simple"
	"gonum.org/v1/gonum/graph/topo"
)

// Link is an edge of a network between two nodes; Weight is how often.
type Link struct {
	A, B   int64
	Weight float64
}

// GroupRule says which groups of a network count.
type GroupRule struct {
	Min   int // members at least
	Core  int // partners each member has inside the group at least
	Split int // components above this are split into dense parts; 0 never
}

// Groups finds the groups of a network: what is left when nodes with fewer than Core partners are taken off again and
// again, in connected components of at least Min members. A component above Split members is divided by modularity, with
// a fixed seed, so that one busy person does not weld strangers together. Groups come ordered by their smallest member, members by number.
func Groups(links []Link, r GroupRule) [][]int64 {
	g := simple.NewWeightedUndirectedGraph(0, 0)
	slices.SortFunc(links, func(x, y Link) int {
		if x.A != y.A {
			return cmp64(x.A, y.A)
		}
		return cmp64(x.B, y.B)
	})
	for _, l := range links {
		if l.A != l.B {
			g.SetWeightedEdge(simple.WeightedEdge{F: simple.Node(l.A), T: simple.Node(l.B), W: l.Weight})
		}
	}
	if r.Core > 1 {
		keep := map[int64]bool{}
		for _, n := range topo.KCore(r.Core, g) {
			keep[n.ID()] = true
		}
		for _, n := range graph.NodesOf(g.Nodes()) {
			if !keep[n.ID()] {
				g.RemoveNode(n.ID())
			}
		}
	}
	var out [][]int64
	for _, c := range topo.ConnectedComponents(g) {
		for _, part := range dense(g, c, r.Split) {
			if len(part) >= r.Min {
				out = append(out, part)
			}
		}
	}
	slices.SortFunc(out, func(a, b []int64) int { return cmp64(a[0], b[0]) })
	return out
}

func cmp64(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// dense returns a component's members, divided where it is larger than split.
func dense(g *simple.WeightedUndirectedGraph, c []graph.Node, split int) [][]int64 {
	ids := numbers(c)
	if split == 0 || len(ids) <= split {
		return [][]int64{ids}
	}
	sub := simple.NewWeightedUndirectedGraph(0, 0)
	for _, id := range ids {
		for _, n := range graph.NodesOf(g.From(id)) {
			if id < n.ID() {
				w, _ := g.Weight(id, n.ID())
				sub.SetWeightedEdge(simple.WeightedEdge{F: simple.Node(id), T: n, W: w})
			}
		}
	}
	var out [][]int64
	for _, part := range community.Modularize(sub, 1, rand.NewPCG(1, 1)).Communities() {
		out = append(out, numbers(part))
	}
	return out
}

func numbers(nodes []graph.Node) []int64 {
	ids := make([]int64, len(nodes))
	for i, n := range nodes {
		ids[i] = n.ID()
	}
	slices.Sort(ids)
	return ids
}
