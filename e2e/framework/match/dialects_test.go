package match

import "testing"

// dialect is what a document shows of a command, recorded years ago or somewhere else, and what comes today.
type dialect struct {
	command, document, came string
}

// dialects are outputs of which nothing that differs misleads a reader.
func dialects() map[string]dialect {
	return map[string]dialect{
		"kind create cluster": {
			"kind create cluster --name lab",
			"Creating cluster \"lab\" ...\n ✓ Ensuring node image (kindest/node:v1.27.3) 🖼\n ✓ Preparing nodes 📦\n ✓ Writing configuration 📜\n ✓ Starting control-plane 🕹️\n ✓ Installing CNI 🔌\n ✓ Installing StorageClass 💾\nSet kubectl context to \"kind-lab\"\nYou can now use your cluster with:\n\nkubectl cluster-info --context kind-lab\n\nHave a nice day! 👋\n",
			"Creating cluster \"lab\" ...\n • Ensuring node image (kindest/node:v1.36.1) 🖼  ...\n ✓ Ensuring node image (kindest/node:v1.36.1) 🖼\n • Preparing nodes 📦   ...\n ✓ Preparing nodes 📦 \n • Writing configuration 📜  ...\n ✓ Writing configuration 📜\n • Starting control-plane 🕹️  ...\n ✓ Starting control-plane 🕹️\n • Installing CNI 🔌  ...\n ✓ Installing CNI 🔌\n • Installing StorageClass 💾  ...\n ✓ Installing StorageClass 💾\nSet kubectl context to \"kind-lab\"\nYou can now use your cluster with:\n\nkubectl cluster-info --context kind-lab\n\nThanks for using kind! 😊\n",
		},
		"HTTP headers": {
			"curl -i http://localhost:8080/",
			"HTTP/1.1 200 OK\nDate: Mon, 02 Mar 2020 10:00:00 GMT\nContent-Type: text/plain\nContent-Length: 5\nServer: nginx/1.17.8\nETag: \"5e5d\"\n\nhello",
			"HTTP/1.1 200 OK\nContent-Type: text/plain\nDate: Tue, 24 Nov 2026 08:12:44 GMT\nContent-Length: 5\nServer: nginx/1.27.0\nETag: \"66af\"\n\nhello",
		},
		"rollout status": {
			"kubectl rollout status deployment/web",
			"Waiting for deployment \"web\" rollout to finish: 0 of 3 updated replicas are available...\nWaiting for deployment \"web\" rollout to finish: 1 of 3 updated replicas are available...\ndeployment \"web\" successfully rolled out",
			"Waiting for deployment \"web\" rollout to finish: 2 of 3 updated replicas are available...\ndeployment \"web\" successfully rolled out\n",
		},
		"rollout status at once": {
			"kubectl rollout status deployment/web",
			"deployment \"web\" successfully rolled out",
			"Waiting for deployment \"web\" rollout to finish: 2 of 3 updated replicas are available...\ndeployment \"web\" successfully rolled out\n",
		},
		"cluster-info": {
			"kubectl cluster-info",
			"Kubernetes master is running at https://192.168.64.2:8443\nKubeDNS is running at https://192.168.64.2:8443/api/v1/namespaces/kube-system/services/kube-dns:dns/proxy\n\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.",
			"\x1b[0;32mKubernetes control plane\x1b[0m is running at \x1b[0;33mhttps://127.0.0.1:41235\x1b[0m\n\x1b[0;32mCoreDNS\x1b[0m is running at \x1b[0;33mhttps://127.0.0.1:41235/api/v1/namespaces/kube-system/services/kube-dns:dns/proxy\x1b[0m\n\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n",
		},
		"kubectl version of old": {
			"kubectl version",
			`Client Version: version.Info{Major:"1", Minor:"18", GitVersion:"v1.18.0", GitCommit:"9e991415386e4cf155a24b1da15becaa390438d8", GitTreeState:"clean", BuildDate:"2020-03-25T14:58:59Z", GoVersion:"go1.13.8", Compiler:"gc", Platform:"linux/amd64"}` + "\n" +
				`Server Version: version.Info{Major:"1", Minor:"18", GitVersion:"v1.18.0", GitCommit:"9e991415386e4cf155a24b1da15becaa390438d8", GitTreeState:"clean", BuildDate:"2020-03-25T14:50:46Z", GoVersion:"go1.13.8", Compiler:"gc", Platform:"linux/amd64"}`,
			"Client Version: v1.37.2\nKustomize Version: v5.7.1\nServer Version: v1.37.2\n",
		},
		"helm status of Helm 3 against Helm 4": {
			"helm install web ./web",
			"NAME: web\nLAST DEPLOYED: Mon Feb 24 18:08:02 2020\nNAMESPACE: default\nSTATUS: deployed\nREVISION: 1\nTEST SUITE: None",
			"NAME: web\nLAST DEPLOYED: Mon Nov 30 06:12:44 2026\nNAMESPACE: default\nSTATUS: deployed\nREVISION: 1\nDESCRIPTION: Install complete\nTEST SUITE: None\n",
		},
		"helm repo update": {
			"helm repo update",
			"Hang tight while we grab the latest from your chart repositories...\n...Successfully got an update from the \"stable\" chart repository\n...Successfully got an update from the \"bitnami\" chart repository\nUpdate Complete. ⎈ Happy Helming!⎈",
			"Hang tight while we grab the latest from your chart repositories...\n...Successfully got an update from the \"bitnami\" chart repository\n...Successfully got an update from the \"stable\" chart repository\nUpdate Complete. ⎈Happy Helming!⎈\n",
		},
		"helm package": {
			"helm package web",
			"Successfully packaged chart and saved it to: /home/someone/lab/web-0.1.0.tgz",
			"Successfully packaged chart and saved it to: /tmp/x/web-0.1.0.tgz\n",
		},
		"helm lint": {
			"helm lint web",
			"==> Linting web\n[INFO] Chart.yaml: icon is recommended\n\n1 chart(s) linted, no failures",
			"==> Linting web\n[INFO] Chart.yaml: icon is recommended\n\n1 chart(s) linted, 0 chart(s) failed\n",
		},
		"ls -l": {
			"ls -l",
			"total 8\n-rw-r--r-- 1 me staff 905 Feb 24 18:08 Chart.yaml\ndrwxr-xr-x 2 me staff 4096 Feb 24  2019 templates",
			"total 12\n-rw-r--r-- 1 root wheel 905 Nov 30 06:00 Chart.yaml\ndrwxr-xr-x 2 root wheel 60 Nov 30 06:00 templates\n",
		},
		"kubectl describe": {
			"kubectl describe pod web-586b4c847c-tkfj5",
			"Name:           web-586b4c847c-tkfj5\nNamespace:      default\nPriority:       0\nNode:           worker-1/10.76.202.206\nStart Time:     Mon, 24 Feb 2020 18:08:02 +0100\nLabels:         app=web\n                pod-template-hash=586b4c847c\nAnnotations:    <none>\nStatus:         Running\nIP:             172.17.0.4\nControlled By:  ReplicaSet/web-586b4c847c\nContainers:\n  web:\n    Container ID:   docker://32d4a1b2c3d4e5f6\n    Image:          nginx:1.17\n    Image ID:       docker-pullable://nginx@sha256:2539d4344dd18e1df02be842ffc435f8e1f699cfc55516e2cf2cb16b7a9aea0b\n    Port:           80/TCP\n    State:          Running\n      Started:      Mon, 24 Feb 2020 18:08:05 +0100\n    Ready:          True\n    Restart Count:  0\nEvents:\n  Type    Reason     Age   From               Message\n  ----    ------     ----  ----               -------\n  Normal  Scheduled  12s   default-scheduler  Successfully assigned default/web-586b4c847c-tkfj5 to worker-1\n  Normal  Started    9s    kubelet, worker-1  Started container web",
			"Name:             web-5fb44d67c9-9bpxj\nNamespace:        default\nPriority:         0\nService Account:  default\nNode:             lab-control-plane/10.89.0.3\nStart Time:       Mon, 30 Nov 2026 06:00:02 +0000\nLabels:           app=web\n                  pod-template-hash=5fb44d67c9\nAnnotations:      <none>\nStatus:           Running\nIP:               10.244.0.5\nIPs:\n  IP:           10.244.0.5\nControlled By:  ReplicaSet/web-5fb44d67c9\nContainers:\n  web:\n    Container ID:   containerd://77d4a1b2c3d4e5f6\n    Image:          nginx:1.17\n    Image ID:       docker.io/library/nginx@sha256:1139d4344dd18e1df02be842ffc435f8e1f699cfc55516e2cf2cb16b7a9aea0b\n    Port:           80/TCP\n    Host Port:      0/TCP\n    State:          Running\n      Started:      Mon, 30 Nov 2026 06:00:05 +0000\n    Ready:          True\n    Restart Count:  0\nEvents:\n  Type    Reason     Age   From               Message\n  ----    ------     ----  ----               -------\n  Normal  Scheduled  30s   default-scheduler  Successfully assigned default/web-5fb44d67c9-9bpxj to lab-control-plane\n  Normal  Started    20s   kubelet            Started container web\n",
		},
		"kubectl top": {
			"kubectl top pods", "NAME   CPU(cores)   MEMORY(bytes)\nweb-586b4c847c-tkfj5   1m   5Mi", "NAME                   CPU(cores)   MEMORY(bytes)\nweb-5fb44d67c9-9bpxj   0m           7Mi\n",
		},
		"pods without a header": {
			"kubectl get pods --no-headers",
			"web-586b4c847c-tkfj5   1/1   Running   0     12s\nweb-586b4c847c-xxrdn   1/1   Running   0     12s",
			"web-5fb44d67c9-2bpxj   1/1   Running   0     3m\nweb-5fb44d67c9-9bpxj   1/1   Running   0     3m\n",
		},
		"labels": {
			"kubectl get pods --show-labels",
			"NAME                   READY   STATUS    RESTARTS   AGE   LABELS\nweb-586b4c847c-tkfj5   1/1     Running   0          12s   app=web,pod-template-hash=586b4c847c",
			"NAME                   READY   STATUS    RESTARTS   AGE   LABELS\nweb-5fb44d67c9-9bpxj   1/1     Running   0          3m    app=web,pod-template-hash=5fb44d67c9\n",
		},
		"contexts": {
			"kubectl config get-contexts",
			"CURRENT   NAME       CLUSTER    AUTHINFO   NAMESPACE\n*         kind-lab   lab        me         ",
			"CURRENT   NAME       CLUSTER    AUTHINFO   NAMESPACE\n*         kind-lab   lab        me         \n",
		},
		"subset of YAML": {
			"kubectl get service web -o yaml",
			"apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  ...\nspec:\n  type: NodePort\n  ports:\n  - port: 80\n    nodePort: 30111\n  ...\n",
			"apiVersion: v1\nkind: Service\nmetadata:\n  creationTimestamp: \"2026-11-30T06:00:00Z\"\n  labels:\n    app: web\n  name: web\n  uid: a\nspec:\n  clusterIP: 10.96.1.1\n  ports:\n  - nodePort: 32111\n    port: 80\n    protocol: TCP\n    targetPort: 80\n  selector:\n    app: web\n  type: NodePort\nstatus:\n  loadBalancer: {}\n",
		},
		"subset of JSON": {
			"kubectl get service web -o json",
			"{\n  \"kind\": \"Service\",\n  \"spec\": {\n    \"type\": \"NodePort\",\n    ...\n  },\n  ...\n}",
			"{\n  \"apiVersion\": \"v1\",\n  \"kind\": \"Service\",\n  \"spec\": {\n    \"clusterIP\": \"10.1.1.1\",\n    \"type\": \"NodePort\"\n  }\n}\n",
		},
		"a list of pods in YAML": {
			"kubectl get pods -o yaml",
			"apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: a-586b4c847c-tkfj5\n    ownerReferences:\n    - kind: ReplicaSet\n      name: a-586b4c847c\n  status:\n    phase: Running\n",
			"apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: a-5fb44d67c9-9bpxj\n    ownerReferences:\n    - kind: ReplicaSet\n      name: a-5fb44d67c9\n      uid: x\n  status:\n    phase: Running\nkind: List\nmetadata:\n  resourceVersion: \"\"\n",
		},
		"events": {
			"kubectl events",
			"LAST SEEN   TYPE     REASON      OBJECT                     MESSAGE\n12s         Normal   Scheduled   Pod/web-586b4c847c-tkfj5   Successfully assigned default/web-586b4c847c-tkfj5 to worker-1",
			"LAST SEEN            TYPE     REASON      OBJECT                     MESSAGE\n3m2s (x2 over 5m)    Normal   Scheduled   Pod/web-5fb44d67c9-9bpxj   Successfully assigned default/web-5fb44d67c9-9bpxj to lab-control-plane\n",
		},
		"a Deployment of Kubernetes 1.10": {
			"kubectl get deployment web",
			"NAME   DESIRED   CURRENT   UP-TO-DATE   AVAILABLE   AGE\nweb    3         3         3            3           1h",
			"NAME   READY   UP-TO-DATE   AVAILABLE   AGE\nweb    3/3     3            3           65m\n",
		},
		"events that came more often": {
			"kubectl get events",
			"LAST SEEN   TYPE     REASON             OBJECT     MESSAGE\n12s         Normal   SuccessfulCreate   job/once   Created pod: once-kv2xx",
			"LAST SEEN   TYPE     REASON             OBJECT     MESSAGE\n9s          Normal   SuccessfulCreate   job/once   Created pod: once-bgk8z\n9s          Normal   SuccessfulCreate   job/once   Created pod: once-7tmkm\n",
		},
		"a node port that is asked for": {"kubectl get svc web -o jsonpath='{.spec.ports[0].nodePort}'", "31725", "32613"},
		"a node port in a variable":     {"echo $NODE_PORT", "31725", "32613"},
		"a node port of this machine":   {"echo \"open $URL now\"", "open http://localhost:31725/ now", "open http://localhost:32613/ now"},
		"a node port behind a name":     {"echo http://worker-1:${NODE_PORT}", "http://worker-1:31725", "http://worker-1:32613"},
		"a column of node ports": {
			"kubectl get svc web -o custom-columns=NAME:.metadata.name,PORT:.spec.ports[0].nodePort", "NAME   PORT\nweb    31725", "NAME   PORT\nweb    32613\n",
		},
		"a described Service": {
			"kubectl describe svc web",
			"Type:        NodePort\nPort:        http  80/TCP\nNodePort:    http  31725/TCP\nEndpoints:   <none>",
			"Type:                     NodePort\nPort:                     http  80/TCP\nNodePort:                 http  32613/TCP\nEndpoints:                \nInternal Traffic Policy:  Cluster\n",
		},
		"a repository's index": {
			"cat repo/index.yaml",
			"apiVersion: v1\nentries:\n  web:\n  - digest: 0e6661f193211d7a5206918d42f5c2a9470b737d7d1e1f4b2c4f1f0b0a0a0a0a\n    name: web\ngenerated: \"2026-11-24T09:17:01.123456789+01:00\"",
			"apiVersion: v1\nentries:\n  web:\n  - digest: 878cce43b9b3bcc5ff580a11e9c88687f73fdbd809f744bc478d5d2d44a39310\n    name: web\ngenerated: \"2026-11-30T19:09:01.1Z\"\n",
		},
		"a package's digest": {
			"sha256sum web-0.2.0.tgz",
			"0e6661f193211d7a5206918d42f5c2a9470b737d7d1e1f4b2c4f1f0b0a0a0a0a  web-0.2.0.tgz",
			"878cce43b9b3bcc5ff580a11e9c88687f73fdbd809f744bc478d5d2d44a39310  web-0.2.0.tgz\n",
		},
		"a volume of a described pod": {
			"kubectl describe pod web",
			"Volumes:\n  kube-api-access-6qdnb:\n    Type: Projected",
			"Volumes:\n  kube-api-access-hwtwx:\n    Type: Projected\n",
		},
		"kubectl expose": {"kubectl expose deployment web", "service \"web\" exposed", "service/web exposed\n"},
		"kubectl scale":  {"kubectl scale deployment web --replicas=3", "deployment.extensions \"web\" scaled", "deployment.apps/web scaled\n"},
		"kubectl label":  {"kubectl label pod web a=b", "pod \"web\" labeled", "pod/web labeled\n"},
		"a namespace deleted": {
			"kubectl delete namespace lab", "namespace \"lab\" deleted", "namespace \"lab\" deleted\n",
		},
		"helm env": {"helm env", "HELM_BIN=\"helm\"\nHELM_NAMESPACE=\"default\"\nHELM_CACHE_HOME=\"/home/me/.cache/helm\"", "HELM_BIN=\"/tmp/x/helm\"\nHELM_CACHE_HOME=\"/tmp/y/cache/helm\"\nHELM_NAMESPACE=\"default\"\nHELM_MAX_HISTORY=\"10\"\n"},
		"helm search hub": {
			"helm search hub wordpress",
			"URL                                                 CHART VERSION   APP VERSION   DESCRIPTION\nhttps://hub.helm.sh/charts/bitnami/wordpress        7.6.7           5.2.4         Web publishing platform",
			"URL                                                 CHART VERSION   APP VERSION   DESCRIPTION\nhttps://hub.helm.sh/charts/bitnami/wordpress        7.6.7           5.2.4         Web publishing platform\n",
		},
	}
}

func TestDialects(t *testing.T) {
	for name, d := range dialects() {
		t.Run(name, func(t *testing.T) {
			for _, f := range Compare(d.document, d.came, Options{Command: d.command, Memory: &Memory{}}) {
				if f.Severity == Error {
					t.Errorf("line %d: %s", f.Line, f)
				} else {
					t.Logf("warning: line %d: %s", f.Line, f)
				}
			}
		})
	}
}

func TestPortsThatNoClusterChoosesAreHeldToTheDocument(t *testing.T) {
	for command, sides := range map[string][2]string{
		"echo $PORT":                     {"31725", "32613"},
		"echo $NODE_PORT":                {"31725", "8080"},
		"echo http://localhost:$PORT":    {"http://localhost:8080", "http://localhost:8081"},
		"echo http://example.com:$PORT":  {"http://example.com:31725", "http://example.com:32613"},
		"kubectl describe svc web":       {"NodePort: http 31725/TCP", "NodePort: http 32613/UDP"},
		"kubectl describe svc web -n ab": {"Endpoints: <none>", "Endpoints: 10.244.0.5:80"},
	} {
		if !HasErrors(Compare(sides[0], sides[1], Options{Command: command})) {
			t.Errorf("%s: %q is taken for %q", command, sides[1], sides[0])
		}
	}
}
