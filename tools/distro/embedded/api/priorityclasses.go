package api

import (
	"context"
	"fmt"

	"k8s.io/client-go/kubernetes"
	schedulingapiv1 "k8s.io/kubernetes/pkg/apis/scheduling/v1"
)

// createPriorityClasses does what the hook "scheduling/bootstrap-system-priority-classes"
// of Kubernetes does, without its second of sleep; see createRoles.
func createPriorityClasses(ctx context.Context, client kubernetes.Interface) error {
	for _, class := range schedulingapiv1.SystemPriorityClasses() {
		if err := create(ctx, client.SchedulingV1().PriorityClasses(), class); err != nil {
			return fmt.Errorf("creating the priority class %q: %w", class.Name, err)
		}
	}
	return nil
}
