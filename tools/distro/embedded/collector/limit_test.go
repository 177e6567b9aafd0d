package collector

import "testing"

func TestTheLimitIsAShareOfWhatTheMachineHas(t *testing.T) {
	for _, test := range []struct {
		name    string
		meminfo string
		want    int64
	}{
		{"a large machine", "MemTotal:       24000000 kB\nMemFree:          100000 kB\nMemAvailable:   20000000 kB\n", mostLimit},
		{"a small one", "MemTotal:        8000000 kB\nMemAvailable:    4194304 kB\n", 2 << 30},
		{"one that is full", "MemAvailable:     100000 kB\n", leastLimit},
		{"one that does not say", "MemTotal:        8000000 kB\n", mostLimit},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := limit(availableIn([]byte(test.meminfo))); got != test.want {
				t.Errorf("%d bytes, want %d", got, test.want)
			}
		})
	}
}
