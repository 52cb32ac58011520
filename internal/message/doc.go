// Package message tells people what happened that concerns them: on the site, by mail, and other programs by HTTP.
//
// What happened is read from what the other packages have recorded (Gather), so that it makes no difference whether somebody did it in the console, on the
// command line or a clock did; nothing calls this package to announce something, but for reports that were made. It decides nothing and knows no HTTP of its
// own side. DESIGN.md beside this file says why nothing is lost or told twice.
package message
