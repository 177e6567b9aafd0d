package podnet

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// cniVersion is the newest that the plugins of the node image speak.
const cniVersion = "1.0.0"

// conflist is the CNI configuration of a node: a veth pair for each pod (ptp), its
// address from the node's own range (host-local), and host ports (portmap).
func conflist(ranges []string) ([]byte, error) {
	type object = map[string]any
	sets := make([]any, 0, len(ranges))
	routes := make([]any, 0, len(ranges))
	for _, cidr := range ranges {
		sets = append(sets, []any{object{"subnet": cidr}})
		everywhere := "0.0.0.0/0"
		if strings.Contains(cidr, ":") {
			everywhere = "::/0"
		}
		routes = append(routes, object{"dst": everywhere})
	}
	list := object{
		"cniVersion": cniVersion,
		"name":       "seatrial",
		"plugins": []any{
			object{
				"type":   "ptp",
				"ipMasq": false,
				"ipam": object{
					"type":    "host-local",
					"dataDir": "/run/cni-ipam-state",
					"routes":  routes,
					"ranges":  sets,
				},
			},
			object{"type": "portmap", "capabilities": object{"portMappings": true}},
		},
	}
	return json.MarshalIndent(list, "", "  ")
}

// writeCNI writes the file in one step: the runtime reads it as soon as it appears.
func (w *writer) writeCNI(ranges []string) error {
	key := strings.Join(ranges, ",")
	if key == "" || key == w.ranges {
		return nil
	}
	body, err := conflist(ranges)
	if err != nil {
		return fmt.Errorf("rendering the CNI configuration for %s: %w", key, err)
	}
	// A dot in front hides the unfinished file from the runtime.
	unfinished := filepath.Join(filepath.Dir(w.cniFile), "."+filepath.Base(w.cniFile))
	if err := os.WriteFile(unfinished, body, 0o600); err != nil {
		return fmt.Errorf("writing the CNI configuration: %w", err)
	}
	if err := os.Rename(unfinished, w.cniFile); err != nil {
		return fmt.Errorf("putting the CNI configuration in place: %w", err)
	}
	w.ranges = key
	w.log.Info("pod range configured", "ranges", key, "file", w.cniFile)
	return nil
}
