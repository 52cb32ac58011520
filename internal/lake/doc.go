// Package lake keeps the facts of one installation: it imports the files that agencies and hospitals hand over into a
// directory of immutable Parquet files, integer-coded, in buckets by person, and reads them back as claim.Batch in the
// order the audit judges. It knows tables, persons and months; it knows nothing of rules, findings or HTTP.
//
// DESIGN.md beside this file says why it is built this way and what must not be broken.
package lake
