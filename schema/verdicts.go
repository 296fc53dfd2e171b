package schema

// Verdict is one row of table verdicts: what one detector concluded of one entity in one stretch of time.
type Verdict struct {
	ID, Detector, DetectorVersion  string
	Class, Subclass, Severity      string
	Score                          float64 // 0 to 1
	Techniques, Sensor, CaptureIDs string
	SrcIP, DstIP                   string // "": several or none
	SrcCount, DstCount             int64
	HasPort, HasProto              bool
	DstPort, IPProto               int32
	StartTS, EndTS                 int64 // microseconds since 1970-01-01 UTC
	Packets, Bytes                 int64
	Evidence, EvidenceSQL, Extract string
	Coverage, SuppressedBy         string
}

// SeedClass is the class in the words of the tutorial, normal, ddos, dos, scan or theft: what it has no word for is the nearest, or "".
func (v *Verdict) SeedClass() string {
	switch v.Class {
	case "c2":
		return "theft"
	case "bruteforce", "other":
		return ""
	}
	return v.Class
}

// Verdicts is the table of verdicts. It is no table of ingest: classify makes its rows.
var Verdicts = newRows("verdicts", "One row per verdict of a detector: what it concluded of a source, a target or a pair, in one stretch of time.", []field[Verdict]{
	str("verdict_id", func(v *Verdict) string { return v.ID }, "16 hex digits of SHA-256 over detector, entity and start"),
	str("detector", func(v *Verdict) string { return v.Detector }, "name of its query"),
	str("detector_version", func(v *Verdict) string { return v.DetectorVersion }, "8 hex digits of SHA-256 over its SQL and parameters"),
	str("class", func(v *Verdict) string { return v.Class }, "normal, scan, dos, ddos, theft, bruteforce, c2 or other"),
	str("subclass", func(v *Verdict) string { return v.Subclass }, "the detector's own word"),
	str("seed_class", (*Verdict).SeedClass, "the class as normal, scan, dos, ddos or theft (c2 is theft); NULL: none of these"),
	str("severity", func(v *Verdict) string { return v.Severity }, "info, low, medium, high or critical, by class and outcome"),
	f64("score", func(v *Verdict) (float64, bool) { return v.Score, true }, "how sure it is, 0 to 1"),
	str("techniques", func(v *Verdict) string { return v.Techniques }, "ATT&CK ids; a list, spaces between"),
	str("sensor", func(v *Verdict) string { return v.Sensor }, "sensors that saw it; a list, commas between"),
	str("capture_ids", func(v *Verdict) string { return v.CaptureIDs }, "captures that hold it; a list, commas between"),
	str("src_ip", func(v *Verdict) string { return v.SrcIP }, "who did it; NULL: several, or addresses that are spoofed"),
	i64("src_count", func(v *Verdict) (int64, bool) { return v.SrcCount, true }, "sources"),
	str("dst_ip", func(v *Verdict) string { return v.DstIP }, "to whom; NULL: several, or none"),
	i64("dst_count", func(v *Verdict) (int64, bool) { return v.DstCount, true }, "targets"),
	i32("dst_port", func(v *Verdict) (int32, bool) { return v.DstPort, v.HasPort }, "port of the target; NULL: several, or none"),
	i32("ip_proto", func(v *Verdict) (int32, bool) { return v.IPProto, v.HasProto }, "protocol, as in packets; NULL: several, or ARP"),
	ts("start_ts", func(v *Verdict) int64 { return v.StartTS }, "first packet"),
	ts("end_ts", func(v *Verdict) int64 { return v.EndTS }, "last packet"),
	i64("packets", func(v *Verdict) (int64, bool) { return v.Packets, true }, "packets, or messages where the detector counts those"),
	i64("bytes", func(v *Verdict) (int64, bool) { return v.Bytes, true }, "their bytes", unit("B")),
	str("evidence", func(v *Verdict) string { return v.Evidence }, "JSON: the finding as a sentence, what was measured, the thresholds and where each came from, and verdicts that this one explains"),
	str("evidence_sql", func(v *Verdict) string { return v.EvidenceSQL }, "SQL that gives the finding again, as it stands"),
	str("extract", func(v *Verdict) string { return v.Extract }, "command that writes its packets"),
	str("coverage", func(v *Verdict) string { return v.Coverage }, "full, or what the captures lack"),
	str("suppressed_by", func(v *Verdict) string { return v.SuppressedBy }, "entry of the allowlist that suppresses it"),
}).over("start_ts", "end_ts").in(Order{Then: []string{"start_ts"}}).derived()
