package artifacts

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// events writes all events of a namespace as a table, the latest last.
func (c collector) events(ctx context.Context, namespace string) error {
	list, err := c.kube.CoreV1().Events(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return fmt.Errorf("listing: %w", err)
	}
	return c.in(namespace).write(eventTable(list.Items), "events.txt")
}

func eventTable(events []corev1.Event) []byte {
	slices.SortStableFunc(events, func(a, b corev1.Event) int {
		return cmp.Or(lastSeen(a).Compare(lastSeen(b)), strings.Compare(a.Name, b.Name))
	})
	rows := [][]string{{"LAST SEEN", "TYPE", "REASON", "OBJECT", "COUNT", "MESSAGE"}}
	for _, e := range events {
		count := e.Count
		if e.Series != nil {
			count = e.Series.Count
		}
		rows = append(rows, []string{
			lastSeen(e).UTC().Format(time.RFC3339), e.Type, e.Reason,
			e.InvolvedObject.Kind + "/" + e.InvolvedObject.Name, fmt.Sprint(max(1, count)),
			strings.Join(strings.Fields(e.Message), " "),
		})
	}
	return columns(rows)
}

// lastSeen depends on the client that wrote the event.
func lastSeen(e corev1.Event) time.Time {
	if e.Series != nil {
		return e.Series.LastObservedTime.Time
	}
	return cmp.Or(e.LastTimestamp.Time, e.EventTime.Time, e.FirstTimestamp.Time, e.CreationTimestamp.Time)
}

// columns aligns rows.
func columns(rows [][]string) []byte {
	var b bytes.Buffer
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		// A bytes.Buffer takes everything.
		_, _ = fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	_ = w.Flush()
	return b.Bytes()
}
