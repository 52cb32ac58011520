// Package api is the programs' way to what the commands do: sign in, the life of rules and points, overrides, exemptions, quality,
// findings and long work, over HTTP with an OpenAPI 3.1 document.
//
// It decides nothing: package govern does, with the same rules as for the commands; permissions and scopes are package auth's, and what
// lies outside a scope is left out by the store. Here is only who calls, in which shape, and what an error is called. DESIGN.md beside
// this file says how a call is let in.
//
// An area with many operations has a package of its own beside this one (api/<area>) with a func(*API) that adds them: Add registers an
// operation, Need says who may call it, Who and ScopeOf tell who does, Paging, List, Paged, Tagged and Matched are the shapes. The list of
// areas is internal/cli/serveapi.go.
package api
