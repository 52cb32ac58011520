// Package counter is the goods desk of a running service: it takes 3501–3507 and the codes that settlements bring, asks the index
// whether a box may go, and keeps every row that it acknowledged until an import takes it to the lake.
//
// It owns the index of its data directory and the inbox beside it. It knows no HTTP and no rule: what a second sale does to the
// call (Stop) is told to it.
package counter
