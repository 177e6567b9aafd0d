package resilience

import (
	"encoding/base64"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/client-go/tools/clientcmd"

	"seatrial/e2e/framework/fault/proxy"
	"seatrial/e2e/framework/outcome"
)

const secretsTimeout = 6 * time.Minute

// leaky is a chart that has a secret, changes it, and never becomes ready, so that all evidence is taken of it.
func leaky() map[string]string {
	return map[string]string{
		"values.yaml": "password: none\nimage: nowhere.invalid/nothing:1\n",
		"templates/secret.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: {{ .Release.Name }}}\n" +
			"stringData: {password: {{ .Values.password }}}\n",
		"templates/pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: {{ .Release.Name }}, annotations: {seatrial.dev/of: x}}\n" +
			"spec: {containers: [{name: c, image: {{ .Values.image }}}], nodeSelector: {no: node}}\n",
		"templates/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\ndata: {a: {{ randAlphaNum 5 }}}\n",
	}
}

var _ = Describe("Secrets", Label("secrets"), func() {
	It("of a kubeconfig and of a release are in no output, evidence or report", func(ctx SpecContext) {
		seatrial := buildSeatrial(ctx)
		p := newProxy(ctx)
		kubeconfig, err := clientcmd.LoadFromFile(p.Kubeconfig())
		Expect(err).ToNot(HaveOccurred())
		secrets := map[string]string{"the kubeconfig's token": kubeconfig.AuthInfos["proxy"].Token}
		inner, err := clientcmd.LoadFromFile(handle.Kubeconfig)
		Expect(err).ToNot(HaveOccurred())
		for _, user := range inner.AuthInfos {
			if key := string(user.ClientKeyData); key != "" {
				secrets["the kubeconfig's client key"] = strings.Split(strings.TrimSpace(key), "\n")[1]
			}
			if user.Token != "" {
				secrets["the cluster's own token"] = user.Token
			}
		}
		secrets["a password of revision 1"], secrets["a password of revision 2"] = "hunter-"+canary, "gatherer-"+canary

		table := outcome.New("secrets", "Secrets in output, evidence and reports")
		dir := filepath.Join(GinkgoT().TempDir(), "web")
		Expect(writeChart(dir, leaky())).To(Succeed())
		for i, password := range []string{"hunter-" + canary, "gatherer-" + canary} {
			values := fmt.Sprintf("password: %s\n", password)
			Expect(os.WriteFile(filepath.Join(dir, fmt.Sprintf("values-%d.yaml", i)), []byte(values), 0o600)).To(Succeed())
		}
		document := filepath.Join(dir, "exercise.md")
		Expect(os.WriteFile(document, []byte("```console\n$ kubectl get pods\nNo resources, says the document\n$ kubectl get nothing\n```\n"), 0o600)).To(Succeed())
		cluster := []string{"--provider", "existing", "--kubeconfig"}
		for _, run := range []struct {
			name string
			args []string
			plan proxy.Plan
		}{
			{"seatrial chart, with a chart that never becomes ready", []string{
				"chart", dir, "--values", filepath.Join(dir, "values-0.yaml"), "--values", filepath.Join(dir, "values-1.yaml"), "--timeout", "5s",
			}, proxy.Plan{}},
			{"seatrial workshop, with a document that is wrong", []string{"workshop", document, "--patience", "1s"}, proxy.Plan{}},
			{"seatrial chart, while the API server answers nothing but 500", []string{"chart", dir, "--timeout", "5s"}, proxy.Plan{
				Rules: []proxy.Rule{{Fault: proxy.Failing, On: proxy.Writes, Rate: 1}},
			}},
		} {
			m := newMachine(seatrial)
			p.SetPlan(run.plan)
			args := append(append(append([]string(nil), run.args...), cluster...), p.Kubeconfig())
			for _, format := range []string{"html", "json", "junit"} {
				args = append(args, "--report", format+"="+filepath.Join(m.temp, "report."+format))
			}
			cmd := m.command(ctx, args...)
			out, _ := cmd.CombinedOutput() // What it prints is looked at, not whether it passes.
			p.SetPlan(proxy.Plan{})
			Expect(os.WriteFile(filepath.Join(m.temp, "output"), out, 0o600)).To(Succeed())
			row := outcome.Row{Done: run.name, Expected: fmt.Sprintf("none of %d secrets is in what it writes", len(secrets))}
			row.Happened, row.Held = search(m.temp, secrets)
			row.Happened += fmt.Sprintf("; exit code %d", cmd.ProcessState.ExitCode())
			table.Add(row)
		}
		publish(table)
	}, NodeTimeout(secretsTimeout))
})

// search looks for secrets, as they are and as the API has them, in every file of a folder.
func search(dir string, secrets map[string]string) (found string, none bool) {
	files, size := 0, 0
	var leaks []string
	err := filepath.WalkDir(dir, func(at string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(at) //nolint:gosec // The folder is the spec's own.
		files++
		size += len(content)
		for name, secret := range secrets {
			for _, form := range []string{secret, base64.StdEncoding.EncodeToString([]byte(secret))} {
				if strings.Contains(string(content), form) {
					leaks = append(leaks, name+" is in "+strings.TrimPrefix(at, dir))
				}
			}
		}
		return err
	})
	switch {
	case err != nil:
		return err.Error(), false
	case len(leaks) > 0:
		return strings.Join(leaks, "; "), false
	case files < 4: // Its output and three reports.
		return fmt.Sprintf("only %d files were written", files), false
	}
	return fmt.Sprintf("none in %d files of %d bytes", files, size), true
}
