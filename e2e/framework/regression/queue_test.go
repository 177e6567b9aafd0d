package regression

import (
	"errors"
	"testing"

	"github.com/onsi/gomega"
)

func TestAQueueDoesOneThingAfterTheOtherBesideItsUser(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	var q queue
	g.Expect(q.wait()).To(gomega.Succeed(), "an empty one")
	var done []int
	begin := make(chan struct{})
	for i := range 5 {
		q.add(func() error {
			<-begin
			done = append(done, i) // Without a lock: they must not meet.
			return nil
		})
	}
	close(begin)
	g.Expect(q.wait()).To(gomega.Succeed())
	g.Expect(done).To(gomega.Equal([]int{0, 1, 2, 3, 4}))
}

func TestAQueueLeavesOutWhatComesAfterAFailure(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	away := errors.New("etcd is away")
	var q queue
	q.add(func() error { return away })
	q.add(func() error {
		t.Error("done after a failure")
		return nil
	})
	g.Expect(q.wait()).To(gomega.MatchError(away))
}
