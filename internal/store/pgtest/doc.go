// Package pgtest gives tests a real PostgreSQL: one server a test process, on loopback, in a temporary folder, stopped and
// removed at the end; a schema of its own for each test. Where there is no PostgreSQL the tests that need it are skipped
// and say so.
package pgtest
