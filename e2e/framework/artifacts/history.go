package artifacts

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"seatrial/e2e/framework/helm"
)

// revision is a line of a history, without manifest and values: these may hold secrets.
type revision struct {
	Name        string    `json:"name"`
	Revision    int       `json:"revision"`
	Updated     time.Time `json:"updated"`
	Status      string    `json:"status"`
	Chart       string    `json:"chart"`
	AppVersion  string    `json:"appVersion"`
	Description string    `json:"description"`
}

// history writes all revisions of all releases of a namespace.
func (c collector) history(ctx context.Context, namespace string) error {
	releases, err := c.request.History(ctx, namespace)
	if err != nil {
		return fmt.Errorf("reading: %w", err)
	}
	all := revisions(releases)
	data, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return fmt.Errorf("writing as JSON: %w", err)
	}
	return errors.Join(
		c.in(namespace).write(append(data, '\n'), "history.json"),
		c.in(namespace).write(historyTable(all), "history.txt"),
	)
}

func revisions(releases []helm.Release) []revision {
	all := make([]revision, 0, len(releases))
	for _, r := range releases {
		all = append(all, revision{
			Name: r.Name, Revision: r.Revision, Updated: r.Updated, Status: string(r.Status),
			Chart: r.Chart(), AppVersion: r.AppVersion, Description: r.Description,
		})
	}
	slices.SortStableFunc(all, func(a, b revision) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), a.Revision-b.Revision)
	})
	return all
}

// historyTable has the columns of `helm history`, with the name of the release before.
func historyTable(all []revision) []byte {
	rows := [][]string{{"NAME", "REVISION", "UPDATED", "STATUS", "CHART", "APP VERSION", "DESCRIPTION"}}
	for _, r := range all {
		rows = append(rows, []string{
			r.Name, fmt.Sprint(r.Revision), r.Updated.UTC().Format(time.ANSIC), r.Status, r.Chart, r.AppVersion, r.Description,
		})
	}
	return columns(rows)
}
