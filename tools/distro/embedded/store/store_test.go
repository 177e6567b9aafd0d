package store

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"seatrial/tools/distro/embedded/seed"
)

func start(t *testing.T, folder string) *Etcd {
	t.Helper()
	etcd, err := Start(t.Context(), Config{Folder: filepath.Join(folder, "etcd"), Sockets: folder, Log: zap.NewNop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(etcd.Close)
	return etcd
}

// short is a folder whose path leaves room for sockets.
func short(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("/tmp", "store") //nolint:usetesting // The test's own folder has too long a name.
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	return folder
}

func TestASeedIsSownIntoAnEmptyStoreOnly(t *testing.T) {
	etcd := start(t, short(t))
	entries := []seed.Entry{{Key: seed.Prefix + "a", Value: []byte("1")}, {Key: seed.Prefix + "b", Value: []byte("2")}}
	for _, want := range []bool{true, false} {
		sown, err := etcd.Sow(t.Context(), entries)
		if err != nil || sown != want {
			t.Errorf("sown %v, want %v (%v)", sown, want, err)
		}
	}
	keys, err := etcd.Keys(t.Context())
	if err != nil || len(keys) != 2 || keys[1].Key != "/registry/b" || string(keys[1].Value) != "2" {
		t.Errorf("got %v, %v", keys, err)
	}
}

func TestASeedMayBeLargerThanTheUsualTransaction(t *testing.T) {
	const usual = 128
	etcd := start(t, short(t))
	var entries []seed.Entry
	for i := range 2 * usual {
		entries = append(entries, seed.Entry{Key: seed.Prefix + strconv.Itoa(i), Value: []byte("1")})
	}
	if sown, err := etcd.Sow(t.Context(), entries); err != nil || !sown {
		t.Errorf("sown %v, %v", sown, err)
	}
}

func TestWhatWasWrittenIsThereAfterAKill(t *testing.T) {
	folder := short(t)
	etcd := start(t, folder)
	if _, err := etcd.Sow(t.Context(), []seed.Entry{{Key: seed.Prefix + "a", Value: []byte("1")}}); err != nil {
		t.Fatal(err)
	}
	// As it is when the process was killed: nobody has closed anything.
	copied := short(t)
	if err := os.CopyFS(filepath.Join(copied, "etcd"), os.DirFS(filepath.Join(folder, "etcd"))); err != nil {
		t.Fatal(err)
	}
	keys, err := start(t, copied).Keys(t.Context())
	if err != nil || len(keys) != 1 {
		t.Errorf("got %v, %v", keys, err)
	}
}

func TestItIsItsOwnLeaderSoonAndItsLogIsSmall(t *testing.T) {
	var (
		folder string
		took   []time.Duration
	)
	// With the default ticks, the election alone takes a second or more each time. A busy machine may add to some.
	for soon := false; !soon && len(took) < 10; {
		folder = short(t)
		began := time.Now()
		start(t, folder)
		took = append(took, time.Since(began))
		soon = took[len(took)-1] < time.Second
	}
	if slices.Min(took) >= time.Second {
		t.Errorf("it took %s", took)
	}
	log, err := filepath.Glob(filepath.Join(folder, "etcd", "member", "wal", "*"))
	if err != nil || len(log) == 0 {
		t.Fatalf("no log: %v", err)
	}
	for _, file := range log {
		if info, err := os.Stat(file); err != nil || info.Size() > logSegment {
			t.Errorf("%s has %d bytes, %v", file, info.Size(), err)
		}
	}
}

func TestAFolderThatCannotBeUsedIsNamed(t *testing.T) {
	folder := short(t)
	if err := os.WriteFile(filepath.Join(folder, "etcd"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), Config{Folder: filepath.Join(folder, "etcd"), Sockets: folder, Log: zap.NewNop()})
	if err == nil || !strings.HasPrefix(err.Error(), `starting etcd in "`+folder+`/etcd": `) {
		t.Errorf("got %v", err)
	}
}
