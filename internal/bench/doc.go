// Package bench measures the audit of a synthetic city against ten of its rules written by hand as DuckDB SQL over the
// same files, and proves both sides equal before it says a figure. It may know every package it measures; none of them
// knows it. Every measurement runs in a process of its own, so that no side warms or burdens another.
package bench
