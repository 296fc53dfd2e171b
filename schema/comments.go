package schema

// Comment is one comment of a capture, a row of comments.
type Comment struct {
	CaptureID   string
	Sensor      string
	FrameNo     int64  // of the frame that it is on; of other scopes, of the frame beside which it stands
	InterfaceID int32  // of the frame or the interface
	Scope       string // section, interface or frame
	TS          int64  // of the frame, microseconds since 1970-01-01 UTC; NoTime where there is none
	TSExtraNS   int32
	Text        string
}

func (c *Comment) onFrame() bool { return c.Scope == "frame" }

// Comments is the table of comments that people and programs left in captures.
var Comments = newRows("comments", "One row per comment in a capture (opt_comment of pcapng): on a frame, an interface or a section. Comments without a frame lie in the partition of the frame that follows them, or of the last one.", []field[Comment]{
	str("capture_id", func(r *Comment) string { return r.CaptureID }, "as in packets", bloom),
	str("sensor", func(r *Comment) string { return r.Sensor }, "as in packets"),
	i64("frame_no", func(r *Comment) (int64, bool) { return r.FrameNo, r.onFrame() }, "number of the frame that the comment is on, as in packets; NULL for comments on an interface or a section", delta, ws("frame.number")),
	i32("interface_id", func(r *Comment) (int32, bool) { return r.InterfaceID, r.Scope != "section" }, "interface of the frame, or that the comment is on, as in packets; NULL for comments on a section", ws("frame.interface_id")),
	str("scope", func(r *Comment) string { return r.Scope }, "what the comment is on: section, interface or frame"),
	ts("ts", func(r *Comment) int64 { return r.TS }, "time of the frame, as in packets; NULL where there is no frame, or it has no time", delta, ws("frame.time_epoch")),
	i32("ts_extra_ns", func(r *Comment) (int32, bool) { return r.TSExtraNS, r.TS != NoTime }, "as in packets", unit("ns")),
	blob(String, "comment", func(r *Comment) ([]byte, bool) { return []byte(r.Text), true }, "the comment, made valid UTF-8; \"\" is an empty comment", ws("frame.comment")),
})
