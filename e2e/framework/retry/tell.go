package retry

import (
	"context"
	"net/http"
)

// listener is the key of a function in a context.
type listener struct{}

// Tell returns a context whose requests tell a function of every attempt that failed, while they may still be repeated: of a
// request that is repeated until its context ends, nobody hears otherwise what was wrong. A nil tells that one has succeeded.
func Tell(ctx context.Context, trouble func(error)) context.Context {
	return context.WithValue(ctx, listener{}, trouble)
}

// tell tells how an attempt ended. One that ended with its context tells nothing new.
func tell(ctx context.Context, response *http.Response, err error) {
	trouble, ok := ctx.Value(listener{}).(func(error))
	switch {
	case !ok || ctx.Err() != nil:
	case err == nil && !isPassing(response):
		trouble(nil)
	default:
		trouble(reasonOf(response, err))
	}
}
