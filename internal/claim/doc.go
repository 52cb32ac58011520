// Package claim holds the facts of supervision: who was treated where, when, for what and for how much.
//
// It declares the input tables (tables.go), the units every other package counts in (units.go), columnar rows of
// one table (batch.go), and the timeline of one person that rules judge (timeline.go): visits, stays, settlements
// and net fee lines with the context tags that many rules exempt. It knows nothing of rules, files or HTTP.
//
// The way of the data is one-way:
//
//	rows (CSV, Parquet, TSV, a rule's case) → Batch → Assemble → Timeline (settle, net, stays, tags) → judged elsewhere
package claim
