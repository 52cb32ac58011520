// Package fsi speaks the national interface of designated institutions (定点医药机构接口): it reads the audit transactions
// 3101, 3102 and 3103 with their regional variants and the settlement and detail shapes, and writes their answers.
//
//	bytes → Profile.Read → Message{Envelope, Request | Feedback | Bill} → Engine.Check → Answer → bytes
//
// It knows messages, signatures and HTTP; it does not know rules, history or how an answer is stored. What a region does
// otherwise is a row in a profile, never a branch in the code.
package fsi
