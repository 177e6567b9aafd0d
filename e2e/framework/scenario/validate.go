package scenario

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

var (
	namespaceName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	variableName  = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

// validate finds what the types alone allow.
func (s *Scenario) validate(d *decoder) {
	d.filled("title", s.Title)
	s.validateKind(d)
	s.validateChart(d)
	if _, given := d.lines["courses"]; given && len(s.Courses) == 0 {
		d.at("courses", `"courses" needs one or more of them`)
	}
	seen := map[string]bool{}
	for i, c := range s.Courses {
		way := fmt.Sprintf("courses[%d]", i)
		d.filled(way+".name", c.Name)
		if seen[c.Name] {
			d.at(way+".name", "two courses are called %q", c.Name)
		}
		seen[c.Name] = true
		s.validateDocuments(d, way+".documents", c.Documents)
	}
	for i, name := range s.Namespaces {
		way := fmt.Sprintf("namespaces[%d]", i)
		switch {
		case !namespaceName.MatchString(name):
			d.at(way, "%q can be no namespace: use small letters, digits and dashes", name)
		case name == "default" || strings.HasPrefix(name, "kube-"):
			d.at(way, "namespace %q belongs to the cluster: it would be removed", name)
		}
	}
	d.allFilled("setup", s.Setup)
	d.allFilled("teardown", s.Teardown)
	if s.Serve != nil {
		s.Serve.validate(d)
	}
}

func (s *Scenario) validateDocuments(d *decoder, way string, documents []string) {
	if len(documents) == 0 {
		d.at(way, "%q needs one or more files", way)
	}
	seen := map[string]bool{}
	for i, name := range documents {
		at := fmt.Sprintf("%s[%d]", way, i)
		switch {
		case !filepath.IsLocal(filepath.FromSlash(name)):
			d.at(at, "document %q must be in the scenario's folder", name)
		case seen[name]:
			d.at(at, "document %q is listed twice", name)
		}
		seen[name] = true
	}
}

func (s *Serve) validate(d *decoder) {
	if !filepath.IsLocal(filepath.FromSlash(s.Folder)) {
		d.at("serve.folder", "folder %q must be below the one that the reader starts in", s.Folder)
	}
	if !variableName.MatchString(s.Variable) {
		d.at("serve.variable", "%q can be no variable of a shell", s.Variable)
	}
}

func (d *decoder) filled(way, text string) {
	if strings.TrimSpace(text) == "" {
		d.at(way, "%q is empty", way)
	}
}

func (d *decoder) allFilled(way string, texts []string) {
	for i, text := range texts {
		d.filled(fmt.Sprintf("%s[%d]", way, i), text)
	}
}

// lookForFiles sees that what the scenario names is there.
func (s *Scenario) lookForFiles(d *decoder) {
	s.lookForCharts(d)
	if dir := s.StartDir(); dir != "" {
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			d.at("dir", "there is no folder %q", s.Dir)
		}
	}
	for i, c := range s.Courses {
		for j, file := range s.Files(c) {
			if info, err := os.Stat(file); err != nil || info.IsDir() {
				d.at(fmt.Sprintf("courses[%d].documents[%d]", i, j), "there is no file %q", c.Documents[j])
			}
		}
	}
}
