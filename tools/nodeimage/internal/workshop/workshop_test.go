package workshop

import (
	"archive/tar"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/onsi/gomega"
	"sigs.k8s.io/yaml"

	"seatrial/e2e/framework/assets"
	"seatrial/e2e/framework/image"
)

// redisTar is the unpacked Debian package that "make prepare" has fetched.
func redisTar(t *testing.T) string {
	t.Helper()
	g := gomega.NewWithT(t)
	cache, err := assets.Cache()
	g.Expect(err).ToNot(gomega.HaveOccurred())
	found, err := filepath.Glob(filepath.Join(cache, "parts", "debian-redis-*", "root.tar"))
	g.Expect(err).ToNot(gomega.HaveOccurred())
	if prepared, err := assets.Load(assets.FromEnvironment()); len(found) == 0 && err == nil && prepared.NodeImage == "" {
		t.Skip("no Redis was unpacked, which takes mmdebstrap: this machine was prepared without nodes: ", prepared.WithoutNodes)
	}
	g.Expect(found).ToNot(gomega.BeEmpty(), "no Redis below %q: run `make prepare`, which fetches it", cache)
	return slices.MaxFunc(found, func(a, b string) int { return used(t, a).Compare(used(t, b)) })
}

// used is when a part was last asked for.
func used(t *testing.T, file string) time.Time {
	t.Helper()
	info, err := os.Stat(filepath.Dir(file))
	gomega.NewWithT(t).Expect(err).ToNot(gomega.HaveOccurred())
	return info.ModTime()
}

// A folder with a space in its name is where scripts break.
func TestRedisRunsFromAFolderOfOurOwn(t *testing.T) {
	g := gomega.NewWithT(t)
	dir := filepath.Join(t.TempDir(), "a folder's name")
	g.Expect(os.Mkdir(dir, 0o700)).To(gomega.Succeed())

	g.Expect(RedisHere(redisTar(t), dir)).To(gomega.Succeed())

	server, client, socket := filepath.Join(dir, "redis-server"), filepath.Join(dir, "redis-cli"), filepath.Join(t.TempDir(), "redis")
	cmd := exec.CommandContext(t.Context(), server, "--port", "0", "--unixsocket", socket, "--save", "", "--dir", t.TempDir())
	g.Expect(cmd.Start()).To(gomega.Succeed())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	ask := func(args ...string) func() (string, error) {
		return func() (string, error) {
			said, err := exec.CommandContext(t.Context(), client, append([]string{"-s", socket}, args...)...).CombinedOutput()
			return strings.TrimSpace(string(said)), err
		}
	}
	g.Eventually(ask("PING")).WithContext(t.Context()).WithTimeout(20 * time.Second).Should(gomega.Equal("PONG"))
	g.Expect(ask("RPUSH", "guestbook", "a word", "another")()).To(gomega.Equal("2"), "arguments arrive as they are")
	g.Expect(ask("LRANGE", "guestbook", "0", "0")()).To(gomega.Equal("a word"))
}

func TestTheLauncherIsFoundThroughALink(t *testing.T) {
	g := gomega.NewWithT(t)
	dir := t.TempDir()
	g.Expect(RedisHere(redisTar(t), dir)).To(gomega.Succeed())
	link := filepath.Join(t.TempDir(), "my-redis")
	g.Expect(os.Symlink(filepath.Join(dir, "redis-server"), link)).To(gomega.Succeed())

	said, err := exec.CommandContext(t.Context(), link, "--version").CombinedOutput()

	g.Expect(err).ToNot(gomega.HaveOccurred(), string(said))
	g.Expect(string(said)).To(gomega.HavePrefix("Redis server v=7"), "the version in the image's name")
}

func TestALauncherNamesEveryFolderOnce(t *testing.T) {
	g := gomega.NewWithT(t)
	script, err := launcher([]string{"/lib/x/libc.so.6", "/lib/x/libm.so.6", "/lib64/ld-linux-x86-64.so.2", "/usr/bin/redis-cli", "/usr/lib/x/liblua.so.5"}, "/usr/bin/redis-cli")
	g.Expect(err).ToNot(gomega.HaveOccurred())
	g.Expect(script).To(gomega.HaveSuffix(`exec "$root/lib64/ld-linux-x86-64.so.2" --argv0 "$0" --library-path "$root/lib/x":"$root/lib64":"$root/usr/lib/x" "$root/usr/bin/redis-cli" "$@"` + "\n"))

	_, err = launcher([]string{"/lib/ld-musl-x86_64.so.1"}, "/usr/bin/redis-cli")
	g.Expect(err).To(gomega.MatchError(gomega.ContainSubstring("no loader that is known here")))
}

// paths lists what is in the layers of an archive, as path or path -> target.
func paths(t *testing.T, archive string) []string {
	t.Helper()
	g := gomega.NewWithT(t)
	file, err := os.Open(archive)
	g.Expect(err).ToNot(gomega.HaveOccurred())
	defer func() { _ = file.Close() }()
	var all []string
	for outer := tar.NewReader(file); ; {
		header, err := outer.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		g.Expect(err).ToNot(gomega.HaveOccurred())
		if filepath.Ext(header.Name) != ".tar" {
			continue
		}
		for inner := tar.NewReader(outer); ; {
			entry, err := inner.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			g.Expect(err).ToNot(gomega.HaveOccurred())
			name := "/" + entry.Name
			if entry.Linkname != "" {
				name += " -> " + entry.Linkname
			}
			all = append(all, name)
		}
	}
}

func TestTheRedisImageHasAServerAClientAndAShellForProbes(t *testing.T) {
	g := gomega.NewWithT(t)
	to := filepath.Join(t.TempDir(), "redis.tar")

	g.Expect(Redis(redisTar(t), t.TempDir(), to)).To(gomega.Succeed())

	g.Expect(image.Names(to)).To(gomega.Equal([]string{RedisImage}))
	g.Expect(paths(t, to)).To(gomega.ContainElements(
		"/usr/bin/redis-server", "/usr/bin/redis-cli", "/bin/busybox", "/bin/sh -> busybox", "/bin/wget -> busybox", "/data/", "/tmp/"))
}

func TestTheGuestbookImageHasOneFile(t *testing.T) {
	g := gomega.NewWithT(t)
	binary := filepath.Join(t.TempDir(), "guestbook")
	g.Expect(os.WriteFile(binary, []byte("a program"), 0o600)).To(gomega.Succeed())
	to := filepath.Join(t.TempDir(), "guestbook.tar")

	g.Expect(Guestbook(binary, t.TempDir(), to)).To(gomega.Succeed())

	g.Expect(image.Names(to)).To(gomega.Equal([]string{GuestbookImage}))
	g.Expect(paths(t, to)).To(gomega.Equal([]string{"/guestbook"}))
	g.Expect(Guestbook(binary+"x", t.TempDir(), to)).To(gomega.MatchError(gomega.ContainSubstring(`adding "/guestbook": open ` + binary + "x")))
}

func TestASystemWithoutRedisIsRefused(t *testing.T) {
	g := gomega.NewWithT(t)
	empty := filepath.Join(t.TempDir(), "root.tar")
	g.Expect(os.WriteFile(empty, make([]byte, 1024), 0o600)).To(gomega.Succeed())
	says := gomega.MatchError(gomega.ContainSubstring(`collecting Redis and its libraries: looking up "/usr/bin/redis-server": file does not exist`))
	g.Expect(Redis(empty, t.TempDir(), filepath.Join(t.TempDir(), "redis.tar"))).To(says)
	g.Expect(RedisHere(empty, t.TempDir())).To(says)
}

func TestTheChartAsksForTheseImages(t *testing.T) {
	g := gomega.NewWithT(t)
	root, err := assets.Root()
	g.Expect(err).ToNot(gomega.HaveOccurred())
	content, err := os.ReadFile(filepath.Join(root, "charts", "guestbook", "values.yaml"))
	g.Expect(err).ToNot(gomega.HaveOccurred())
	type image struct{ Repository, Tag string }
	var values struct {
		Image image
		Redis struct{ Image image }
	}
	g.Expect(yaml.Unmarshal(content, &values)).To(gomega.Succeed())
	g.Expect(values.Image.Repository + ":" + values.Image.Tag).To(gomega.Equal(GuestbookImage))
	g.Expect(values.Redis.Image.Repository + ":" + values.Redis.Image.Tag).To(gomega.Equal(RedisImage))
}
