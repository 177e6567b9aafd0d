package rules

import (
	"regexp"
	"strings"
	"testing"
	"testing/quick"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestFor(t *testing.T) {
	t.Parallel()
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web-57-a", Labels: map[string]string{"app": "web", "tier": "front"}}}
	app := Container{Name: "app", Image: "redis"}
	setUp := Container{Name: "set-up", Image: "redis", Extra: true}
	for _, test := range []struct {
		name  string
		match Match
		of    Container
		want  bool
	}{
		{"nothing given", Match{}, app, true},
		{"nothing given, and an init container", Match{}, setUp, false},
		{"its namespace", Match{Namespace: "shop"}, app, true},
		{"another namespace", Match{Namespace: "bank"}, app, false},
		{"some of its labels", Match{Labels: map[string]string{"app": "web"}}, app, true},
		{"a label it has with another value", Match{Labels: map[string]string{"app": "db"}}, app, false},
		{"a label it does not have", Match{Labels: map[string]string{"zone": ""}}, app, false},
		{"its container", Match{Container: "app"}, app, true},
		{"another container", Match{Container: "set-up"}, app, false},
		{"an init container by name", Match{Container: "set-up"}, setUp, true},
		{"an init container by image", Match{Image: "redis"}, setUp, true},
		{"its name", Match{NameGlob: "web-*"}, app, true},
		{"another name", Match{NameGlob: "web"}, app, false},
		{"the image with any tag", Match{Image: "redis:*"}, app, true},
		{"the image in full", Match{Image: "docker.io/library/redis:latest"}, app, true},
		{"any image of a registry", Match{Image: "docker.io/*"}, app, true},
		{"another tag", Match{Image: "redis:7"}, app, false},
		{"one of two that do not fit", Match{Namespace: "shop", Container: "other"}, app, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			all := &Rules{Pods: []Rule{{Match: test.match}}}
			if got := all.For(pod, test.of) != nil; got != test.want {
				t.Errorf("%+v matches %+v: got %t, want %t", test.match, test.of, got, test.want)
			}
		})
	}
}

func TestTheFirstRuleDecides(t *testing.T) {
	t.Parallel()
	all := &Rules{Pods: []Rule{
		{Match: Match{Container: "other"}, Behave: Fail},
		{Match: Match{Container: "app"}, Behave: Works},
		{Behave: NeverReady},
	}}
	if got := all.For(&corev1.Pod{}, Container{Name: "app"}); !got.Is(Works) {
		t.Errorf("rule: got %+v, want the one that lets it work", got)
	}
	if got := (*Rules)(nil).For(&corev1.Pod{}, Container{Name: "app"}); got != nil {
		t.Errorf("rule without rules: got %+v", got)
	}
}

func TestContainersOfAPod(t *testing.T) {
	t.Parallel()
	pod := &corev1.Pod{Spec: corev1.PodSpec{
		InitContainers:      []corev1.Container{{Name: "first"}},
		Containers:          []corev1.Container{{Name: "app"}},
		EphemeralContainers: []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: "debug"}}},
	}}
	var extra []string
	for _, c := range Containers(pod) {
		if c.Extra {
			extra = append(extra, c.Name)
		}
	}
	if got := strings.Join(extra, " "); got != "first debug" {
		t.Errorf("containers that only rules by name are about: got %q", got)
	}
}

// A pattern means what the regular expression means that is made from it.
func TestGlobIsARegularExpression(t *testing.T) {
	t.Parallel()
	// Few letters, so that texts and patterns meet.
	fewLetters := func(s []byte, letters string) string {
		var b strings.Builder
		for _, c := range s {
			b.WriteByte(letters[int(c)%len(letters)])
		}
		return b.String()
	}
	same := func(p, s []byte) bool {
		pattern, text := fewLetters(p[:min(len(p), 8)], "ab*?/"), fewLetters(s[:min(len(s), 10)], "ab/")
		quoted := strings.NewReplacer("*", ".*", "?", ".").Replace(pattern)
		return glob(pattern, text) == regexp.MustCompile("^(?s:"+quoted+")$").MatchString(text)
	}
	if err := quick.Check(same, &quick.Config{MaxCount: 20000}); err != nil {
		t.Error(err)
	}
}
