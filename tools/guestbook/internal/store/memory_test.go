package store_test

import (
	"strconv"
	"sync"
	"testing"

	"github.com/onsi/gomega"

	"seatrial/tools/guestbook/internal/store"
)

func TestMemoryKeepsListsApart(t *testing.T) {
	g := gomega.NewWithT(t)
	memory := store.NewMemory()

	listing, err := memory.Append(t.Context(), "guestbook", "Ada")
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(listing).To(gomega.Equal(store.Listing{Entries: []string{"Ada"}, From: store.Memory}))
	_, err = memory.Append(t.Context(), "guestbook", "Grace")
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(listing.Entries).To(gomega.Equal([]string{"Ada"}), "a list that was handed out does not change")

	listing, err = memory.List(t.Context(), "guestbook")
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(listing.Entries).To(gomega.Equal([]string{"Ada", "Grace"}))
	listing, err = memory.List(t.Context(), "other")
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(listing.Entries).To(gomega.BeEmpty())

	g.Expect(memory.Info(t.Context())).To(gomega.Equal("In-memory datastore (not redis)"))
	g.Expect(memory.Ready(t.Context())).To(gomega.Succeed())
	g.Expect(memory.Close()).To(gomega.Succeed())
}

func TestMemoryLosesNothingToConcurrentWriters(t *testing.T) {
	g := gomega.NewWithT(t)
	const writers, each = 8, 50
	memory := store.NewMemory()
	var group sync.WaitGroup
	for writer := range writers {
		group.Go(func() {
			for i := range each {
				_, err := memory.Append(t.Context(), "guestbook", strconv.Itoa(writer*each+i))
				g.Expect(err).NotTo(gomega.HaveOccurred())
			}
		})
	}
	group.Wait()
	listing, err := memory.List(t.Context(), "guestbook")
	g.Expect(err).NotTo(gomega.HaveOccurred())
	g.Expect(listing.Entries).To(gomega.HaveLen(writers * each))
}
