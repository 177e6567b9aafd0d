// Package settings reads where the guestbook listens and where its Redis servers are from the environment.
//
// It understands the variables that the chart sets and the ones that Kubernetes injects for the Services
// "redis-master" and "redis-slave".
package settings

import (
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
)

const (
	defaultWebPort   = "3000"
	defaultRedisPort = "6379"
	// masterService and slaveService are the names of the Services in the workshop's chart.
	masterService = "redis-master"
	slaveService  = "redis-slave"
)

// Lookup returns the value of an environment variable and whether it is set, as [os.LookupEnv] does.
type Lookup func(name string) (value string, set bool)

// Settings is all that the guestbook takes from its environment.
type Settings struct {
	// Addr is the address to listen on.
	Addr string
	// Hostname names this process to the people who read its pages.
	Hostname string
	// Master is the host and port of the Redis master; empty means that entries are kept in memory.
	Master string
	// Slave is the host and port of the Redis slaves; empty means that there are none.
	Slave string
	// Password is sent to the master and to the slaves unless it is empty.
	Password string
}

// InMemory reports whether no Redis is configured.
func (s Settings) InMemory() bool { return s.Master == "" }

// FromEnv reads the settings, and names the variable in the error when a value cannot be used.
func FromEnv(lookup Lookup) (Settings, error) {
	env := environment{lookup}
	settings := Settings{
		Hostname: env.first("HOSTNAME"),
		Password: env.first("REDIS_MASTER_PASSWORD", "REDIS_MASTER_SERVICE_PASSWORD"),
	}
	port, err := env.port(defaultWebPort, "PORT")
	if err != nil {
		return Settings{}, err
	}
	settings.Addr = ":" + port

	host := env.masterHost()
	if host == "" {
		return settings, nil
	}
	port, err = env.port(defaultRedisPort, "REDIS_MASTER_PORT", "REDIS_MASTER_SERVICE_PORT")
	if err != nil {
		return Settings{}, err
	}
	settings.Master = net.JoinHostPort(host, port)

	// Set but empty is how a user says that there are no slaves.
	host, set := lookup("REDIS_SLAVE_HOST")
	if !set {
		host = slaveService
	}
	if host == "" {
		return settings, nil
	}
	port, err = env.port(defaultRedisPort, "REDIS_SLAVE_PORT", "REDIS_SLAVE_SERVICE_PORT")
	if err != nil {
		return Settings{}, err
	}
	settings.Slave = net.JoinHostPort(host, port)
	return settings, nil
}

type environment struct{ lookup Lookup }

// first returns the first value that is not empty.
func (e environment) first(names ...string) string {
	for _, name := range names {
		if value, _ := e.lookup(name); value != "" {
			return value
		}
	}
	return ""
}

// masterHost prefers the name of the Service to its injected address, because a name outlives a Service that is
// deleted and made again; the address is taken together with the password that only the same Service can mean.
func (e environment) masterHost() string {
	if host := e.first("REDIS_MASTER_HOST"); host != "" {
		return host
	}
	injected := e.first("REDIS_MASTER_SERVICE_HOST")
	if injected != "" && e.first("REDIS_MASTER_SERVICE_PASSWORD") != "" {
		return injected
	}
	if e.first("REDIS_MASTER_PORT") != "" {
		return masterService
	}
	return injected
}

// port returns the first port that is set: a number, or the "tcp://10.0.0.1:6379" that Kubernetes injects.
func (e environment) port(fallback string, names ...string) (string, error) {
	for _, name := range names {
		value := e.first(name)
		if value == "" {
			continue
		}
		port := value
		if strings.Contains(value, "://") {
			parsed, err := url.Parse(value)
			if err != nil {
				return "", fmt.Errorf("reading %s: %w", name, err)
			}
			port = parsed.Port()
		}
		number, err := strconv.ParseUint(port, 10, 16)
		if err != nil || number == 0 {
			return "", fmt.Errorf("reading %s: %q is no port: give a number from 1 to 65535", name, value)
		}
		return strconv.FormatUint(number, 10), nil
	}
	return fallback, nil
}
