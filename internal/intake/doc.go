// Package intake takes the findings that an audit published into the operational store, so that people can work on them:
// new, same, revised and withdrawn ones are told apart, and nothing that people decided is changed. It stands between audit,
// which knows no store, and store, which knows no audit; it knows neither SQL nor rules nor who works on a finding.
//
// DESIGN.md beside this file says how it stays whole when it is killed.
package intake
