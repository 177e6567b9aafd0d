package engine

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// info is what "info" says, in podman's spelling (below "host") and in that of docker and nerdctl.
type info struct {
	Host struct {
		CgroupVersion     string   `json:"cgroupVersion"`
		CgroupControllers []string `json:"cgroupControllers"`
		Security          struct {
			Rootless bool `json:"rootless"`
		} `json:"security"`
	} `json:"host"`

	//nolint:tagliatelle // Docker's spelling.
	CgroupVersion string `json:"CgroupVersion"`
	//nolint:tagliatelle // Docker's spelling.
	SecurityOptions []string `json:"SecurityOptions"`
	//nolint:tagliatelle // Docker's spelling.
	MemoryLimit bool `json:"MemoryLimit"`
	//nolint:tagliatelle // Docker's spelling.
	PidsLimit bool `json:"PidsLimit"`
	//nolint:tagliatelle // Docker's spelling.
	CPUShares bool `json:"CPUShares"`
}

// parseInfo reads the JSON of "info".
func parseInfo(text string) (info, error) {
	var parsed info
	if err := json.Unmarshal([]byte(text), &parsed); err != nil {
		return info{}, fmt.Errorf("reading the engine's info: %w", err)
	}
	return parsed, nil
}

// rootless tells whether containers run without the rights of root.
func (i info) rootless() bool {
	return i.Host.Security.Rootless || slices.ContainsFunc(i.SecurityOptions, func(option string) bool {
		return option == "rootless" || strings.HasPrefix(option, "name=rootless")
	})
}

// lacksForRootless names what rootless nodes need and this engine does not offer: kind creates no cluster without it.
func (i info) lacksForRootless() []string {
	var lacks []string
	if i.Host.CgroupVersion != "v2" && i.CgroupVersion != "2" {
		lacks = append(lacks, "cgroup v2")
	}
	delegated := func(controller string, limit bool) {
		if !limit && !slices.Contains(i.Host.CgroupControllers, controller) {
			lacks = append(lacks, "the "+controller+" controller")
		}
	}
	delegated("cpu", i.CPUShares)
	delegated("memory", i.MemoryLimit)
	delegated("pids", i.PidsLimit)
	return lacks
}
