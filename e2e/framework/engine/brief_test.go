package engine

import (
	"testing"

	"github.com/onsi/gomega"
)

func TestBrieflyEachEngineHasOneReason(t *testing.T) {
	g := gomega.NewWithT(t)
	err := &NotUsableError{Rejections: []Rejection{
		{Engine: "podman", Cause: "cannot mount proc\nand more of it", Remedy: "run as root"},
		{Engine: "docker", Cause: "not installed"},
	}}
	g.Expect(err.Brief()).To(gomega.Equal(
		"no container engine here can run a Kubernetes node (podman: cannot mount proc; docker: not installed)"))
}
