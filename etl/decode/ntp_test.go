package decode_test

import (
	"strings"
	"testing"

	"github.com/pcaplake/pcaplake/etl/decode"
	"github.com/pcaplake/pcaplake/schema"
)

func TestNTP(t *testing.T) {
	const times = "e5a1b2c3 80000000 00000000 00000000 83aa7e80 00000000 00000001 00000000"
	cases := []struct {
		name     string
		message  string
		captured int
		want     cells // nil: no row
	}{
		{"server", "24 01 0a e9 00010000 00008000 47505300" + times, 0, cells{
			"ntp_version": "4", "mode": "4", "leap": "0", "stratum": "1", "poll": "10", "precision": "-23", "root_delay": "1000000", "root_dispersion": "500000",
			"reference_id": "GPS", "reference_ts": "2022-01-31T00:58:43.500000", "origin_ts": "", "receive_ts": "1970-01-01T00:00:00.000000",
			"transmit_ts": "2036-02-07T06:28:17.000000", "is_response": "", "request_code": "", "item_count": "", "cut": "false", "malformed": "",
		}},
		{"secondary", "24 02 00 00 00000000 00000000 c0000201" + times, 0, cells{"reference_id": "192.0.2.1"}},
		{"kiss", "e4 00 00 00 00000000 00000000 52415445" + times, 0, cells{"reference_id": "RATE", "leap": "3", "stratum": "0"}},
		{"client", "23 00 00 00" + strings.Repeat("00", 44), 0, cells{"mode": "3", "reference_id": "", "transmit_ts": ""}},
		{"snapped behind the header", "23 00 00 00" + strings.Repeat("00", 64), 50, cells{"mode": "3", "cut": "true"}},
		{"control request", "16 02 0001 0000 0000 0000 0000", 0, cells{"mode": "6", "request_code": "2", "is_response": "false", "is_error": "", "stratum": "", "item_count": ""}},
		{"control response", "16 c2 0001 0000 0000 0000 0000", 0, cells{"request_code": "2", "is_response": "true", "is_error": "true"}},
		{"monlist request", "17 00 03 2a 0000 0000", 0, cells{"ntp_version": "2", "mode": "7", "request_code": "42", "is_response": "false", "item_count": "0"}},
		{"monlist response", "d7 00 03 2a 0006 0048" + strings.Repeat("00", 432), 0, cells{"is_response": "true", "is_error": "false", "item_count": "6", "item_size": "72"}},
		{"private error", "97 00 03 2a 4000 0000", 0, cells{"is_response": "true", "is_error": "true", "item_count": "0"}},
		{"snapped in the header", "23 00 00 00" + strings.Repeat("00", 44), 40, nil},
		{"short", "23 00 00 00" + strings.Repeat("00", 43), 0, nil},
		{"version 0", "03 00 00 00" + strings.Repeat("00", 44), 0, nil},
		{"mode 0", "20 00 00 00" + strings.Repeat("00", 44), 0, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := frameCase{link: 101, data: ip4(17, udp(123, 123, octets(c.message)))}
			if f.wire = int64(len(f.data)); c.captured > 0 {
				f.data = f.data[:28+c.captured]
			}
			rows := decodeFrame(f, decode.Options{})
			switch {
			case c.want == nil && len(rows.NTPs) > 0:
				t.Errorf("a row of ntp: %+v", rows.NTPs[0])
			case c.want != nil && len(rows.NTPs) != 1:
				t.Fatalf("%d rows of ntp", len(rows.NTPs))
			case c.want != nil:
				checkCells(t, schema.NTPs, &rows.NTPs[0], c.want)
			}
		})
	}
}
