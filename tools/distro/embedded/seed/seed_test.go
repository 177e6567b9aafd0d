package seed

import (
	"bytes"
	"testing"
	"time"
)

const id = "01234567-89ab-cdef-0123-456789abcdef"

var began = time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)

func object(key string, made time.Time) Entry {
	value := append([]byte("k8s\x00 "+id+" "), number(made)...)
	return Entry{Key: key, Value: append(value, text(made)...)}
}

func TestASeedSproutsAsANewObject(t *testing.T) {
	entries, err := Make([]Entry{object("/registry/namespaces/x", began.Add(2*time.Second))}, began)
	if err != nil {
		t.Fatal(err)
	}
	if want := object("", epoch).Value; !bytes.Equal(entries[0].Value, want) {
		t.Errorf("made %q, want %q", entries[0].Value, want)
	}
	if entries[0].UID != id {
		t.Errorf("its identity is %q", entries[0].UID)
	}
}

func TestTwoClustersShareNoIdentity(t *testing.T) {
	version := newest(t)
	now := time.Now()
	first, err := For(version, now)
	if err != nil {
		t.Fatal(err)
	}
	second, err := For(version, now)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for _, e := range append(first, second...) {
		if e.UID == "" {
			continue
		}
		if other := seen[e.UID]; other != "" {
			t.Errorf("%s and %s are both %s", e.Key, other, e.UID)
		}
		seen[e.UID] = e.Key
		dated := bytes.Contains(e.Value, number(now)) || bytes.Contains(e.Value, text(now))
		if !bytes.Contains(e.Value, []byte(e.UID)) || !dated {
			t.Errorf("%s was not made anew", e.Key)
		}
		if bytes.Contains(e.Value, number(epoch)) || bytes.Contains(e.Value, text(epoch)) {
			t.Errorf("%s is as old as the seed", e.Key)
		}
	}
}

func newest(t *testing.T) string {
	t.Helper()
	found, err := files.ReadDir(".")
	if err != nil || len(found) == 0 {
		t.Fatalf("no seeds: %v", err)
	}
	name := found[len(found)-1].Name()
	return name[:len(name)-len(File(""))]
}

func TestAVersionWithoutSeedHasNone(t *testing.T) {
	entries, err := For("v0.0.0", time.Now())
	if err != nil || len(entries) > 0 {
		t.Errorf("got %d objects, %v", len(entries), err)
	}
}

func TestWhatBelongsToOneStartIsLeftOut(t *testing.T) {
	for key, belongs := range map[string]bool{
		"/registry/namespaces/default":                                  true,
		"/registry/clusterroles/system:nodes":                           true,
		"/registry/apiregistration.k8s.io/apiservices/v1.events.k8s.io": true,
		"/registry/services/specs/default/kubernetes":                   true,
		"/registry/events/default/x":                                    false,
		"/registry/leases/kube-system/x":                                false,
		"/registry/minions/embedded-1":                                  false,
		"/registry/configmaps/default/kube-root-ca.crt":                 false,
		"/registry/clustertrustbundles/x":                               false,
		"/registry/certificates.k8s.io/clustertrustbundles/x":           false,
		"compact_rev_key":                                               false,
	} {
		if Belongs(key) != belongs {
			t.Errorf("%s belongs into a seed: %v", key, !belongs)
		}
	}
}

func TestAReferenceToAnotherObjectIsNoticed(t *testing.T) {
	two := Entry{Key: "/registry/x/y", Value: []byte(id + " 11111111-89ab-cdef-0123-456789abcdef")}
	if _, err := Make([]Entry{two}, began); err == nil {
		t.Error("a seed would point to an object that is not there")
	}
}

func TestASeedIsReadAsItWasWritten(t *testing.T) {
	folder := t.TempDir()
	entries, err := Make([]Entry{object("/registry/b", began), object("/registry/a", began)}, began)
	if err != nil {
		t.Fatal(err)
	}
	if err := Write(folder, "v1", entries); err != nil {
		t.Fatal(err)
	}
	back, err := Read(folder, "v1")
	if err != nil || len(back) != 2 || back[0].Key != "/registry/a" || !bytes.Equal(back[0].Value, entries[0].Value) {
		t.Errorf("got %v, %v", back, err)
	}
}
