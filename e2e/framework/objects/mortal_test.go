package objects

import (
	"testing"
	"time"

	"github.com/onsi/gomega"
)

func TestOnlyJobsThatAskForItAreTakenAway(t *testing.T) {
	t.Parallel()
	job := Ref{Group: "batch", Kind: "Job", Name: "migrate"}
	asking := func(seconds any) map[string]any {
		return map[string]any{"spec": map[string]any{"ttlSecondsAfterFinished": seconds}}
	}
	for name, c := range map[string]struct {
		ref      Ref
		manifest map[string]any
		after    time.Duration
		limited  bool
	}{
		"as the cluster has it":  {job, asking(int64(60)), time.Minute, true},
		"as JSON has it":         {job, asking(60.0), time.Minute, true},
		"at once":                {job, asking(int64(0)), 0, true},
		"without a time to live": {job, map[string]any{"spec": map[string]any{}}, 0, false},
		"without a manifest":     {job, nil, 0, false},
		"without a real spec":    {job, map[string]any{"spec": "none"}, 0, false},
		"a Job of another group": {Ref{Group: "batch.volcano.sh", Kind: "Job", Name: "migrate"}, asking(int64(60)), 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := gomega.NewWithT(t)
			after, limited := TimeToLive(c.ref, c.manifest)
			g.Expect(limited).To(gomega.Equal(c.limited))
			g.Expect(after).To(gomega.Equal(c.after))
		})
	}
}
