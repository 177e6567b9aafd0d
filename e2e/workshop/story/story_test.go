package story

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestAfterAChapterThatCouldNotBeDoneTheFollowingOnesRefuse(t *testing.T) {
	g := gomega.NewWithT(t)
	world := &World{}
	done := 0
	good := Chapter{Title: "Install", Do: func(context.Context, *World) error { done++; return nil }}
	bad := Chapter{Title: "Upgrade", Do: func(context.Context, *World) error { return errors.New("no such chart") }}

	g.Expect(good.Tell(t.Context(), world)).To(gomega.Succeed())
	g.Expect(bad.Tell(t.Context(), world)).To(gomega.MatchError("no such chart"))
	g.Expect(good.Tell(t.Context(), world)).To(gomega.MatchError(`the chapter "Upgrade" could not be done, so this one cannot start`))
	g.Expect(bad.Tell(t.Context(), world)).To(gomega.MatchError(gomega.ContainSubstring(`the chapter "Upgrade"`)), "the first cause stays")
	g.Expect(done).To(gomega.Equal(1))
}

func TestPromisesAreAnsweredInTheirOrder(t *testing.T) {
	g := gomega.NewWithT(t)
	var c Chapter
	for i := range 20 {
		c.Promises = append(c.Promises, Promise{Text: fmt.Sprint(i), Keep: func(context.Context, *World) error {
			if i%3 == 0 {
				return nil
			}
			return fmt.Errorf("seen %d", i)
		}})
	}
	for i, err := range c.Check(t.Context(), &World{}) {
		if i%3 == 0 {
			g.Expect(err).ToNot(gomega.HaveOccurred())
		} else {
			g.Expect(err).To(gomega.MatchError(fmt.Sprint("seen ", i)))
		}
	}
}

// Specs are named after titles and texts: two of one name could not be told apart in a report.
func TestEveryPromiseHasANameOfItsOwn(t *testing.T) {
	g := gomega.NewWithT(t)
	seen := map[string]bool{}
	for _, chapter := range Chapters() {
		g.Expect(chapter.Command).ToNot(gomega.BeEmpty(), chapter.Title)
		g.Expect(chapter.Promises).ToNot(gomega.BeEmpty(), chapter.Title)
		for _, promise := range chapter.Promises {
			name := chapter.Title + ": " + promise.Text
			g.Expect(seen).ToNot(gomega.HaveKey(name))
			seen[name] = true
		}
	}
}

// Tellings run side by side: what one does in its namespace the other must not see.
func TestTellingsDoNotShareANamespace(t *testing.T) {
	g := gomega.NewWithT(t)
	seen := map[string]string{}
	for _, telling := range Tellings() {
		g.Expect(seen).ToNot(gomega.HaveKey(telling.Namespace))
		seen[telling.Namespace] = telling.Name
	}
	g.Expect(seen).To(gomega.HaveKey(Namespace), "one is told exactly as the workshop has it")
}

func TestTheWorkshopsOwnValuesAreRead(t *testing.T) {
	g := gomega.NewWithT(t)
	g.Expect(slaveless()).To(gomega.BeEquivalentTo(map[string]any{
		"redis": map[string]any{"slaveEnabled": false}, "service": map[string]any{"type": "NodePort"},
	}))
}

func TestAServiceIsSpelledByWhatMustNotChange(t *testing.T) {
	g := gomega.NewWithT(t)
	service := &corev1.Service{Spec: corev1.ServiceSpec{ClusterIP: "10.96.1.2", Ports: []corev1.ServicePort{{NodePort: 30080}}}}
	g.Expect(address(service)).To(gomega.Equal("cluster IP 10.96.1.2 and node port 30080"))
	pods := []corev1.Pod{{ObjectMeta: metav1.ObjectMeta{Name: "one"}}, {ObjectMeta: metav1.ObjectMeta{Name: "two"}}}
	g.Expect(names(pods)).To(gomega.Equal("one, two"))
	g.Expect(sorted(withSlaves())).To(gomega.Equal("guestbook-demo, redis-master, redis-slave"))
}
