package schema

// NTP is one row of table ntp: one NTP packet (RFC 5905, RFC 9327).
type NTP struct {
	Message
	Version   int32
	Mode      int32
	HasTime   bool // the fields of modes 1 to 5 hold
	Leap      int32
	Stratum   int32
	Poll      int32
	Precision int32
	// Root delay and dispersion in microseconds.
	RootDelay, RootDispersion int64
	ReferenceID               []byte // owned by the Rows that hold the row
	// Times in microseconds since 1970-01-01 UTC; NoTime where they are 0.
	ReferenceTS, OriginTS, ReceiveTS, TransmitTS int64

	HasControl  bool // the fields of modes 6 and 7 hold
	Response    bool
	Error       bool
	RequestCode int32
	HasItems    bool
	ItemCount   int32
	ItemSize    int32
	Cut         bool
	Malformed   string
}

// NTPs is the table of NTP packets.
var NTPs = newRows("ntp", "One row per NTP packet (RFC 5905) over UDP, control messages (mode 6, RFC 9327) and the private ones of ntpd (mode 7) included.",
	append(messageColumns(func(r *NTP) *Message { return &r.Message }), []field[NTP]{
		i32("ntp_version", func(r *NTP) (int32, bool) { return r.Version, true }, "version of NTP", ws("ntp.flags.vn"), zeek("version")),
		i32("mode", func(r *NTP) (int32, bool) { return r.Mode, true }, "1 symmetric active, 2 symmetric passive, 3 client, 4 server, 5 broadcast, 6 control, 7 private", ws("ntp.flags.mode"), zeek("mode")),
		i32("leap", func(r *NTP) (int32, bool) { return r.Leap, r.HasTime }, "leap second: 0 none, 1 one more, 2 one less at the end of the day, 3 clock not synchronised; NULL in modes 6 and 7, as all down to transmit_ts", ws("ntp.flags.li")),
		i32("stratum", func(r *NTP) (int32, bool) { return r.Stratum, r.HasTime }, "0 unspecified or a kiss code, 1 primary server, 2 to 15 secondary, 16 not synchronised", ws("ntp.stratum"), zeek("stratum")),
		i32("poll", func(r *NTP) (int32, bool) { return r.Poll, r.HasTime }, "interval between messages, as power of two of seconds", ws("ntp.ppoll"), zeek("poll")),
		i32("precision", func(r *NTP) (int32, bool) { return r.Precision, r.HasTime }, "precision of the clock, as power of two of seconds", ws("ntp.precision"), zeek("precision")),
		i64("root_delay", func(r *NTP) (int64, bool) { return r.RootDelay, r.HasTime }, "round-trip delay to the primary source, cut to microseconds", unit("us"), zeek("root_delay")),
		i64("root_dispersion", func(r *NTP) (int64, bool) { return r.RootDispersion, r.HasTime }, "dispersion to the primary source, cut to microseconds", unit("us"), zeek("root_disp")),
		text("reference_id", func(r *NTP) []byte { return r.ReferenceID }, "of stratum 0 and 1 four letters, such as GPS or RATE; else the IPv4 address of the source, or the first four bytes of a hash of its IPv6 address, written alike", zeek("ref_id")),
		ts("reference_ts", func(r *NTP) int64 { return r.ReferenceTS }, "when the clock was set last, UTC, cut to microseconds, between 1968 and 2104; NULL for 0", zeek("ref_time")),
		ts("origin_ts", func(r *NTP) int64 { return r.OriginTS }, "when the client sent its request, as above", zeek("org_time")),
		ts("receive_ts", func(r *NTP) int64 { return r.ReceiveTS }, "when the request came to the server, as above", zeek("rec_time")),
		ts("transmit_ts", func(r *NTP) int64 { return r.TransmitTS }, "when this packet was sent, by the clock of its sender, as above", zeek("xmt_time")),
		tri("is_response", func(r *NTP) Tri { return TriIf(r.HasControl, r.Response) }, "of modes 6 and 7: a response, not a request", ws("ntp.ctrl.flags2.r|ntp.priv.flags.r")),
		tri("is_error", func(r *NTP) Tri { return TriIf(r.HasControl && r.Response, r.Error) }, "of responses of modes 6 and 7: the request was refused"),
		i32("request_code", func(r *NTP) (int32, bool) { return r.RequestCode, r.HasControl }, "of mode 6 the opcode, of mode 7 the request code, such as 42 (monlist), by which servers are made to send much to others", ws("ntp.ctrl.flags2.opcode|ntp.priv.reqcode")),
		i32("item_count", func(r *NTP) (int32, bool) { return r.ItemCount, r.HasItems }, "of mode 7: items in the packet"),
		i32("item_size", func(r *NTP) (int32, bool) { return r.ItemSize, r.HasItems }, "of mode 7: size of each", unit("B")),
		tri("cut", func(r *NTP) Tri { return TriOf(r.Cut) }, "bytes of the packet were not captured"),
		str("malformed", func(r *NTP) string { return r.Malformed }, "why the packet could not be read to the end"),
	}...))
