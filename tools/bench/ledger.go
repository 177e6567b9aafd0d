package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"seatrial/e2e/framework/ledger"
)

// Bounds of ledgers.
const (
	compareLimit  = 100 * time.Millisecond
	comparedCount = 500
)

// ledgers measures what it takes to compare two ledgers of many objects, half of which differ.
func (b *bench) ledgers(_ context.Context) (row, error) {
	var all []time.Duration
	then, now := bigLedger("web:1"), bigLedger("web:2")
	for range 10*b.rounds + 1 {
		begun := time.Now()
		proof := ledger.Prove(then, now)
		all = append(all, time.Since(begun))
		if broken := len(proof.Broken()); broken != comparedCount/2 {
			return row{}, fmt.Errorf("comparing two ledgers: %d of %d objects differ, and %d are said to", comparedCount/2, comparedCount, broken)
		}
	}
	took := median(all)
	return row{
		what: fmt.Sprintf("comparing two ledgers of %d objects, against the limit", comparedCount), ours: milliseconds(took),
		baseline: milliseconds(compareLimit), ratio: took.Seconds() / compareLimit.Seconds(), bound: 1,
	}, nil
}

func milliseconds(d time.Duration) string { return fmt.Sprintf("%.1f ms", d.Seconds()*1e3) }

// bigLedger has Deployments; every second one has the image.
func bigLedger(image string) ledger.Ledger {
	l := ledger.Ledger{Namespace: "bench"}
	for i := range comparedCount {
		mine := "web:0"
		if i%2 == 0 {
			mine = image
		}
		l.Objects = append(l.Objects, ledger.Normalise(bigDeployment(strconv.Itoa(i), mine), nil))
	}
	return l
}

// bigDeployment has what one of a real chart has: containers with ports and variables, and somebody who owns them.
func bigDeployment(name, image string) *unstructured.Unstructured {
	var containers []any
	owned := map[string]any{}
	for c := range 3 {
		container := map[string]any{"name": "c" + strconv.Itoa(c), "image": image, "args": []any{"--verbose", "--port=80"}}
		var env, ports []any
		for i := range 20 {
			env = append(env, map[string]any{"name": "VARIABLE_" + strconv.Itoa(i), "value": "value " + strconv.Itoa(i)})
		}
		for i := range int64(3) {
			ports = append(ports, map[string]any{"name": fmt.Sprintf("port-%d", i), "containerPort": 80 + i, "protocol": "TCP"})
		}
		container["env"], container["ports"] = env, ports
		containers = append(containers, container)
		owned[fmt.Sprintf(`k:{"name":"c%d"}`, c)] = map[string]any{"f:image": map[string]any{}, "f:args": map[string]any{}}
	}
	template := func(inside map[string]any, f string) map[string]any {
		return map[string]any{f + "spec": map[string]any{f + "template": map[string]any{f + "spec": inside}}}
	}
	u := &unstructured.Unstructured{Object: template(map[string]any{"containers": containers, "restartPolicy": "Always"}, "")}
	u.SetAPIVersion("apps/v1")
	u.SetKind("Deployment")
	u.SetNamespace("bench")
	u.SetName("web-" + name)
	metadata, _ := u.Object["metadata"].(map[string]any)
	metadata["managedFields"] = []any{map[string]any{
		"manager": "helm", "operation": "Update", "fieldsV1": template(map[string]any{"f:containers": owned}, "f:"),
	}}
	return u
}
