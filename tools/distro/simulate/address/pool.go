// Package address gives out IP addresses, each to one owner at a time.
package address

import (
	"errors"
	"fmt"
	"net/netip"
	"sync"
)

// ErrUsedUp tells that every address has an owner.
var ErrUsedUp = errors.New("no address is left")

// Pool has the addresses of one network, without its first and its last one.
type Pool struct {
	prefix netip.Prefix
	first  netip.Addr
	last   netip.Addr

	mu      sync.Mutex
	next    netip.Addr
	ofOwner map[string]netip.Addr
	owners  map[netip.Addr]string
}

// NewPool makes a pool of an IPv4 network such as "10.244.0.0/16".
func NewPool(network string) (*Pool, error) {
	prefix, err := netip.ParsePrefix(network)
	if err != nil {
		return nil, fmt.Errorf("reading the network %q: %w", network, err)
	}
	if !prefix.Addr().Is4() || prefix.Bits() < 8 || prefix.Bits() > 30 {
		return nil, fmt.Errorf("reading the network %q: it must be one of IPv4 with 8 to 30 bits", network)
	}
	prefix = prefix.Masked()
	last := prefix.Addr().As4()
	for bit := prefix.Bits(); bit < 32; bit++ {
		last[bit/8] |= 1 << (7 - bit%8)
	}
	first := prefix.Addr().Next()
	return &Pool{
		prefix: prefix, first: first, last: netip.AddrFrom4(last).Prev(), next: first,
		ofOwner: map[string]netip.Addr{}, owners: map[netip.Addr]string{},
	}, nil
}

// Get is the address of an owner, always the same one until it is given back. Addresses go round, so that one
// that was given back is not at once somebody else's.
func (p *Pool) Get(owner string) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if have, found := p.ofOwner[owner]; found {
		return have.String(), nil
	}
	for candidate, start := p.next, p.next; ; {
		following := p.after(candidate)
		if _, taken := p.owners[candidate]; !taken {
			p.next = following
			p.assign(owner, candidate)
			return candidate.String(), nil
		}
		if following == start {
			return "", fmt.Errorf("giving out an address of %s: %w", p.prefix, ErrUsedUp)
		}
		candidate = following
	}
}

// Keep notes an address that an owner has already; it returns false if that is no longer possible.
func (p *Pool) Keep(owner, address string) bool {
	a, err := netip.ParseAddr(address)
	if err != nil || !p.Has(address) {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if other, taken := p.owners[a]; taken {
		return other == owner
	}
	if _, has := p.ofOwner[owner]; has {
		return false
	}
	p.assign(owner, a)
	return true
}

// Release gives the address of an owner back, if it has one.
func (p *Pool) Release(owner string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if a, found := p.ofOwner[owner]; found {
		delete(p.ofOwner, owner)
		delete(p.owners, a)
	}
}

// Has tells whether the pool could have given out this address.
func (p *Pool) Has(address string) bool {
	a, err := netip.ParseAddr(address)
	return err == nil && p.first.Compare(a) <= 0 && a.Compare(p.last) <= 0
}

func (p *Pool) assign(owner string, a netip.Addr) {
	p.ofOwner[owner] = a
	p.owners[a] = owner
}

func (p *Pool) after(a netip.Addr) netip.Addr {
	if a == p.last {
		return p.first
	}
	return a.Next()
}
