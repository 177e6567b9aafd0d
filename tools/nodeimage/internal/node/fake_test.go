package node

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/onsi/gomega"

	"seatrial/e2e/framework/engine"
)

// fake is an engine whose store is a folder: a file for each image, with the time it was
// made in it, and a file for each container. Its mode says how the image resists removal.
type fake struct {
	*engine.Engine

	dir string
}

const fakeScript = `#!/bin/sh
cd "$(dirname "$0")"
echo "$*" >> calls
touch "${TMPDIR:-.}/engine-was-here"
if [ -e fail ]; then case "$*" in *$(cat fail)*) echo "Error: told to fail" >&2; exit 1;; esac; fi
if [ -e hang ]; then case "$*" in *$(cat hang)*) touch hanging; exec sleep 600;; esac; fi
names_in() { tar -xOf "$1" manifest.json | tr '",[]' '\n' | grep '/.*:'; }
last() { for word; do :; done; echo "$word" | tr / _; }
file=images/$(last "$@")
case "$1 $2" in
"images --format") cat names ;;
"image inspect") [ -e "$file" ] || { echo "Error: image not known" >&2; exit 125; }; cat "$file" ;;
"image rm")
	[ -e "$file" ] || { echo "Error: image not known" >&2; exit 1; }
	[ -u "$file" ] && { echo "Error: image used by 12ab: image is in use by a container" >&2; exit 2; }
	[ -k "$file" ] && { echo "Error: the disk is on fire" >&2; exit 125; }
	rm "$file" ;;
"image prune") ;;
"ps --all") ls containers ;;
"load --quiet") names_in "$4" | while read -r name; do echo "$name" >> names; echo '"2026-11-23T12:00:00Z"' > "images/$(last "$name")"; done ;;
"run --detach")
	case "$*" in *"--stop-signal SIGTERM"*) touch "containers/$4" ;; *) echo "Error: containerd would not hear how it is stopped" >&2; exit 125 ;; esac ;;
"container inspect") [ -e ended ] && echo false || echo true ;;
"logs --tail") echo "containerd: cannot go on" >&2 ;;
"stop --time") ;;
commit\ *) last "$@" > /dev/null; echo "$(eval echo \${$#})" >> names; echo '"2026-11-23T12:01:00Z"' > "$file" ;;
exec\ *)
	case "$*" in
	*"images import"*) cat > imported.tar ;;
	*"images ls"*) names_in imported.tar ;;
	esac ;;
kill\ *) ;;
"rm --force") rm "containers/$(last "$@")" || { echo "Error: no such container" >&2; exit 1; } ;;
*) echo "Error: unknown call $*" >&2; exit 64 ;;
esac
`

func newFake(t *testing.T) *fake {
	t.Helper()
	g := gomega.NewWithT(t)
	dir := t.TempDir()
	for _, folder := range []string{"images", "containers"} {
		g.Expect(os.Mkdir(filepath.Join(dir, folder), 0o700)).To(gomega.Succeed())
	}
	for name, content := range map[string]string{"engine": fakeScript, "names": "", "calls": ""} {
		//nolint:gosec // The engine is there to be run.
		g.Expect(os.WriteFile(filepath.Join(dir, name), []byte(content), 0o700)).To(gomega.Succeed())
	}
	return &fake{Engine: &engine.Engine{Name: "podman", Path: filepath.Join(dir, "engine")}, dir: dir}
}

// image adds an image that was made so long after the first.
func (f *fake) image(t *testing.T, name string, after time.Duration, state os.FileMode) {
	t.Helper()
	g := gomega.NewWithT(t)
	at := filepath.Join(f.dir, "images", strings.ReplaceAll(name, "/", "_"))
	made := time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC).Add(after)
	g.Expect(os.WriteFile(at, []byte(fmt.Sprintf("%q\n", made.Format(time.RFC3339Nano))), 0o600)).To(gomega.Succeed())
	g.Expect(os.Chmod(at, 0o600|state)).To(gomega.Succeed())
	names, err := os.OpenFile(filepath.Join(f.dir, "names"), os.O_APPEND|os.O_WRONLY, 0o600)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	_, err = fmt.Fprintln(names, name)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(names.Close()).To(gomega.Succeed())
}

func (f *fake) container(t *testing.T, name string) {
	t.Helper()
	gomega.NewWithT(t).Expect(os.WriteFile(filepath.Join(f.dir, "containers", name), nil, 0o600)).To(gomega.Succeed())
}

// left lists what is still there.
func (f *fake) left(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(f.dir, folder))
	gomega.NewWithT(t).Expect(err).ToNot(gomega.HaveOccurred())
	var all []string
	for _, entry := range entries {
		all = append(all, strings.ReplaceAll(entry.Name(), "_", "/"))
	}
	return all
}

// What an image's state is in the fake's store.
const (
	unused  os.FileMode = 0
	used                = os.ModeSetuid
	burning             = os.ModeSticky
)
