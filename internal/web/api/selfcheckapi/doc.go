// Package selfcheckapi is an institution's own check over HTTP: files up, a check in a child process, its outcome, and the declaration of
// what the institution gives back of its own accord.
//
// Files and outcomes lie in folders of the institution, which only its own users reach; the bureau sees what was declared, not what was
// found. What a declaration is and does is package review's.
package selfcheckapi
