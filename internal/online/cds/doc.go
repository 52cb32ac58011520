// Package cds answers CDS Hooks 2.0 (order-select and order-sign) with cards: the same verdict as the national interface gives, for
// systems that speak FHIR R4.
//
//	hook call → prefetch → online.Request (channel "cds") → Engine.Check → reminders → cards; feedback → Reminders.Heard
//
// It knows FHIR and CDS Hooks; it does not know rules, history or how an answer is kept. It never calls back to a FHIR server:
// what is not in the prefetch is not known. What national fields FHIR lacks travel as identifiers, codings and extensions
// named urn:nhsa:<national field>.
package cds
