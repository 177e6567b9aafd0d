package engine

import (
	"context"
	"os"
	"path/filepath"
)

// settings returns what the engine must be told, "" if that is nothing or the user tells it.
func (f *finder) settings(e *Engine) string {
	if e.Name != podman || f.usersSettings() != "" {
		return ""
	}
	return renderSettings(f.host, f.parts, e.Version)
}

// settingsPath is the file for our settings.
func (f *finder) settingsPath() string { return filepath.Join(f.dir, "containers.conf") }

// usersSettings is the file that the user points podman at. One of ours, inherited from a process that found the engine
// before, is no such file.
func (f *finder) usersSettings() string {
	path := os.Getenv(settingsVariable)
	if path == f.settingsPath() {
		return ""
	}
	return path
}

// configure writes the settings of an engine and sets its environment.
func (f *finder) configure(e *Engine) error {
	if e.Name != podman {
		return nil
	}
	if path := f.usersSettings(); path != "" {
		e.Env = []string{settingsVariable + "=" + path}
		return nil
	}
	text := f.settings(e)
	if text == "" {
		return nil
	}
	e.Env = []string{settingsVariable + "=" + f.settingsPath()}
	if f.frozen {
		return same(f.settingsPath(), text)
	}
	return replaceFile(f.settingsPath(), text)
}

// announce says which settings an engine gets, above all if that is not what the user may expect.
func (f *finder) announce(ctx context.Context, e *Engine) {
	if e.Name != podman {
		return
	}
	if path := f.usersSettings(); path != "" {
		f.log.InfoContext(ctx, "using your own podman settings", "file", path)
		return
	}
	if len(e.Env) == 0 {
		return
	}
	f.log.DebugContext(ctx, "using podman settings made for this machine", "file", f.settingsPath())
	for _, path := range []string{"/etc/containers/containers.conf", os.ExpandEnv("$HOME/.config/containers/containers.conf")} {
		if _, err := os.Stat(path); err == nil {
			f.log.WarnContext(ctx, "podman settings of this machine do not count here; set CONTAINERS_CONF to use them",
				"file", path, "instead", f.settingsPath())
		}
	}
}
