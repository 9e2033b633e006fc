package rule

// Fault is what went wrong with a request before any rule could judge it. Its code is one of a closed list, and its
// message tells nothing but what the asker already knew.
type Fault struct{ Code, Message string }

// FaultCodes are all codes that an error of the API can have. Clients decide by them, so that another one, such as a
// library's own, never passes.
func FaultCodes() []string {
	return []string{"UNAUTHENTICATED", "NOT_FOUND", "BAD_REQUEST", "TOO_MANY_REQUESTS", "TOO_COMPLEX", "OUTCOME_UNKNOWN", "INTERNAL"}
}

// Error makes a fault an error.
func (f Fault) Error() string { return f.Message }

// The faults that rules and use cases answer; the front door has its own for malformed requests.
var (
	// ErrUnauthenticated: somebody has to be signed in.
	ErrUnauthenticated = Fault{"UNAUTHENTICATED", "Sign in first: nobody is signed in, or the session has ended."}
	// ErrNotFound: invisible and absent are the same, to the byte.
	ErrNotFound = Fault{"NOT_FOUND", "There is nothing with this id that you can see."}
	// ErrBusy: too much at once; nothing was done.
	ErrBusy = Fault{"TOO_MANY_REQUESTS", "Too many requests just now. Nothing was done; try again in a moment."}
	// ErrEnough: too many people one at a time today; nothing was done.
	ErrEnough = Fault{"TOO_MANY_REQUESTS", "So many people were added to this account or invited again today, one at a time, that this one was not. Add many people as a list, or go on tomorrow."}
	// ErrManyDocuments: too many documents came into one account today; nothing was kept.
	ErrManyDocuments = Fault{"TOO_MANY_REQUESTS", "So many documents came into this account today that this one was not kept. Go on tomorrow."}
)

// BadRequest is a request that makes no sense, and says how it would.
func BadRequest(message string) Fault { return Fault{"BAD_REQUEST", message} }
