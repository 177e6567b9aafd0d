package engine

import "strings"

// Brief is the error on one line, for who can do without an engine: each engine and what
// is wrong with it, without the remedies.
func (e *NotUsableError) Brief() string {
	reasons := make([]string, 0, len(e.Rejections))
	for _, rejection := range e.Rejections {
		cause, _, _ := strings.Cut(rejection.Cause, "\n")
		reasons = append(reasons, rejection.Engine+": "+cause)
	}
	return "no container engine here can run a Kubernetes node (" + strings.Join(reasons, "; ") + ")"
}
