// Package peopleapi is the console's way to accounts, API keys, experts' terms and the audit trail. Who may do what to an account, and what
// is written down of it, is package auth's and package review's; here are the shapes.
package peopleapi
