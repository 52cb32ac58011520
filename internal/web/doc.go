// Package web is the server: one HTTP listener on which the handlers of the packages above it are mounted, with what all of them
// need and none should write twice: request numbers, logs without personal data, limits, errors in one shape, health, metrics,
// TLS, reload and an orderly stop.
//
// It does not know what a mounted handler answers, and opens neither the data directory nor the store: package cli puts a
// server together. DESIGN.md beside this file draws a request's way.
package web
