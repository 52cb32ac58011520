// Package store is the operational database: what people and the program change one row at a time (findings under review,
// tasks, users, keys, the audit trail), on SQLite or on PostgreSQL behind one port. It holds all SQL of the program; it does
// not know how findings come about, what a role may do or how a record is hashed, and it never reads the lake.
//
// DESIGN.md beside this file says why it is built this way and what must not be broken.
package store
