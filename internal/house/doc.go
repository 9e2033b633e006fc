// Package house holds tests that look at several rooms at once: what may import what, whether rules, constraints and
// policies say the same, what happens when many come at once, and what the front door answers to whatever a client can
// send. It has no code of its own.
//
// SOAK=1 runs the races a thousand times each and sends many more bad requests.
package house
