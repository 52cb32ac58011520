// Package remind is what lies between a verdict and a person: it chooses which of an answer's reminders are worth an
// interruption, says them in few words with what may be done, remembers what was said and what was answered, and measures
// how often it interrupts.
//
//	Request, Answer → Choose → Decision → encoded by whoever called
//	                     ↓ entry
//	                  journal (kept before the answer leaves) → Drain → operational store → quiet rules, inbox, proposals, statistics
//
// It knows neither HTTP nor anybody's message format, judges nothing itself, and changes no verdict: what it holds back is
// kept with the reason. What it lets through is data: area parameters, who sits before which screen, reason codes, what is
// nobody else's business. DESIGN.md says what was chosen where the texts are silent.
package remind
