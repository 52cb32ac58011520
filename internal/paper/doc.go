// Package paper makes documents that are printed, signed and filed: a template in plain text and the facts it is about become a page in
// DOCX (to be worked on) and in PDF (to be served).
//
// A template is Markdown with a short head in YAML and text/template actions; a bureau may lay its own beside the shipped ones. What facts
// say is set as they say it: no character of a fact can become markup. The package knows neither findings nor HTTP; package paper/forms
// gathers the facts of each document. DESIGN.md beside this file draws the way.
package paper
