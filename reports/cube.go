package reports

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/pcaplake/pcaplake/queries"
)

const (
	maxCells = 12_000 // of a cube in the page: about 400 kB
	leastBin = 24     // bins of time that are kept before ports go
)

// Cube is packets and bytes by time, source, destination and ports at once, so that the page can add them up for any part. Addresses and ports beyond
// the most active ones are one name, "others". Cells are columns of equal length; names are numbers of Names, -1 where a packet has none.
type Cube struct {
	Start   int64    `json:"start"` // of the first bin, milliseconds since 1970-01-01 UTC
	Width   float64  `json:"width"` // of a bin, milliseconds
	Bins    int      `json:"bins"`
	Names   []string `json:"names"`
	Time    []int    `json:"t"` // number of the bin
	Src     []int    `json:"src"`
	Dst     []int    `json:"dst"`
	SrcPort []int    `json:"src_port"`
	DstPort []int    `json:"dst_port"`
	Packets []int64  `json:"packets"`
	Payload []int64  `json:"payload_bytes"`
	Wire    []int64  `json:"wire_bytes"`
	Folded  bool     `json:"folded"` // ports were left out, since there were too many cells
}

// place is where a cell lies.
type place struct{ time, src, dst, srcPort, dstPort int }

// amounts are what a cell adds up: packets, payload bytes, bytes on the wire.
type amounts [3]int64

// cubeMaker is a cube in the making.
type cubeMaker struct {
	cube  Cube
	names map[string]int
	sums  map[place]amounts
}

// readCube runs query cube and folds its result until it is small enough. Nil without packets.
func readCube(ctx context.Context, s *queries.Session) (*Cube, error) {
	q, err := s.Lookup("cube")
	if err != nil {
		return nil, err
	}
	result, err := s.Run(ctx, q, nil)
	if err != nil {
		return nil, err
	}
	c := &cubeMaker{names: map[string]int{}, sums: map[place]amounts{}, cube: Cube{Names: []string{}}}
	for result.Next() {
		c.take(result.Row())
		for len(c.sums) > 8*maxCells && c.cube.Bins > leastBin {
			c.halve()
		}
	}
	if err := result.Close(); err != nil {
		return nil, err
	}
	if len(c.sums) == 0 {
		return nil, nil
	}
	return c.folded(), nil
}

// folded is the cube when it is small enough: first with longer bins, then without ports.
func (c *cubeMaker) folded() *Cube {
	for len(c.sums) > maxCells && c.cube.Bins > leastBin {
		c.halve()
	}
	if len(c.sums) > maxCells {
		c.cube.Folded = true
		c.fold(func(p place) place { return place{p.time, p.src, p.dst, -1, -1} })
	}
	for len(c.sums) > maxCells && c.cube.Bins > 1 {
		c.halve()
	}
	return c.columns()
}

// take adds a row of query cube.
func (c *cubeMaker) take(row []any) {
	ts, ok := row[0].(time.Time)
	seconds, _ := row[8].(float64)
	if !ok || seconds <= 0 {
		return
	}
	if len(c.sums) == 0 {
		c.cube.Start, c.cube.Width = ts.UnixMilli(), seconds*1000
	}
	p := place{int(float64(ts.UnixMicro()-c.cube.Start*1000) / 1000 / c.cube.Width), c.name(row[1]), c.name(row[2]), c.name(row[3]), c.name(row[4])}
	c.cube.Bins = max(c.cube.Bins, p.time+1)
	sums := c.sums[p]
	for i := range sums {
		n, _ := row[5+i].(int64)
		sums[i] += n
	}
	c.sums[p] = sums
}

// name is the number of a name.
func (c *cubeMaker) name(value any) int {
	text, ok := value.(string)
	if !ok {
		return -1
	}
	n, ok := c.names[text]
	if !ok {
		n = len(c.cube.Names)
		c.names[text] = n
		c.cube.Names = append(c.cube.Names, text)
	}
	return n
}

// halve makes one bin of two.
func (c *cubeMaker) halve() {
	c.cube.Width, c.cube.Bins = c.cube.Width*2, (c.cube.Bins+1)/2
	c.fold(func(p place) place {
		p.time /= 2
		return p
	})
}

// fold adds up the cells that come to lie in one place.
func (c *cubeMaker) fold(to func(place) place) {
	folded := make(map[place]amounts, len(c.sums))
	for p, sums := range c.sums {
		all := folded[to(p)]
		for i := range all {
			all[i] += sums[i]
		}
		folded[to(p)] = all
	}
	c.sums = folded
}

// columns are the cells in the order of their places.
func (c *cubeMaker) columns() *Cube {
	all := make([]place, 0, len(c.sums))
	for p := range c.sums {
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b place) int {
		return cmp.Or(a.time-b.time, a.src-b.src, a.dst-b.dst, a.srcPort-b.srcPort, a.dstPort-b.dstPort)
	})
	out := &c.cube
	for _, p := range all {
		sums := c.sums[p]
		out.Time, out.Src, out.Dst = append(out.Time, p.time), append(out.Src, p.src), append(out.Dst, p.dst)
		out.SrcPort, out.DstPort = append(out.SrcPort, p.srcPort), append(out.DstPort, p.dstPort)
		out.Packets, out.Payload, out.Wire = append(out.Packets, sums[0]), append(out.Payload, sums[1]), append(out.Wire, sums[2])
	}
	return out
}

// othersName is what query cube calls addresses and ports beyond the most active ones.
const othersName = "others"

// sparkBins is how many points a sparkline has.
const sparkBins = 48

// totals are packets, bytes on the wire, and bytes over time.
func (c *Cube) totals() (packets, bytes int64, over []int64) {
	over = make([]int64, min(c.Bins, sparkBins))
	for i, t := range c.Time {
		packets += c.Packets[i]
		bytes += c.Wire[i]
		over[c.part(t, len(over))] += c.Wire[i]
	}
	return packets, bytes, over
}

// part is which of n equal parts of the period a bin lies in.
func (c *Cube) part(bin, n int) int { return min(bin*n/max(c.Bins, 1), n-1) }

// sparks are the bytes on the wire that each address sent and received over time, by address.
func (c *Cube) sparks() map[string][]int64 {
	out := map[string][]int64{}
	if c == nil || c.Bins < 4 {
		return out
	}
	for i, t := range c.Time {
		ends := []int{c.Src[i], c.Dst[i]}
		if c.Src[i] == c.Dst[i] {
			ends = ends[:1]
		}
		for _, name := range ends {
			if name < 0 || c.Names[name] == othersName {
				continue
			}
			line := out[c.Names[name]]
			if line == nil {
				line = make([]int64, min(c.Bins, sparkBins))
				out[c.Names[name]] = line
			}
			line[c.part(t, len(line))] += c.Wire[i]
		}
	}
	return out
}

// shown is the cube with names escaped for display.
func (c *Cube) shown() *Cube {
	if c == nil {
		return nil
	}
	out := *c
	out.Names = make([]string, len(c.Names))
	for i, name := range c.Names {
		out.Names[i] = queries.EscapeText(name)
	}
	return &out
}
