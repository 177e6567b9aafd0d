package upstream

import (
	"os/exec"
	"strings"
	"testing"
)

// wiring is what ours stands for: who has its own version of what, and how that was when
// ours was last compared with it.
var wiring = []struct{ ours, folder, declaration, digest string }{
	{"api/generic.go", "k8s.io/kubernetes/pkg/controlplane/apiserver", "BuildGenericConfig", "8fdc613857d0"},
	{"api/generic.go", "k8s.io/apiserver/pkg/server/options", "SecureServingOptionsWithLoopback.applyTo", "b19e66d2a5cb"},
	{"api/server.go", "k8s.io/kubernetes/cmd/kube-apiserver/app", "NewConfig", "60f8dd1bd5e4"},
	{"api/server.go", "k8s.io/kubernetes/cmd/kube-apiserver/app", "Run", "7b568d43b497"},
	{"api/server.go", "k8s.io/kubernetes/cmd/kube-apiserver/app", "CreateServerChain", "78df81f31760"},
	{"api/server.go", "k8s.io/kubernetes/cmd/kube-apiserver/app", "CreateKubeAPIServerConfig", "c59beaad7788"},
	{"api/server.go", "k8s.io/kubernetes/cmd/kube-apiserver/app", "buildServiceResolver", "d8eed536789e"},
	{"api/options.go", "k8s.io/kubernetes/cmd/kube-apiserver/app/options", "ServerRunOptions.Complete", "a76478fd8a59"},
	{"api/options.go", "k8s.io/kubernetes/pkg/kubeapiserver/options", "AllOrderedPlugins", "9ee36ab66d03"},
	{"api/options.go", "k8s.io/kubernetes/pkg/kubeapiserver/options", "DefaultOffAdmissionPlugins", "3b6b32bc33c1"},
	{"api/roles.go", "k8s.io/kubernetes/pkg/registry/rbac/rest", "RESTStorageProvider.PostStartHook", "c5c2e98ba73a"},
	{"api/roles.go", "k8s.io/kubernetes/pkg/registry/rbac/rest", "PolicyData.EnsureRBACPolicy", "f4752660c3da"},
	{"api/roles.go", "k8s.io/kubernetes/pkg/registry/rbac/rest", "ensureRBACPolicy", "7e86bc1ca953"},
	{"api/priorityclasses.go", "k8s.io/kubernetes/pkg/registry/scheduling/rest", "AddSystemPriorityClasses", "001887a713ea"},
	{"api/service.go", "k8s.io/kubernetes/pkg/controlplane/controller/kubernetesservice", "Controller.Run", "9357227e434f"},
	{"api/service.go", "k8s.io/kubernetes/pkg/controlplane/controller/kubernetesservice", "Controller.CreateOrUpdateMasterServiceIfNeeded", "99aa1efdfccf"},
	{"api/service.go", "k8s.io/kubernetes/pkg/controlplane/controller/kubernetesservice", "createPortAndServiceSpec", "b843e72b9b8b"},
	{"api/openapi.go", "k8s.io/apiserver/pkg/server", "GenericAPIServer.PrepareRun", "55e03652fe4b"},
	{"api/openapi.go", "k8s.io/apiserver/pkg/server/routes", "OpenAPI.InstallV2", "113c4304b1e0"},
	{"api/openapi.go", "k8s.io/apiserver/pkg/server/routes", "OpenAPI.InstallV3", "110ee7f30eb3"},
	{"api/openapi.go", "k8s.io/kube-openapi/pkg/handler3", "OpenAPIService.HandleGroupVersion", "7f69ae56798e"},
	{"inprocess/transport.go", "k8s.io/apiserver/pkg/endpoints/responsewriter", "WrapForHTTP1Or2", "4818ddd577e0"},
	{"outside/outside.go", "k8s.io/apiserver/pkg/util/proxy", "ResolveCluster", "8bcd0bc9e4ee"},
	{"controllers/context.go", "k8s.io/kubernetes/cmd/kube-controller-manager/app", "CreateControllerContext", "c034784aefb7"},
	{"controllers/controllers.go", "k8s.io/kubernetes/cmd/kube-controller-manager/app", "Run", "13ddebd7ffd6"},
	{"controllers/controllers.go", "k8s.io/kubernetes/cmd/kube-controller-manager/app", "BuildControllers", "8a5f38ebc15e"},
	{"controllers/controllers.go", "k8s.io/kubernetes/cmd/kube-controller-manager/app", "RunControllers", "19d61d501a6b"},
	{"controllers/split.go", "k8s.io/kubernetes/cmd/kube-controller-manager/app", "NewControllerDescriptors", "cc324ee8c867"},
	{"controllers/tokens.go", "k8s.io/kubernetes/cmd/kube-controller-manager/app", "newServiceAccountTokenController", "2cc1aec87081"},
	{"controllers/namespaces.go", "k8s.io/kubernetes/cmd/kube-controller-manager/app", "newModifiedNamespaceController", "e5c88460f931"},
	{"controllers/namespaces.go", "k8s.io/kubernetes/pkg/controller/namespace", "NewNamespaceController", "505df335688b"},
	{"controllers/namespaces.go", "k8s.io/kubernetes/pkg/controller/namespace", "NamespaceController.enqueueNamespace", "a371e1065d44"},
	{"controllers/namespaces.go", "k8s.io/kubernetes/pkg/controller/namespace", "NamespaceController.worker", "b85997872683"},
	{"outside/outside.go", "k8s.io/apiserver/pkg/util/proxy", "ResolveEndpoint", "5319ca581bb4"},
	{"scheduler/scheduler.go", "k8s.io/kubernetes/cmd/kube-scheduler/app", "Setup", "e8e64b46809d"},
	{"scheduler/scheduler.go", "k8s.io/kubernetes/cmd/kube-scheduler/app", "Run", "bd15e0bcd3e3"},
}

func TestWhatWeHaveOurOwnVersionOfIsAsItWas(t *testing.T) {
	folders := locate(t)
	for _, w := range wiring {
		is, err := Digest(folders[w.folder], w.declaration)
		if err != nil {
			t.Errorf("%s has its own version of %s in %s: %v", w.ours, w.declaration, w.folder, err)
			continue
		}
		if is != w.digest {
			t.Errorf("%s has its own version of %s in %s, which has changed: compare the two, then write %q for %q here",
				w.ours, w.declaration, w.folder, is, w.digest)
		}
	}
}

// locate finds the source of all packages in the wiring.
func locate(t *testing.T) map[string]string {
	t.Helper()
	arguments := []string{"list", "-find", "-f", "{{.ImportPath}} {{.Dir}}"}
	for _, w := range wiring {
		arguments = append(arguments, w.folder)
	}
	out, err := exec.CommandContext(t.Context(), "go", arguments...).Output()
	if err != nil {
		t.Fatalf("finding the source of Kubernetes: %v", err)
	}
	folders := map[string]string{}
	for line := range strings.Lines(string(out)) {
		path, folder, _ := strings.Cut(strings.TrimSpace(line), " ")
		folders[path] = folder
	}
	return folders
}

func TestADigestSeesWhatAFunctionDoesAndNotHowItLooks(t *testing.T) {
	for _, test := range []struct {
		name, source string
		same         bool
	}{
		{"another comment", "package p\n\n// New.\nfunc (s *S) F() { g(1) }\n", true},
		{"another line", "package p\nfunc (s *S) F() {\n\tg(1)\n}\n", true},
		{"another argument", "package p\nfunc (s *S) F() { g(2) }\n", false},
		{"another receiver", "package p\nfunc (s *T) F() { g(1) }\n", false},
		{"a function of that name", "package p\nfunc F() { g(1) }\n", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			want, err := Digest(write(t, "package p\n\n// F.\nfunc (s *S) F() { g(1) }\n"), "S.F")
			if err != nil {
				t.Fatal(err)
			}
			got, err := Digest(write(t, test.source), "S.F")
			if (err == nil && got == want) != test.same {
				t.Errorf("digest %q (%v), was %q", got, err, want)
			}
		})
	}
}
