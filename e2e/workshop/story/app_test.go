package story

import (
	"testing"

	"github.com/onsi/gomega"
)

func TestParseVisitTellsHeadersFromTheBody(t *testing.T) {
	cases := map[string]struct {
		printed string
		want    answer
	}{
		"a list read from a slave": {
			printed: "  HTTP/1.1 200 OK\n  Content-Type: application/json\n  X-Seatrial-Read-From: slave\n  Connection: close\n  \n[\n\"first-entry\"\n]",
			want:    answer{from: "slave", body: "[\n\"first-entry\"\n]"},
		},
		"a header in other letters": {
			printed: "  x-seatrial-read-from: master\r\n  \r\n[]",
			want:    answer{from: "master", body: "[]"},
		},
		"an application that does not say where it read from": {
			printed: "  HTTP/1.1 200 OK\n  \nhello",
			want:    answer{body: "hello"},
		},
		"the header's name in an entry is no header": {
			printed: "  HTTP/1.1 200 OK\n  \n[\"X-Seatrial-Read-From: slave\"]",
			want:    answer{body: "[\"X-Seatrial-Read-From: slave\"]"},
		},
		"nothing": {},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			gomega.NewWithT(t).Expect(parseVisit(c.printed)).To(gomega.Equal(c.want))
		})
	}
}
