// Package auth says who may do what: users with roles and two data scopes, API keys of calling systems, and the audit trail
// of what was done. It knows no HTTP and no screens; sessions come with the server. Rows live in the store.
//
// DESIGN.md beside this file says what is protected against whom.
package auth
