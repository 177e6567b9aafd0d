package address

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/quick"
)

func newPool(t *testing.T, network string) *Pool {
	t.Helper()
	p, err := NewPool(network)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func get(t *testing.T, p *Pool, owner string) string {
	t.Helper()
	at, err := p.Get(owner)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestAnOwnerKeepsItsAddress(t *testing.T) {
	t.Parallel()
	p := newPool(t, "10.244.0.0/16")
	a, b := get(t, p, "a"), get(t, p, "b")
	if a != "10.244.0.1" || b != "10.244.0.2" || get(t, p, "a") != a {
		t.Errorf("addresses: got %s and %s, then %s for the first again", a, b, get(t, p, "a"))
	}
}

func TestAnAddressIsNotGivenOutAgainAtOnce(t *testing.T) {
	t.Parallel()
	p := newPool(t, "10.0.0.0/24")
	first := get(t, p, "a")
	p.Release("a")
	if second := get(t, p, "b"); second == first {
		t.Errorf("the next owner got %s, which was given back a moment before", second)
	}
}

func TestAPoolIsUsedUp(t *testing.T) {
	t.Parallel()
	p := newPool(t, "198.51.100.0/30")
	get(t, p, "a")
	get(t, p, "b")
	if _, err := p.Get("c"); !errors.Is(err, ErrUsedUp) {
		t.Fatalf("third of two addresses: got %v, want that none is left", err)
	}
	p.Release("a")
	p.Release("nobody")
	if at := get(t, p, "c"); at != "198.51.100.1" {
		t.Errorf("after one was given back: got %s", at)
	}
}

func TestAddressesFromBefore(t *testing.T) {
	t.Parallel()
	p := newPool(t, "10.0.0.0/24")
	for range 2 {
		if !p.Keep("old", "10.0.0.1") {
			t.Error("an owner could not keep its address")
		}
	}
	for _, test := range [][2]string{{"thief", "10.0.0.1"}, {"old", "10.0.0.9"}, {"far", "10.0.1.1"}, {"edge", "10.0.0.255"}, {"odd", "x"}} {
		if p.Keep(test[0], test[1]) {
			t.Errorf("%s could keep %s", test[0], test[1])
		}
	}
	if at := get(t, p, "new"); at != "10.0.0.2" {
		t.Errorf("a new owner: got %s", at)
	}
}

func TestNetworksThatAreNone(t *testing.T) {
	t.Parallel()
	for _, network := range []string{"", "10.0.0.0", "10.0.0.0/31", "fd00::/64", "10.0.0.0/4"} {
		if _, err := NewPool(network); err == nil {
			t.Errorf("a pool of %q: want an error", network)
		}
	}
}

// Whatever is asked for and given back, no two owners have the same address.
func TestAddressesNeverCollide(t *testing.T) {
	t.Parallel()
	check := func(steps []uint8) bool {
		p, err := NewPool("10.0.0.0/27")
		if err != nil {
			return false
		}
		owners := map[string]string{}
		for _, step := range steps {
			owner := fmt.Sprint(step % 40)
			if step >= 160 {
				p.Release(owner)
				delete(owners, owner)
				continue
			}
			at, err := p.Get(owner)
			if err != nil {
				if len(owners) != 30 {
					return false
				}
				continue
			}
			owners[owner] = at
		}
		seen := map[string]struct{}{}
		for _, at := range owners {
			seen[at] = struct{}{}
		}
		return len(seen) == len(owners)
	}
	if err := quick.Check(check, &quick.Config{MaxCount: 2000}); err != nil {
		t.Error(err)
	}
}

func TestAddressesNeverCollideInParallel(t *testing.T) {
	t.Parallel()
	p := newPool(t, "10.0.0.0/22")
	all := make([][]string, 8)
	var workers sync.WaitGroup
	for w := range all {
		workers.Go(func() {
			for i := range 100 {
				at, err := p.Get(fmt.Sprintf("%d/%d", w, i))
				if err != nil {
					t.Error(err)
				}
				all[w] = append(all[w], at)
			}
		})
	}
	workers.Wait()
	seen := map[string]int{}
	for _, of := range all {
		for _, at := range of {
			seen[at]++
			if seen[at] > 1 {
				t.Errorf("%s was given out twice", at)
			}
		}
	}
}
