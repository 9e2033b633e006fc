package view

import (
	"net/http"
	"strconv"
)

// HomePage is the front page.
type HomePage struct {
	BaseURL     string // under which people reach this server
	Development bool   // offers the tools of development: GraphiQL, the demo sign-ins
	Mailbox     bool   // and the mailbox, where mail does not go to a server
	SignIns     []DemoSignIn
}

// DemoSignIn is a person of the demo data whom one can sign in as with one press. Shown in development only.
type DemoSignIn struct {
	Email    string
	Password string
	Who      string // "owner of Ada & Co"
}

// Home shows the front page.
func Home(w http.ResponseWriter, h HomePage) {
	render(w, http.StatusOK, "home", page{Title: "Who may open which account", Wide: h.Development, Data: h})
}

const (
	brokenTitle    = "Something went wrong"
	brokenSentence = "The page could not be shown. The fault is ours; nothing you did was lost. Please try again in a minute."
)

type problemPage struct {
	Sentence  string
	RequestID string
}

// Problem shows that a request was not done: title says what happened, sentence why and what to do. RequestID, if there is one, is what a
// person tells us when asking for help.
func Problem(w http.ResponseWriter, status int, title, sentence, requestID string) {
	render(w, status, "problem", page{Title: title, Mark: "bad", Data: problemPage{Sentence: sentence, RequestID: requestID}})
}

// number writes small numbers as words, as sentences do.
func number(n int) string {
	words := []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}
	if n >= 0 && n < len(words) {
		return words[n]
	}
	return strconv.Itoa(n)
}
