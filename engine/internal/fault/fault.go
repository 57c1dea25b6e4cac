// Package fault holds the one error type that leaves the engine.
package fault

import (
	"errors"
	"fmt"
)

// Kind says whose error it is; the words are those of the protocol.
type Kind string

// The kinds of the protocol.
const (
	Input    Kind = "input"
	Refused  Kind = "refused"
	Limit    Kind = "limit"
	Internal Kind = "internal"
)

// Fault is an error with the fields that the protocol carries. File is a path in the tree, Line counts from 1, Limit names the limit that
// was passed. Fatal says that the process cannot go on after it.
type Fault struct {
	Kind    Kind
	Message string
	File    string
	Line    int
	Limit   string
	Fatal   bool
	Cause   error
}

// Error gives the message with its place.
func (f *Fault) Error() string {
	switch {
	case f.File == "":
		return f.Message
	case f.Line > 0:
		return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Message)
	default:
		return f.File + ": " + f.Message
	}
}

// Unwrap gives the error underneath, if there is one.
func (f *Fault) Unwrap() error { return f.Cause }

// New makes a fault of the kind.
func New(kind Kind, file string, format string, args ...any) *Fault {
	return &Fault{Kind: kind, File: file, Message: fmt.Sprintf(format, args...)}
}

// Over makes the fault of a passed limit.
func Over(limit, file string, format string, args ...any) *Fault {
	f := New(Limit, file, format, args...)
	f.Limit = limit
	return f
}

// At gives the fault a line and returns it.
func (f *Fault) At(line int) *Fault {
	f.Line = line
	return f
}

// Of finds the fault in err's chain; an error without one becomes an input fault with its text.
func Of(err error) *Fault {
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	return &Fault{Kind: Input, Message: err.Error(), Cause: err}
}
