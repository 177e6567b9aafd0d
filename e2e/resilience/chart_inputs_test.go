package resilience

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"seatrial/e2e/framework/helm"
)

// chartYAML is all that a chart needs.
const chartYAML = "apiVersion: v2\nname: web\nversion: 1.0.0\n"

// chartInputs are charts that are hard to read or to render.
func chartInputs() []input {
	rendered := func(files map[string]string) func(string) error {
		return func(dir string) error {
			if err := writeChart(dir, files); err != nil {
				return err
			}
			chart, err := helm.Load(dir)
			if err != nil {
				return err
			}
			made, err := helm.RenderAll(chart, "web", "default", nil)
			if err != nil {
				return err
			}
			_, err = made.Objects()
			return err
		}
	}
	template := func(text string) func(string) error {
		return rendered(map[string]string{"templates/hostile.yaml": text})
	}
	all := []input{
		{"chart: a definition that includes itself", "templates/hostile.yaml", template(`{{- define "x" }}{{ include "x" . }}{{ end }}{{ include "x" . }}`)},
		{"chart: a template that calls itself", "templates/hostile.yaml", template(`{{- define "x" }}{{ template "x" . }}{{ end }}{{ template "x" . }}`)},
		{"chart: a template that is made by a template, without end", "templates/hostile.yaml", template(`{{- define "x" }}{{ tpl "{{ include \"x\" . }}" . }}{{ end }}{{ include "x" . }}`)},
		{"chart: a template that does not close", "templates/hostile.yaml", template(`{{ if true }}`)},
		{"chart: a manifest with references without end", "templates/hostile.yaml", template(bomb())},
		{"chart: a manifest ten thousand lists deep", "templates/hostile.yaml", template("a: " + deep("[", "]", 10_000))},
		{"chart: a manifest that is no object", "templates/hostile.yaml", template("- a\n- b\n")},
		{"chart: bytes that are no text", "templates/hostile.yaml", template("a: \x00\xff\n")},
		{"chart: ten megabytes of comments", "larger than the maximum file size", template(strings.Repeat("# nothing\n", 1_000_000))},
		{"chart: a template of four megabytes", "", template(strings.Repeat("# {{ .Release.Name }}\n", 200_000))},
		{"chart: values with references without end", "values.yaml", rendered(map[string]string{"values.yaml": bomb()})},
		{"chart: metadata with references without end", "Chart.yaml", rendered(map[string]string{"Chart.yaml": bomb()})},
		{"chart: a name that leads elsewhere", "chart.metadata.name", rendered(map[string]string{"Chart.yaml": "apiVersion: v2\nname: ../../web\nversion: 1.0.0\n"})},
		{"chart: a schema that refers to itself", "", rendered(map[string]string{"values.schema.json": `{"$ref": "#"}`})},
		{"chart: a schema that is somewhere in the network", "failing loading", rendered(map[string]string{"values.schema.json": `{"$ref": "http://192.0.2.1/schema.json"}`})},
		{"chart: a schema that is a file of the user's", "failing loading", rendered(map[string]string{"values.schema.json": `{"$ref": "file:///etc/passwd"}`})},
		{"chart: a link out of it", "leads out of", linked("templates/out.yaml", "/etc/passwd")},
		{"chart: a link to a folder out of it", "leads out of", linked("templates/out", "/etc")},
		{"chart: a link to itself", "that it is in itself", linked("templates/loop", "..")},
		{"chart: a link to nothing", "templates/none.yaml", linked("templates/none.yaml", "nowhere")},
		{"chart: a pipe", "irregular file", func(dir string) error {
			if err := writeChart(dir, nil); err != nil {
				return err
			}
			if err := exec.Command("mkfifo", filepath.Join(dir, "templates", "pipe.yaml")).Run(); err != nil { //nolint:noctx // It ends at once.
				return err
			}
			_, err := helm.Load(dir)
			return err
		}},
	}
	return append(all, packageInputs()...)
}

func linked(link, target string) func(string) error {
	return func(dir string) error {
		if err := writeChart(dir, nil); err != nil {
			return err
		}
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			return err
		}
		_, err := helm.Load(dir)
		return err
	}
}

func writeChart(dir string, files map[string]string) error {
	all := map[string]string{"Chart.yaml": chartYAML, "templates/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"}
	maps.Copy(all, files)
	for name, content := range all {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(content), 0o600)); err != nil {
			return err
		}
	}
	return nil
}

// packageInputs are packaged charts.
func packageInputs() []input {
	load := func(entries ...entry) func(string) error {
		return func(dir string) error {
			path := filepath.Join(dir, "web.tgz")
			if err := os.WriteFile(path, packed(entries...), 0o600); err != nil {
				return err
			}
			_, err := helm.Load(path)
			return err
		}
	}
	const mebibyte = 1 << 20
	chart := entry{name: "web/Chart.yaml", content: []byte(chartYAML)}
	big := packed(
		entry{name: "sub/Chart.yaml", content: []byte(strings.Replace(chartYAML, "web", "sub", 1))},
		entry{name: "sub/a", content: make([]byte, 4*mebibyte)}, entry{name: "sub/b", content: make([]byte, 4*mebibyte)},
		entry{name: "sub/c", content: make([]byte, 4*mebibyte)}, entry{name: "sub/d", content: make([]byte, 4*mebibyte)})
	bombs, many, large := []entry{chart}, []entry{chart}, []entry{chart}
	for i := range 30 {
		bombs = append(bombs, entry{name: fmt.Sprintf("web/charts/sub%d.tgz", i), content: big})
		large = append(large, entry{name: fmt.Sprintf("web/files/%d", i), content: make([]byte, 4*mebibyte)})
	}
	for i := range 30_000 {
		many = append(many, entry{name: fmt.Sprintf("web/files/%d", i)})
	}
	return []input{
		{"package: 120 MiB in 120 KiB", "larger than the maximum file size", load(large...)},
		{"package: packages in it that have 480 MiB in all", "it unpacks to more than 200 MiB", load(bombs...)},
		{"package: thirty thousand files", "it has more than 20000 files", load(many...)},
		{"package: a file that would be written elsewhere", "illegal", load(chart, entry{name: "web/../../../etc/cron.d/x", content: []byte("x")})},
		{"package: a file with an absolute name", "Chart.yaml", load(entry{name: "/etc/cron.d/x", content: []byte("x")})},
		{"package: a link", "loading chart", load(entry{name: "web/Chart.yaml", link: "/etc/passwd"})},
		{"package: nothing", "no files in chart archive", load()},
		{"package: bytes that are no package", "loading chart", func(dir string) error {
			path := filepath.Join(dir, "web.tgz")
			if err := os.WriteFile(path, []byte("\x1f\x8b\x08\x00nothing"), 0o600); err != nil {
				return err
			}
			_, err := helm.Load(path)
			return err
		}},
	}
}

// entry is one of a package: a file or a link.
type entry struct {
	name, link string
	content    []byte
}

func packed(entries ...entry) []byte {
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	writer := tar.NewWriter(zipped)
	for _, e := range entries {
		header := &tar.Header{Name: e.name, Typeflag: tar.TypeReg, Mode: 0o644, Size: int64(len(e.content))}
		if e.link != "" {
			header = &tar.Header{Name: e.name, Typeflag: tar.TypeSymlink, Linkname: e.link}
		}
		// A buffer takes everything.
		_ = writer.WriteHeader(header)
		_, _ = writer.Write(e.content)
	}
	_ = writer.Close()
	_ = zipped.Close()
	return out.Bytes()
}
