package decode

import (
	"math"
	"net/netip"

	"github.com/pcaplake/pcaplake/schema"
)

const (
	ntpHeader  = 48
	ntpControl = 12 // header of mode 6
	ntpPrivate = 8  // header of mode 7
)

// ntp decodes an NTP packet when its version and mode are assigned and it is long enough for them.
func (d *Decoder) ntp(l layer) bool {
	if len(l.b) == 0 {
		return false
	}
	version, mode, size := l.b[0]>>3&7, l.b[0]&7, ntpHeader
	switch mode {
	case 6:
		size = ntpControl
	case 7:
		size = ntpPrivate
	}
	if version < 1 || version > 4 || mode == 0 || l.n < int64(size) {
		return false
	}
	d.push(protoNTP)
	if len(l.b) >= size {
		d.rows.NTPs = append(d.rows.NTPs, ntpRow(d.row, l, d.rows))
	}
	return true
}

// ntpRow makes the row of a packet whose header was captured.
func ntpRow(p *schema.Packet, l layer, rows *Rows) schema.NTP {
	b := l.b
	m := schema.NTP{
		Message: schema.MessageOf(p), Version: int32(b[0] >> 3 & 7), Mode: int32(b[0] & 7), Cut: !l.whole(),
		ReferenceTS: schema.NoTime, OriginTS: schema.NoTime, ReceiveTS: schema.NoTime, TransmitTS: schema.NoTime,
	}
	switch m.Mode {
	case 6: // RFC 9327 2
		m.HasControl, m.Response, m.Error, m.RequestCode = true, b[1]&0x80 != 0, b[1]&0x40 != 0, int32(b[1]&0x1f)
	case 7: // ntp_request.h of ntpd; the response bit stands where the leap indicator does
		m.HasControl, m.Response, m.Error, m.RequestCode = true, b[0]&0x80 != 0, b[4]&0xf0 != 0, int32(b[3])
		m.HasItems, m.ItemCount, m.ItemSize = true, int32(u16(b[4:])&0xfff), int32(u16(b[6:])&0xfff)
	default: // RFC 5905 7.3
		m.HasTime, m.Leap, m.Stratum, m.Poll, m.Precision = true, int32(b[0]>>6), int32(b[1]), int32(int8(b[2])), int32(int8(b[3]))
		m.RootDelay, m.RootDispersion = int64(u32(b[4:]))*1e6>>16, int64(u32(b[8:]))*1e6>>16
		m.ReferenceID = rows.referenceID(b[1], b[12:16])
		m.ReferenceTS, m.OriginTS, m.ReceiveTS, m.TransmitTS = ntpTime(b[16:]), ntpTime(b[24:]), ntpTime(b[32:]), ntpTime(b[40:])
	}
	return m
}

// referenceID keeps the text of a reference identifier (RFC 5905 7.3); nil when there is none.
func (r *Rows) referenceID(stratum byte, b []byte) []byte {
	at := len(r.arena)
	switch {
	case u32(b) == 0:
		return nil
	case stratum > 1:
		r.arena = netip.AddrFrom4([4]byte(b)).AppendTo(r.arena)
	default:
		for len(b) > 0 && b[len(b)-1] == 0 {
			b = b[:len(b)-1]
		}
		r.arena = appendLabel(r.arena, b)
	}
	return r.arena[at:len(r.arena):len(r.arena)]
}

// ntpTime returns a time in microseconds since 1970; schema.NoTime for 0. Of the two eras the one between 1968 and 2104 is meant (RFC 4330 3).
func ntpTime(b []byte) int64 {
	const to1970 = 2208988800 // seconds from 1900
	seconds, fraction := int64(u32(b)), int64(u32(b[4:]))
	if seconds == 0 && fraction == 0 {
		return schema.NoTime
	}
	if seconds <= math.MaxInt32 {
		seconds += 1 << 32
	}
	return (seconds-to1970)*1e6 + fraction*1e6>>32
}
