package settings_test

import (
	"net"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/onsi/gomega"
	"pgregory.net/rapid"

	"seatrial/tools/guestbook/internal/settings"
)

func lookup(env map[string]string) settings.Lookup {
	return func(name string) (string, bool) {
		value, set := env[name]
		return value, set
	}
}

func TestSettingsFollowTheEnvironment(t *testing.T) {
	cases := map[string]struct {
		env  map[string]string
		want settings.Settings
	}{
		"nothing set keeps entries in memory": {
			want: settings.Settings{Addr: ":3000"},
		},
		"the chart's variables": {
			env: map[string]string{
				"HOSTNAME": "guestbook-demo-1", "PORT": "8080",
				"REDIS_MASTER_HOST": "redis-master", "REDIS_MASTER_PORT": "6380",
				"REDIS_SLAVE_HOST": "redis-slave", "REDIS_SLAVE_PORT": "6381",
			},
			want: settings.Settings{
				Addr: ":8080", Hostname: "guestbook-demo-1", Master: "redis-master:6380", Slave: "redis-slave:6381",
			},
		},
		"what Kubernetes injects for the two Services": {
			env: map[string]string{
				"REDIS_MASTER_SERVICE_HOST": "10.96.0.7", "REDIS_MASTER_SERVICE_PORT": "6379",
				"REDIS_MASTER_PORT": "tcp://10.96.0.7:6379", "REDIS_SLAVE_PORT": "tcp://10.96.0.8:7000",
			},
			want: settings.Settings{Addr: ":3000", Master: "redis-master:6379", Slave: "redis-slave:7000"},
		},
		"an injected address with a password of its own": {
			env: map[string]string{
				"REDIS_MASTER_SERVICE_HOST": "db.example.org", "REDIS_MASTER_SERVICE_PORT": "6400",
				"REDIS_MASTER_SERVICE_PASSWORD": "open sesame", "REDIS_MASTER_PORT": "",
			},
			want: settings.Settings{
				Addr: ":3000", Master: "db.example.org:6400", Slave: "redis-slave:6379", Password: "open sesame",
			},
		},
		"a Service address and nothing else": {
			env:  map[string]string{"REDIS_MASTER_SERVICE_HOST": "fd00::7"},
			want: settings.Settings{Addr: ":3000", Master: "[fd00::7]:6379", Slave: "redis-slave:6379"},
		},
		"an empty slave host means no slaves": {
			env:  map[string]string{"REDIS_MASTER_HOST": "redis-master", "REDIS_SLAVE_HOST": ""},
			want: settings.Settings{Addr: ":3000", Master: "redis-master:6379"},
		},
		"a slave without a master is not used": {
			env:  map[string]string{"REDIS_SLAVE_HOST": "redis-slave"},
			want: settings.Settings{Addr: ":3000"},
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			g := gomega.NewWithT(t)
			got, err := settings.FromEnv(lookup(test.env))
			g.Expect(err).NotTo(gomega.HaveOccurred())
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("settings (-want +got):\n%s", diff)
			}
			g.Expect(got.InMemory()).To(gomega.Equal(test.want.Master == ""))
		})
	}
}

func TestAnUnusablePortIsNamed(t *testing.T) {
	master := map[string]string{"REDIS_MASTER_HOST": "redis-master"}
	for name, value := range map[string]string{
		"PORT":                      "http",
		"REDIS_MASTER_PORT":         "tcp://10.96.0.7",
		"REDIS_SLAVE_PORT":          "65536",
		"REDIS_MASTER_SERVICE_PORT": "0",
		"REDIS_SLAVE_SERVICE_PORT":  "tcp://[",
	} {
		t.Run(name, func(t *testing.T) {
			g := gomega.NewWithT(t)
			_, err := settings.FromEnv(func(asked string) (string, bool) {
				if asked == name {
					return value, true
				}
				return lookup(master)(asked)
			})
			g.Expect(err).To(gomega.MatchError(gomega.HavePrefix("reading " + name + ": ")))
		})
	}
}

func TestAddressesAreAlwaysUsable(t *testing.T) {
	names := []string{
		"PORT", "REDIS_MASTER_HOST", "REDIS_MASTER_PORT", "REDIS_MASTER_SERVICE_HOST", "REDIS_MASTER_SERVICE_PORT",
		"REDIS_MASTER_SERVICE_PASSWORD", "REDIS_SLAVE_HOST", "REDIS_SLAVE_PORT", "REDIS_SLAVE_SERVICE_PORT",
	}
	value := rapid.OneOf(
		rapid.String(),
		rapid.Map(rapid.IntRange(-1, 70000), strconv.Itoa),
		rapid.Map(rapid.IntRange(-1, 70000), func(port int) string { return "tcp://10.0.0.1:" + strconv.Itoa(port) }),
	)
	rapid.Check(t, func(t *rapid.T) {
		got, err := settings.FromEnv(lookup(rapid.MapOf(rapid.SampledFrom(names), value).Draw(t, "env")))
		if err != nil {
			return
		}
		for _, addr := range []string{got.Addr, got.Master, got.Slave} {
			if addr == "" {
				continue
			}
			_, port, err := net.SplitHostPort(addr)
			if err != nil {
				// Only a host that no resolver would take can spoil the address.
				continue
			}
			if number, err := strconv.Atoi(port); err != nil || number < 1 || number > 65535 {
				t.Fatalf("address %q has no usable port", addr)
			}
		}
	})
}
