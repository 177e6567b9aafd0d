package browser

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
)

// record is what a tab has said and asked for.
type record struct {
	mutex    sync.Mutex
	messages []string
	requests []string
}

// hear is called for every event of the tab, and must be quick.
func (r *record) hear(event any) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		words := []string{"console." + string(e.Type) + ":"}
		for _, argument := range e.Args {
			words = append(words, spoken(argument))
		}
		r.messages = append(r.messages, strings.Join(words, " "))
	case *runtime.EventExceptionThrown:
		r.messages = append(r.messages, "uncaught: "+thrown(e.ExceptionDetails))
	case *log.EventEntryAdded:
		r.messages = append(r.messages, fmt.Sprintf("%s %s: %s %s", e.Entry.Source, e.Entry.Level, e.Entry.Text, e.Entry.URL))
	case *network.EventRequestWillBeSent:
		r.requests = append(r.requests, e.Request.Method+" "+e.Request.URL)
	}
}

// spoken is an argument of the console.
func spoken(argument *runtime.RemoteObject) string {
	if len(argument.Value) > 0 {
		return string(argument.Value)
	}
	return argument.Description
}

func thrown(details *runtime.ExceptionDetails) string {
	if details.Exception != nil && details.Exception.Description != "" {
		return details.Exception.Description
	}
	return details.Text
}

// Messages are all lines of the tab's console so far: of scripts, uncaught errors, and what the browser itself complains
// of, such as a file that is not there or a policy that was broken.
func (r *record) Messages() []string {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return slices.Clone(r.messages)
}

// Requests are all requests of the tab so far, as method and address, whether answered or not.
func (r *record) Requests() []string {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return slices.Clone(r.requests)
}
