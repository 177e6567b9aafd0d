package match

// neverBlank are titles of columns that always have a value.
var neverBlank = map[string]bool{
	"NAME": true, "NAMESPACE": true, "REVISION": true, "UPDATED": true, "STATUS": true, "CHART": true, "CHART VERSION": true, "READY": true,
	"RESTARTS": true, "AGE": true, "TYPE": true, "CLUSTER-IP": true, "EXTERNAL-IP": true, "PORT(S)": true, "UP-TO-DATE": true,
	"AVAILABLE": true, "DESIRED": true, "CURRENT": false, "URL": true, "OBJECT": true,
}

// nearest puts each part under the title that is nearest to where it begins, keeps their order, and leaves no cell
// blank that never is. It is for rows that an author moved from under their titles.
func (c *cutter) nearest(h *header, cells []string) {
	const widest, blankCost, never = 64, 1000, 1 << 40
	parts := c.spans
	n, k := len(cells), len(parts)
	if n > widest {
		fill(cells, c.texts())
		return
	}
	skip := func(j int) int {
		if neverBlank[h.titles[j]] {
			return blankCost
		}
		return 0
	}
	// cost(i, j) is the least cost of parts from i on under titles from j on.
	width := n + 1
	c.cost = append(c.cost[:0], make([]int, (k+1)*width)...)
	for i := k; i >= 0; i-- {
		cost := c.cost[i*width:]
		if i < k {
			cost[n] = never
		}
		for j := n - 1; j >= 0; j-- {
			cost[j] = cost[j+1] + skip(j)
			if i < k {
				away := parts[i].start - h.at[j]
				cost[j] = min(cost[j], max(away, -away)+cost[width+j+1])
			}
		}
	}
	for i, j := 0, 0; i < k && j < n; j++ {
		if cost := c.cost[i*width:]; cost[j] != cost[j+1]+skip(j) {
			cells[j] = parts[i].text
			i++
		}
	}
}
