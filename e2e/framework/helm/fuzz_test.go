package helm

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"helm.sh/helm/v3/pkg/repo"
)

func FuzzLoadArchive(f *testing.F) {
	f.Add(packed(f, map[string][]byte{"web/Chart.yaml": metadata("web"), "web/values.yaml": []byte("a: 1"), "web/templates/a.yaml": []byte("a: {{ .Values.a }}")}))
	f.Add(packed(f, map[string][]byte{"../web/Chart.yaml": metadata("web")}))
	f.Add(packed(f, map[string][]byte{"web/Chart.yaml": metadata("web"), "web/charts/sub.tgz": packed(f, map[string][]byte{"sub/Chart.yaml": metadata("sub")})}))
	f.Add([]byte("\x1f\x8b"))
	f.Fuzz(func(t *testing.T, content []byte) {
		dir := filepath.Join(t.TempDir(), "in")
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, "web.tgz")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		// Whatever is in a package is a chart or an error; its files are below the chart, and it writes none.
		chart, err := Load(path)
		if entries, readErr := os.ReadDir(filepath.Dir(dir)); readErr != nil || len(entries) != 1 {
			t.Errorf("it has written %v (%v)", entries, readErr)
		}
		if err != nil {
			if !strings.HasPrefix(err.Error(), "loading chart ") {
				t.Errorf("it does not say what was done: %v", err)
			}
			return
		}
		for _, file := range chart.files {
			if !filepath.IsLocal(filepath.FromSlash(file.Name)) {
				t.Errorf("a file of the chart is %q", file.Name)
			}
		}
		_, _ = chart.Definitions()
	})
}

func FuzzLoadFolder(f *testing.F) {
	f.Add("apiVersion: v2\nname: web\nversion: 1.0.0\n", "a: 1\n", "kind: {{ .Values.a }}\n")
	f.Add("apiVersion: v1\nname: web\nversion: 1.0.0\ndependencies:\n- name: sub\n", "a: &a [*a]\n", "{{- define \"x\" }}{{ include \"x\" . }}{{ end }}{{ include \"x\" . }}")
	f.Add("apiVersion: v2\nname: ../web\nversion: x\ntype: library\n", "null", "{{ .Files.Get \"Chart.yaml\" }}")
	f.Add("[]", "[]", "---\n---\n")
	f.Fuzz(func(t *testing.T, metadata, values, template string) {
		path := inFolder(t, map[string][]byte{"Chart.yaml": []byte(metadata), "values.yaml": []byte(values), "templates/a.yaml": []byte(template)})
		chart, err := Load(path)
		if err != nil || looping(template) {
			return
		}
		made, err := RenderAll(chart, "story", "place", nil)
		if err != nil {
			return
		}
		if objects, err := made.Objects(); err == nil {
			for _, object := range objects {
				if object.GetKind() == "" {
					t.Errorf("an object without a kind: %v", object)
				}
			}
		}
	})
}

// looping keeps away from templates that loop on purpose: what becomes of them takes its time, and has a test of its own.
func looping(template string) bool {
	for _, word := range []string{"range", "until", "repeat", "rand", "gen", "bcrypt", "htpasswd", "derive", "seq", "indent", "wrap", "tpl", "template", "%"} {
		if strings.Contains(template, word) {
			return true
		}
	}
	return false
}

func FuzzLinks(f *testing.F) {
	f.Add("templates/b.yaml", "../../secret", "x", "y")
	f.Add("templates/more", "../../..", "more", "templates/more/secret")
	f.Add("a", "templates", "templates/b", "../a")
	f.Add("a", "b", "b", "a")
	f.Add("crds", "../web", "charts", "templates/..")
	f.Fuzz(func(t *testing.T, link, target, second, beyond string) {
		top := inFolder(t, map[string][]byte{
			"Chart.yaml": metadata("web"), "templates/a.yaml": []byte("{}"), "../secret": []byte("hidden"), "../elsewhere/secret": []byte("hidden"),
		})
		for _, one := range [][2]string{{link, target}, {second, beyond}} {
			// Links to absolute places would lead out of the test.
			if filepath.IsLocal(one[0]) && !filepath.IsAbs(one[1]) && strings.Count(one[1], "..") < 4 {
				_ = os.Symlink(one[1], filepath.Join(top, one[0]))
			}
		}
		// Whatever links a chart has, reading it ends, and nothing comes from elsewhere.
		chart, err := Load(top)
		if err != nil {
			return
		}
		for _, file := range chart.files {
			if bytes.Contains(file.Data, []byte("hidden")) {
				t.Errorf("%q is what is hidden", file.Name)
			}
		}
	})
}

func FuzzParseSet(f *testing.F) {
	for _, seed := range []string{"a=1", "a.b[0].c={x,y}", `a\.b=c`, "a[0]=1,a[2]=3", "a=null", "[", "a[0", "{}=", "a[1][1]=b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, set string) {
		if values, err := ParseSet(set); err == nil {
			areValues(t, values)
		} else if len(err.Error()) > maxQuoted*len(set)+maxComplaint {
			t.Errorf("the error has %d bytes", len(err.Error()))
		}
	})
}

const (
	// maxComplaint is how long an error is beside what it is about, in bytes.
	maxComplaint = 500
	// maxQuoted is how much longer than it is a text gets when it is quoted twice, once by Helm.
	maxQuoted = 2 * len(`\x05`)
)

func FuzzParseValues(f *testing.F) {
	for _, seed := range []string{"a: 1", "a: &a [1]\nb: *a", "a: 1\n---\nb: 2", "{", "- 1", "? [a]\n: b", "a: !!binary x", "a:\n  b:\n\tc: 1", "0x1: 2", "---\n---\n# x\n--- \na: {b: null}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, content string) {
		if values, err := parseValues([]byte(content)); err == nil {
			areValues(t, values)
		}
	})
}

// areValues holds of whatever is accepted as values: laid upon themselves they stay as they are, and they can be recorded
// and read again.
func areValues(t *testing.T, values Values) {
	t.Helper()
	if twice := Merge(values, values); !reflect.DeepEqual(twice, Merge(values)) {
		t.Errorf("laid upon itself, %v is %v", values, twice)
	}
	text, err := json.Marshal(values)
	if err != nil {
		t.Fatalf("%v cannot be recorded: %v", values, err)
	}
	var read Values
	if err := json.Unmarshal(text, &read); err != nil {
		t.Errorf("%s cannot be read: %v", text, err)
	}
}

func FuzzReadIndex(f *testing.F) {
	f.Add([]byte("apiVersion: v1\nentries:\n  web:\n  - {name: web, version: 1.0.0, urls: [web-1.0.0.tgz]}\n  - {name: web, version: 2.0.0-rc.1}\n"))
	f.Add([]byte("apiVersion: v1\nentries: {web: [null, {version: x}, {name: web, version: 1.0.0, urls: ['oci://']}], '': null}\n"))
	f.Add([]byte(`{"apiVersion":"v1","entries":{"web":[{"name":"web","version":"1","urls":["%zz"]}]}}`))
	f.Add([]byte("a: &a [*a]"))
	f.Fuzz(func(t *testing.T, content []byte) {
		dir := t.TempDir()
		index, err := readIndex(content, dir)
		if left, readErr := os.ReadDir(dir); readErr != nil || len(left) > 0 {
			t.Errorf("it leaves %v (%v)", left, readErr)
		}
		if err != nil {
			return
		}
		// Whatever is offered can be asked for by its version, and is somewhere or nowhere.
		for name, versions := range index.Entries {
			for _, one := range versions {
				found, err := index.Get(name, one.Version)
				if one.Version != "" && (err != nil || found.Version != one.Version) {
					t.Errorf("%s %q is offered, and asked for it is %v, %v", name, one.Version, found, err)
				}
				for _, at := range one.URLs {
					_, _ = repo.ResolveReferenceURL("https://charts.example.org/", at)
				}
			}
			if offered(index, name) == "" {
				t.Errorf("nothing is said of what there is of %q", name)
			}
		}
		_ = offered(index, "nothing of that name")
	})
}
