// Package trace is the supervision of drug trace codes and of stock: the life of every box across institutions, the index
// that stops its second sale, the ledger of purchase, sale and stock, what prefixes mean, and the pile of clues.
//
// What a code says and when a sale is one too many is judged in trace/life, which rule reads as well; the index on disk is
// trace/index; 3501–3507 are read in trace/upload. The package knows no HTTP and no SQL.
package trace
