package acceptance

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"regexp"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/client-go/kubernetes/scheme"

	"seatrial/tools/distro/embedded/seed"
)

// random are the parts of an object that no two starts have in common.
var random = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// A start without seed also shows that the control plane can do without.
func TestTheSeedIsWhatAFirstStartCreates(t *testing.T) {
	const remedy = `run "go generate ./embedded/seed" in tools/distro`
	folder, version := t.TempDir(), kubernetesVersion(t)
	if out, err := exec.CommandContext(t.Context(), binary(t), "--write-seed", folder, "--stay").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	fresh := values(t, func() ([]seed.Entry, error) { return seed.Read(folder, version) })
	stored := values(t, func() ([]seed.Entry, error) { return seed.Stored(version) })
	if len(fresh) < 100 {
		t.Errorf("a first start creates %d objects only", len(fresh))
	}
	for key, value := range fresh {
		if !bytes.Equal(value, stored[key]) {
			t.Errorf("%s is not in the seed as it is created: %s\ncreated: %q\nseed:    %q", key, remedy, value, stored[key])
		}
	}
	for key := range stored {
		if fresh[key] == nil {
			t.Errorf("%s is in the seed but is not created: %s", key, remedy)
		}
	}
}

func values(t *testing.T, read func() ([]seed.Entry, error)) map[string][]byte {
	t.Helper()
	entries, err := read()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]byte{}
	for _, e := range entries {
		value := e.Value
		if e.Key == shared {
			value = withoutManagers(t, value)
		}
		found[e.Key] = random.ReplaceAll(value, nil)
	}
	return found
}

// shared is an object that two controllers say the same of, with the time: on a busy machine
// they come in two different seconds, and then only one of them is told to manage it.
const shared = "/registry/servicecidrs/kubernetes"

func withoutManagers(t *testing.T, value []byte) []byte {
	t.Helper()
	object, _, err := scheme.Codecs.UniversalDeserializer().Decode(value, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	about, err := meta.Accessor(object)
	if err != nil {
		t.Fatal(err)
	}
	about.SetManagedFields(nil)
	text, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
