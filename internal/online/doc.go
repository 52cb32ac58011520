// Package online answers hospitals, clinics and pharmacies before and during
// payment with the verdict that the monthly audit will give: one request's
// orders, the person's history, one Program, one answer.
//
//	Request (decoded by fsi or cds) → rows → history merged in → Eval.Judge → Answer → reminders chosen (remind) → encoded
//
// It knows neither HTTP nor the shape of anybody's messages: package fsi reads
// and writes the national transactions, package cds CDS Hooks, package remind
// chooses what is worth an interruption and remembers what was said.
package online
