package engine

// networkArgs makes a network as kind does.
func networkArgs(name, subnet string) []string {
	args := []string{"network", "create", "--driver=bridge"}
	if subnet != "" {
		args = append(args, "--ipv6", "--subnet", subnet)
	}
	return append(args, name)
}

// runArgs starts a container as kind v0.33 starts a node.
func runArgs(e *Engine, name, image string) []string {
	args := []string{
		"run", "--detach", "--tty", "--pull=never",
		"--name", name, "--hostname", name, "--net", name,
		"--privileged", "--tmpfs", "/tmp", "--tmpfs", "/run",
	}
	if e.Host.KernelModules {
		// Where the folder is missing, PrepareHost makes it before there are nodes.
		args = append(args, "--volume", modulesDir+":"+modulesDir+":ro")
	}
	switch e.Name {
	case podman:
		args = append(
			args, "--cgroupns=private", "--publish", "127.0.0.1::6443/tcp", "--volume", name+":/var:suid,exec,dev",
		)
	case docker:
		args = append(
			args, "--cgroupns=private", "--publish", "127.0.0.1::6443/tcp", "--volume", name+":/var", "--init=false",
			"--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined",
		)
	default:
		args = append(
			args, "--volume", name+":/var",
			"--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined",
		)
	}
	return append(args, image)
}

// inspectArgs asks for the probe image, which the engine answers only if it works and has it.
func inspectArgs(image *probeImage) []string {
	return []string{"image", "inspect", image.tag.String()}
}
