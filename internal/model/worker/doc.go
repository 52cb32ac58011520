// Package worker runs models and analysts' queries in a child process of the program: it builds the approved views from
// the lake, opens them read-only in DuckDB within limits of memory, processor and time, and stops what goes beyond. Child
// is what the child process runs; Run is how others start one. It decides nothing about cases and knows no HTTP.
//
// Only Child and what it calls may open DuckDB.
package worker
