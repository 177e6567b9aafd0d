package match

import (
	"net/netip"
	"strconv"
	"strings"
)

const (
	pending  = "<pending>"
	none     = "<none>"
	nodePort = "<nodeport>"
	lowNode  = 30000
	highNode = 32767
)

func isIP(s string) bool {
	if len(s) < 2 || len(s) > 45 || !mayBeIP(s) {
		return false
	}
	_, err := netip.ParseAddr(s)
	return err == nil
}

// mayBeIP spares most words the error that says what is wrong with them.
func mayBeIP(s string) bool {
	const dotsOfFour, leastColons = 3, 2
	dots, colons, digits := 0, 0, 0
	for i := range len(s) {
		switch b := s[i]; {
		case digitBytes[b]:
			digits++
		case b == '.':
			dots++
		case b == ':':
			colons++
		case b == '%' && colons >= leastColons:
			return true
		case !uuidBytes[b]:
			return false
		}
	}
	if colons == 0 {
		return dots == dotsOfFour && dots+digits == len(s)
	}
	return colons >= leastColons && (digits > 0 || strings.Contains(s, "::"))
}

var hostBytes = bytesOf(letters + capitals + digits + ".-")

// isHost tells whether a word is a name in the DNS, as load balancers of some clouds have.
func isHost(s string) bool {
	return s == "localhost" || strings.Contains(s, ".") && allIn(s, hostBytes)
}

// isOutside tells whether a cell is an address that a load balancer has or waits for. What it is depends on the
// cluster; that it is something, on the workshop.
func isOutside(s string) bool {
	if s == pending {
		return true
	}
	for part := range strings.SplitSeq(s, ",") {
		if !isIP(part) && !isHost(part) {
			return false
		}
	}
	return true
}

// port is one of PORT(S).
type port struct {
	number, protocol string
	node             string
}

// String has the port with a star for the node port, whose number is the cluster's choice.
func (p port) String() string {
	if p.node != "" {
		return p.number + ":*/" + p.protocol
	}
	return p.number + "/" + p.protocol
}

// readPorts reads a cell such as 80/TCP,3000:31202/TCP.
func readPorts(s string) ([]port, bool) {
	var all []port
	for item := range strings.SplitSeq(s, ",") {
		ports, protocol, found := strings.Cut(strings.TrimSpace(item), "/")
		if !found || protocol != "TCP" && protocol != "UDP" && protocol != "SCTP" {
			return nil, false
		}
		number, node, mapped := strings.Cut(ports, ":")
		if !allIn(number, digitBytes) || mapped && !allIn(node, digitBytes) {
			return nil, false
		}
		all = append(all, port{number: number, protocol: protocol, node: node})
	}
	return all, true
}

func isNodePort(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n >= lowNode && n <= highNode
}

// asksForNodePort tells whether a command names a node port, by a field of a Service or by a variable.
func asksForNodePort(command string) bool {
	return strings.Contains(strings.ReplaceAll(strings.ToLower(command), "_", ""), "nodeport")
}

// plainPorts is a cell of PORT(S) without the numbers of node ports.
func plainPorts(s string) string {
	all, ok := readPorts(s)
	if !ok {
		return s
	}
	words := make([]string, 0, len(all))
	for _, p := range all {
		if p.node != "" && !isNodePort(p.node) {
			words = append(words, p.number+":"+p.node+"/"+p.protocol)
			continue
		}
		words = append(words, p.String())
	}
	return strings.Join(words, ",")
}
