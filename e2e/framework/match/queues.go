package match

// queues have numbers in the order in which they were added, by what they were added for.
type queues struct {
	places map[string]int32
	ends   []ends
	next   []int32
}

// ends are the first and the last number of a queue; the first is -1 if the queue is empty.
type ends struct{ first, last int32 }

// newQueues makes queues for numbers below n, each of which can be in one.
func newQueues(n int) queues {
	return queues{places: map[string]int32{}, next: make([]int32, n)}
}

// add puts a number at the end of a queue.
func (q *queues) add(key string, number int) {
	n := int32(number) //nolint:gosec // No output has so many lines.
	q.next[n] = -1
	place, known := q.places[key]
	if !known {
		q.places[key] = int32(len(q.ends)) //nolint:gosec // There are no more than numbers.
		q.ends = append(q.ends, ends{n, n})
		return
	}
	e := &q.ends[place]
	if e.first < 0 {
		e.first = n
	} else {
		q.next[e.last] = n
	}
	e.last = n
}

// take takes the first number of a queue, or gives -1.
func (q *queues) take(key string) int {
	place, known := q.places[key]
	if !known {
		return -1
	}
	e := &q.ends[place]
	first := e.first
	if first >= 0 {
		e.first = q.next[first]
	}
	return int(first)
}

// rest gives the numbers that nobody took, queue by queue.
func (q *queues) rest() []int {
	var all []int
	for _, e := range q.ends {
		for n := e.first; n >= 0; n = q.next[n] {
			all = append(all, int(n))
		}
	}
	return all
}
