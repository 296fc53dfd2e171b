package classify

import (
	"cmp"
	"slices"
	"time"

	"github.com/pcaplake/pcaplake/queries"
)

// episodeGap is the silence, in microseconds, that parts one episode from the next.
const episodeGap = int64(time.Minute / time.Microsecond)

// entity is what a detector's verdicts of one episode have in common.
type entity struct {
	detector, class, subclass, src, dst string
	hasPort, hasProto                   bool
	port, proto                         int32
}

func (v *Verdict) entity() entity {
	return entity{v.Detector, v.Class, v.Subclass, v.SrcIP, v.DstIP, v.HasPort, v.HasProto, v.DstPort, v.IPProto}
}

// merge joins a detector's verdicts of one entity with gaps of up to a minute. Counts add up; the surest part speaks for the whole.
func merge(found []Verdict) []Verdict {
	found = slices.Clone(found)
	slices.SortStableFunc(found, func(a, b Verdict) int { return cmp.Compare(a.StartTS, b.StartTS) })
	last := map[entity]int{}
	var out []Verdict
	for _, v := range found {
		i, ok := last[v.entity()]
		if !ok || v.StartTS-out[i].EndTS > episodeGap {
			last[v.entity()] = len(out)
			out = append(out, v)
			continue
		}
		out[i].join(&v)
	}
	return grave(out)
}

// join takes another part into the verdict.
func (v *Verdict) join(part *Verdict) {
	if part.Score > v.Score {
		v.Score, v.Severity, v.finding, v.measured = part.Score, graver(v.Severity, part.Severity), part.finding, part.measured
	}
	v.Severity = graver(v.Severity, part.Severity)
	v.StartTS, v.EndTS = min(v.StartTS, part.StartTS), max(v.EndTS, part.EndTS)
	v.Packets, v.Bytes, v.parts = v.Packets+part.Packets, v.Bytes+part.Bytes, v.parts+part.parts
	v.SrcCount, v.DstCount = max(v.SrcCount, part.SrcCount), max(v.DstCount, part.DstCount)
}

func graver(a, b string) string {
	return queries.Severities[max(slices.Index(queries.Severities, a), slices.Index(queries.Severities, b))]
}

// fold makes one row per detector and day (UTC) of scans that are mere information: they came from outside and got no answer.
func fold(found []Verdict) []Verdict {
	type night struct {
		detector string
		day      int64
	}
	first := map[night]int{}
	sources, targets := map[night]map[string]bool{}, map[night]map[string]bool{}
	var out []Verdict
	for _, v := range found {
		if v.Class != "scan" || v.Severity != "info" {
			out = append(out, v)
			continue
		}
		n := night{v.Detector, v.StartTS / int64(24*time.Hour/time.Microsecond)}
		i, ok := first[n]
		if !ok {
			first[n] = len(out)
			sources[n], targets[n] = map[string]bool{v.SrcIP: true}, map[string]bool{v.DstIP: true}
			out = append(out, v)
			continue
		}
		sources[n][v.SrcIP], targets[n][v.DstIP] = true, true
		f := &out[i]
		f.join(&v)
		f.SrcCount, f.DstCount = int64(len(sources[n])), max(f.DstCount, int64(len(targets[n])))
		if f.SrcIP != v.SrcIP {
			f.SrcIP = ""
		}
		if f.DstIP != v.DstIP {
			f.DstIP = ""
		}
		f.Subclass, f.HasPort = "", false
	}
	return out
}

// ranks say which class is the primary one where two explain the same packets: the more specific.
var ranks = map[string]int{"bruteforce": 5, "theft": 4, "c2": 4, "dos": 3, "scan": 2, "ddos": 1}

// explain drops verdicts that a verdict of a more specific class, or a surer one of the same class, accounts for, and notes them there.
func explain(found []Verdict) []Verdict {
	gone := make([]bool, len(found))
	for i := range found {
		for j := range found {
			if i != j && !gone[i] && !gone[j] && found[i].accounts(&found[j]) {
				gone[j] = true
				dropped := found[j]
				found[i].explains = append(found[i].explains, &dropped)
			}
		}
	}
	var out []Verdict
	for i, v := range found {
		if !gone[i] {
			out = append(out, v)
		}
	}
	return grave(out)
}

// accounts reports whether w is nothing but another view of what v says.
func (v *Verdict) accounts(w *Verdict) bool {
	if ranks[v.Class] == 0 || ranks[w.Class] == 0 || v.HasProto != w.HasProto || v.IPProto != w.IPProto || v.DstIP != w.DstIP {
		return false
	}
	if v.Class == w.Class { // two detectors of one thing: most of what the other saw lies in the time of this, and this saw as much
		common := min(v.EndTS, w.EndTS) - max(v.StartTS, w.StartTS)
		return v.Detector != w.Detector && common >= 0 && 2*common >= w.EndTS-w.StartTS && 2*v.Packets >= w.Packets && v.SrcIP == w.SrcIP &&
			(v.Score > w.Score || v.Score == w.Score && v.Detector < w.Detector)
	}
	within := v.StartTS-1e6 <= w.StartTS && w.EndTS <= v.EndTS+1e6
	return within && v.SrcIP == w.SrcIP && ranks[v.Class] > ranks[w.Class] && (!v.HasPort || v.HasPort == w.HasPort && v.DstPort == w.DstPort)
}

// grave orders verdicts: the gravest first, then the surest, the earliest, and by name.
func grave(found []Verdict) []Verdict {
	slices.SortStableFunc(found, func(a, b Verdict) int {
		return cmp.Or(
			cmp.Compare(slices.Index(queries.Severities, b.Severity), slices.Index(queries.Severities, a.Severity)),
			cmp.Compare(b.Score, a.Score), cmp.Compare(a.StartTS, b.StartTS), cmp.Compare(a.Detector, b.Detector),
			cmp.Compare(a.SrcIP, b.SrcIP), cmp.Compare(a.DstIP, b.DstIP), cmp.Compare(a.DstPort, b.DstPort),
		)
	})
	return found
}
