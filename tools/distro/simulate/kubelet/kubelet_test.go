package kubelet

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/remotecommand"

	"seatrial/tools/distro/simulate/rules"
)

func started() metav1.Time {
	return metav1.NewTime(time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC))
}

func oncePod() *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web", Labels: map[string]string{"app": "web"}},
		Spec: corev1.PodSpec{Containers: []corev1.Container{
			{Name: "app", Image: "web"}, {Name: "quiet", Image: "web"}, {Name: "stuck", Image: "web"}, {Name: "crashed", Image: "web"},
		}},
		Status: corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{
			{Name: "app", State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: started()}}},
			{Name: "quiet", State: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{StartedAt: started()}}},
			{Name: "stuck", State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "ImagePullBackOff"}}},
			{
				Name: "crashed", State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}},
				LastTerminationState: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{StartedAt: started()}},
			},
		}},
	}
}

// serve is a kubelet of a node with this one pod.
func serve(t *testing.T) *httptest.Server {
	t.Helper()
	all := &rules.Rules{Pods: []rules.Rule{
		{Match: rules.Match{Container: "app"}, Logs: new("one\ntwo\nthree\n"), Exec: new("hello\n")},
		{Match: rules.Match{Container: "crashed"}, Logs: new("")},
	}}
	find := func(namespace, name string) (*corev1.Pod, error) {
		if namespace != "shop" || name != "web" {
			return nil, errors.New("no such pod")
		}
		return oncePod(), nil
	}
	server := httptest.NewServer(NewHandler(find, func() *rules.Rules { return all }))
	t.Cleanup(server.Close)
	return server
}

func get(t *testing.T, at string) (code int, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, at, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

func TestLogs(t *testing.T) {
	t.Parallel()
	server := serve(t)
	for _, test := range []struct {
		path string
		code int
		want string
	}{
		{"shop/web/app", 200, "one\ntwo\nthree\n"},
		{"shop/web/app?follow=true&tailLines=2", 200, "two\nthree\n"},
		{"shop/web/app?tailLines=0", 200, ""},
		{"shop/web/app?tailLines=9&limitBytes=5", 200, "one\nt"},
		{"shop/web/app?tailLines=1&timestamps=true", 200, "2026-11-23T12:00:00Z three\n"},
		{"shop/web/app?sinceTime=2026-11-23T12:00:00Z", 200, "one\ntwo\nthree\n"},
		{"shop/web/app?sinceTime=2027-01-01T00:00:00Z", 200, ""},
		{"shop/web/app?sinceSeconds=-1000000000", 200, ""},
		{"shop/web/app?stream=Stderr", 200, ""},
		{"shop/web/quiet", 200, notice},
		{"shop/web/crashed", 200, ""},
		{"shop/web/crashed?previous=true", 200, ""},
		{"shop/web/app?previous=true", 400, `previous terminated container "app" in pod "web" not found`},
		{"shop/web/stuck", 400, `container "stuck" in pod "web" is waiting to start: trying and failing to pull image`},
		{"shop/web/app?tailLines=x", 400, `tailLines "x" is no count`},
		{"shop/web/app?sinceTime=x", 400, "sinceTime"},
		{"shop/web/app?sinceSeconds=x", 400, `sinceSeconds "x" is no count`},
		{"shop/web/other", 404, `container "other" not found in pod "web"`},
		{"shop/db/app", 404, `pod "db" does not exist`},
	} {
		code, body := get(t, server.URL+"/containerLogs/"+test.path)
		if code != test.code || code == 200 && body != test.want || !strings.Contains(body, test.want) {
			t.Errorf("logs of %s: got %d %q, want %d %q", test.path, code, body, test.code, test.want)
		}
	}
}

// over runs a command over one of the two protocols that clients speak.
func over(t *testing.T, protocol, at string) (string, error) {
	t.Helper()
	u, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	var executor remotecommand.Executor
	if protocol == "SPDY" {
		executor, err = remotecommand.NewSPDYExecutor(&rest.Config{Host: u.Host}, http.MethodPost, u)
	} else {
		executor, err = remotecommand.NewWebSocketExecutorForProtocols(&rest.Config{Host: u.Host}, http.MethodGet, at, "v4.channel.k8s.io")
	}
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	var out, errOut bytes.Buffer
	err = executor.StreamWithContext(ctx, remotecommand.StreamOptions{Stdout: &out, Stderr: &errOut})
	return out.String() + errOut.String(), err
}

func TestExec(t *testing.T) {
	t.Parallel()
	server := serve(t)
	for _, protocol := range []string{"SPDY", "WebSocket"} {
		out, err := over(t, protocol, server.URL+"/exec/shop/web/app?command=ls&output=1&error=1")
		if err != nil || out != "hello\n" {
			t.Errorf("a command with a rule, over %s: got %q, %v", protocol, out, err)
		}
		out, err = over(t, protocol, server.URL+"/exec/shop/web/quiet?command=ls&output=1&error=1")
		if err == nil || out != "" || !strings.Contains(err.Error(), errExec.Error()) {
			t.Errorf("a command without a rule, over %s: got %q, %v", protocol, out, err)
		}
		out, err = over(t, protocol, server.URL+"/attach/shop/web/app?output=1&error=1")
		if err == nil || out != "" || !strings.Contains(err.Error(), errAttach.Error()) {
			t.Errorf("attaching, over %s: got %q, %v", protocol, out, err)
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	server := serve(t)
	for _, test := range []struct {
		path string
		code int
		want string
	}{
		{"exec/shop/web/app?command=ls", 400, "you must specify at least 1 of stdin, stdout, stderr"},
		{"attach/shop/web/app", 400, "you must specify at least 1 of stdin, stdout, stderr"},
		{"exec/shop/web/other?output=1", 404, `container "other" not found`},
		{"attach/shop/db/app?output=1", 404, `pod "db" does not exist`},
		{"portForward/shop/db", 404, `pod "db" does not exist`},
		{"portForward/shop/web", 501, errForward.Error()},
		{"healthz", 200, "ok"},
		{"metrics", 404, "not found"},
	} {
		if code, body := get(t, server.URL+"/"+test.path); code != test.code || !strings.Contains(body, test.want) {
			t.Errorf("%s: got %d %q, want %d %q", test.path, code, body, test.code, test.want)
		}
	}
}
