package match

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// right are outputs as they should be, each with the command that prints it.
func right() map[string]string {
	return map[string]string{
		"real_history1.txt": "helm history guestbook-demo -n helm-demo",
		"real_history2.txt": "helm history guestbook-demo -n helm-demo",
		"real_history.txt":  "helm history guestbook-demo -n helm-demo",
		"real_list.txt":     "helm list -n helm-demo",
		"real_all.txt":      "kubectl get all --namespace helm-demo",
		"real_all2.txt":     "kubectl get all --namespace helm-demo",
		"real_pods.txt":     "kubectl get pods -o wide -n helm-demo",
		"real_services.txt": "kubectl get services --namespace helm-demo",
		"real_deploy.txt":   "kubectl get deployment guestbook-demo --namespace helm-demo",
		"real_search.txt":   "helm search repo seatrial",
		"seed_history.txt":  "helm history guestbook-demo -n helm-demo",
		"seed_all.txt":      "kubectl get all --namespace helm-demo",
	}
}

// mutant is an output with one change.
type mutant struct {
	what, text string
	// line and column are where a finding has to point, if the document is the one that changed.
	line   int
	column string
}

// rate counts how many of the mutants were judged rightly.
type rate struct{ judged, rightly int }

func (r *rate) add(good bool) { //nolint:revive // A judgement is what is counted.
	r.judged++
	if good {
		r.rightly++
	}
}

func (r *rate) String() string {
	return fmt.Sprintf("%d of %d (%.2f %%)", r.rightly, r.judged, 100*float64(r.rightly)/float64(max(1, r.judged)))
}

func TestEveryChangeThatMattersIsRejected(t *testing.T) {
	var all rate
	for name, command := range right() {
		o := Options{Command: command}
		text := file(t, name)
		if found := Compare(text, text, o); len(found) > 0 {
			t.Fatalf("%s is not equal to itself: %v", name, found)
		}
		for _, m := range harmful(text) {
			asDocument, asActual := Compare(m.text, text, o), Compare(text, m.text, o)
			all.add(HasErrors(asDocument))
			all.add(HasErrors(asActual))
			if !HasErrors(asDocument) || !HasErrors(asActual) {
				t.Errorf("%s: %s is accepted", name, m.what)
			}
			if m.column != "" && !slices.ContainsFunc(asDocument, func(f Finding) bool {
				return f.Line == m.line && f.Column == m.column
			}) {
				t.Errorf("%s: %s: want line %d, %s, got %v", name, m.what, m.line, m.column, asDocument)
			}
		}
	}
	for _, m := range harmfulTexts(t) {
		good := HasErrors(Compare(m.text, m.column, Options{Command: m.what}))
		all.add(good)
		if !good {
			t.Errorf("%s: %q is accepted for %q", m.what, m.text, m.column)
		}
	}
	t.Logf("changes that matter: %s rejected", &all)
}

// harmful makes every single change of a table that a reader would have to notice.
func harmful(text string) []mutant {
	var out []mutant
	for ti, t := range parse(cleanLines(text)).tables {
		for ri, r := range t.rows {
			for ci, title := range t.titles {
				for _, value := range worse(t, r, title) {
					changed := slices.Clone(r.cells)
					changed[ci] = value
					m := mutant{
						what: fmt.Sprintf("%s of %q: %q", title, r.cells[0], value),
						text: render(text, func(x, y int, cells []string) [][]string {
							if x == ti && y == ri {
								return [][]string{changed}
							}
							return [][]string{cells}
						}),
						line: r.line.number, column: title,
					}
					if title == "NAME" || title == "REVISION" && ci == 0 {
						m.column = ""
					}
					// Rows that chance tells apart are paired anew, so that another one of them may be to blame.
					if title == "NAMESPACE" {
						m.column = ""
					}
					out = append(out, m)
				}
			}
			out = append(out, mutant{
				what: fmt.Sprintf("row %q removed", r.cells[0]),
				text: render(text, func(x, y int, cells []string) [][]string {
					if x == ti && y == ri {
						return nil
					}
					return [][]string{cells}
				}),
			}, mutant{
				what: fmt.Sprintf("row %q twice", r.cells[0]),
				text: render(text, func(x, y int, cells []string) [][]string {
					if x == ti && y == ri {
						return [][]string{cells, cells}
					}
					return [][]string{cells}
				}),
			})
		}
	}
	return out
}

// worse are other values for a cell that a reader would have to notice.
func worse(t *table, r row, title string) []string {
	value := t.cell(&r, title)
	var out []string
	switch title {
	case "STATUS":
		out = []string{
			"deployed", "superseded", "failed", "pending-rollback", "uninstalled", "Running", "Pending", "ImagePullBackOff",
			"CrashLoopBackOff", "Completed", "Terminating", "",
		}
	case "DESCRIPTION":
		out = []string{"Install complete", "Upgrade complete", "Rollback to 1", "Rollback to 2", "Rollback to 11", ""}
	case "CHART":
		out = []string{"guestbook-0.2.1", "guestbook-0.1.0", "guestbok-0.2.0", "redis-0.2.0", ""}
	case "APP VERSION", "CHART VERSION":
		out = []string{value + "1", "9.9"}
	case "READY":
		out = []string{"0/1", "1/2", "2/2", "1/1", "3/3", "0", "1", "2", "10"}
	case "UP-TO-DATE", "AVAILABLE", "DESIRED", "CURRENT", "REVISION":
		n, _ := strconv.Atoi(value)
		out = []string{strconv.Itoa(n + 1), strconv.Itoa(n + 10), "0"}
	case "TYPE":
		out = []string{"ClusterIP", "NodePort", "LoadBalancer", "ExternalName"}
	case "PORT(S)":
		out = []string{
			"3000/TCP", "3001:31202/TCP", "3000:31202/UDP", "6379:30001/TCP", "6380/TCP", "6379/UDP", "80/TCP,443/TCP",
			"3000:1202/TCP", "<none>",
		}
		if strings.HasPrefix(value, "3000:") {
			out = append(out, value+",80:31000/TCP")
		}
	case "EXTERNAL-IP":
		out = []string{"<none>", "<pending>", "10.0.0.9"}
		if value != none {
			out = out[:1]
		}
	case "CLUSTER-IP", "IP":
		out = []string{"None", "<none>", ""}
		if value == none {
			out = []string{"10.1.1.1"}
		}
	case "NODE", "NOMINATED NODE":
		out = []string{"<none>"}
		if value == none {
			out = []string{"worker-1"}
		}
	case "RESTARTS":
		out = []string{"0", "1", "3 (5m ago)"}
		if value != "0" {
			out = out[:1]
		}
	case "NAMESPACE":
		out = []string{"default", "helm-dem", ""}
	case "NAME":
		out = otherNames(value)
	}
	return slices.DeleteFunc(out, func(s string) bool { return s == value })
}

// otherNames are names of other objects: another kind, or another stem.
func otherNames(value string) []string {
	kind, plain := splitKind(value)
	prefix := value[:len(value)-len(plain)]
	n := readName("pod", plain)
	if kind == "replicaset" {
		n = readName(kind, plain)
	}
	tail := plain[len(n.stem):]
	stem := n.stem
	out := []string{
		prefix + stem + "s" + tail, prefix + stem[:len(stem)-1] + tail, prefix + "x" + stem + tail,
		prefix + stem + "-v2" + tail, prefix + strings.ToUpper(stem) + tail,
	}
	for _, pair := range [][2]string{{"slave", "master"}, {"master", "slave"}, {"demo", "dem"}, {"redis", "redls"}} {
		out = append(out, prefix+strings.Replace(stem, pair[0], pair[1], 1)+tail)
	}
	if kind != "" {
		for _, other := range []string{"pod/", "service/", "deployment.apps/", "statefulset.apps/", "replicaset.apps/", "job.batch/"} {
			if other != prefix {
				out = append(out, other+plain)
			}
		}
	}
	return out
}

// harmfulTexts are lines with one word changed: what is the command, column what really came.
func harmfulTexts(t *testing.T) []mutant {
	t.Helper()
	texts := map[string]string{
		"helm install guestbook-demo ./guestbook -n helm-demo":  file(t, "real_install.txt"),
		"helm rollback guestbook-demo 1 -n helm-demo":           "Rollback was a success! Happy Helming!\n",
		"kubectl create namespace helm-demo":                    "namespace/helm-demo created\n",
		"kubectl delete deployment redis-slave":                 "deployment.apps \"redis-slave\" deleted from default namespace\n",
		"kubectl apply -f .":                                    "deployment.apps/redis-master created\nservice/redis-master unchanged\n",
		"helm repo list":                                        "Error: no repositories to show\n",
		"kubectl get pods -o name":                              "pod/redis-master-69fdbf6bc5-vz4qt\n",
		"kubectl get service guestbook-demo -o json":            `{"kind":"Service","spec":{"type":"NodePort","ports":[{"port":3000,"nodePort":30544}]}}`,
		"kubectl get service guestbook-demo --output yaml":      "apiVersion: v1\nkind: Service\nspec:\n  ports:\n  - port: 3000\n  type: NodePort\n",
		"helm upgrade guestbook-demo ./guestbook -n helm-demo ": "Release \"guestbook-demo\" has been upgraded. Happy Helming!\n",
	}
	var out []mutant
	for command, text := range texts {
		if found := Compare(text, text, Options{Command: command}); len(found) > 0 {
			t.Errorf("%s: not equal to itself: %v", command, found)
		}
		for i := range len(text) {
			last := i+1 == len(text) || strings.IndexByte(" \n\"", text[i+1]) >= 0
			if !last || strings.IndexByte(letters+"0123", text[i]) < 0 || inVolatile(text, i) {
				continue
			}
			out = append(out, mutant{what: command, text: text[:i] + "7" + text[i+1:], column: text})
		}
	}
	return out
}

// inVolatile tells whether a character belongs to a date or a generated suffix, which may be another.
func inVolatile(text string, i int) bool {
	start := strings.LastIndexByte(text[:i], '\n') + 1
	return strings.HasPrefix(text[start:], "LAST DEPLOYED:") && i > start+len("LAST DEPLOYED") || strings.HasSuffix(text[:i+1], "vz4qt")
}

// render writes the tables of an output anew, with other widths, and other rows.
func render(text string, change func(table, row int, cells []string) [][]string) string {
	var out strings.Builder
	for i, t := range parse(cleanLines(text)).tables {
		if i > 0 {
			out.WriteByte('\n')
		}
		var rows []placed
		for j, r := range t.rows {
			for _, cells := range change(i, j, r.cells) {
				rows = append(rows, placed{cells: cells})
			}
		}
		l := t.layout(t.titles, rows)
		out.WriteString(l.line(t.titles) + "\n")
		for _, r := range rows {
			out.WriteString(l.line(r.cells) + "\n")
		}
	}
	return out.String()
}
