package decode_test

import (
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pcaplake/pcaplake/schema"
)

// datagramColumns are the columns of the tables of applications over UDP that tshark knows, read as special and these say.
func datagramColumns() []column {
	for name, read := range datagramForms {
		special[name] = read
	}
	out := columnsOf("dhcp.", schema.DHCPs, func(o *ours) *schema.DHCP { return o.dhcp }, func(v theirs) bool {
		return above(v, "dhcp") && v["dhcp.type"] != "" && v["dhcp.hw.len"] != "" || above(v, "dhcpv6") && v["dhcpv6.msgtype"] != ""
	})
	out = append(out, columnsOf("ntp.", schema.NTPs, func(o *ours) *schema.NTP { return o.ntp }, func(v theirs) bool { return above(v, "ntp") && v["ntp.flags.mode"] != "" })...)
	return append(out, columnsOf("dns.", schema.DNSs, func(o *ours) *schema.DNS { return o.dns }, overUDP)...)
}

// presence are the fields that tell whether a message is there.
var presence = []string{"dhcp.type", "dhcp.hw.len", "dhcpv6.msgtype", "ntp.flags.mode", "dns.id"}

var datagramForms = map[string]form{
	"dhcp.ts":             {[]string{"frame.time_epoch"}, stamp},
	"ntp.ts":              {[]string{"frame.time_epoch"}, stamp},
	"dhcp.transaction_id": lastOf("dhcp.id", "dhcpv6.xid"),
	"dhcp.message_type":   lastOf("dhcp.option.dhcp", "dhcpv6.msgtype"),
	"dhcp.client_mac":     v4only("dhcp.hw.mac_addr"),
	"dhcp.client_ip":      nonzero("dhcp.ip.client"),
	"dhcp.next_server":    nonzero("dhcp.ip.server"),
	"dhcp.relay_ip":       {[]string{"dhcp.ip.relay", "dhcpv6.linkaddr"}, relay},
	"dhcp.assigned_ips":   {[]string{"dhcp.ip.your", "dhcpv6.iaaddr.ip", "dhcpv6.iaprefix.pref_addr", "dhcpv6.msgtype"}, assigned},
	"dhcp.requested_ips":  v4only("dhcp.option.requested_ip_address"),
	"dhcp.server_id":      v4only("dhcp.option.dhcp_server_id"),
	"dhcp.hostname":       printable("dhcp.option.hostname"),
	"dhcp.domain":         v4only("dhcp.option.domain_name"),
	"dhcp.fqdn":           {[]string{"dhcp.fqdn.name", "dhcpv6.client_domain"}, fqdn},
	"dhcp.vendor_class":   {[]string{"dhcp.option.vendor_class_id", "dhcpv6.vendorclass.data"}, func(v theirs) string { return text(v.first("dhcp.option.vendor_class_id", "dhcpv6.vendorclass.data")) }},
	"dhcp.routers":        list("dhcp.option.router"),
	"dhcp.dns_servers":    {[]string{"dhcp.option.domain_name_server", "dhcpv6.dns_server"}, lists("dhcp.option.domain_name_server", "dhcpv6.dns_server")},
	"dhcp.lease_time":     either("dhcp.option.ip_address_lease_time", "dhcpv6.iaaddr.valid_lifetime", "dhcpv6.iaprefix.valid_lifetime"),
	"dhcp.parameter_list": {[]string{"dhcp.option.request_list_item", "dhcpv6.requested_option_code"}, lists("dhcp.option.request_list_item", "dhcpv6.requested_option_code")},
	"ntp.leap":            timed(either("ntp.flags.li")),
	"ntp.stratum":         timed(either("ntp.stratum")),
	"ntp.poll":            timed(signed("ntp.ppoll")),
	"ntp.precision":       signed("ntp.precision"),
	"ntp.root_delay":      fixedPoint("ntp.rootdelay"),
	"ntp.root_dispersion": fixedPoint("ntp.rootdispersion"),
	"ntp.reference_id":    {[]string{"ntp.refid", "ntp.stratum"}, referenceID},
	"ntp.reference_ts":    clock("ntp.reftime"),
	"ntp.origin_ts":       clock("ntp.org"),
	"ntp.receive_ts":      clock("ntp.rec"),
	"ntp.transmit_ts":     clock("ntp.xmt"),
	"ntp.item_count":      either("ntp.priv.numitems"),
	"ntp.item_size":       either("ntp.priv.itemsize"),
}

func lastOf(v4, v6 string) form {
	return form{[]string{v4, v6}, func(v theirs) string {
		if all := v.all(v6); len(all) > 0 {
			return number(all[len(all)-1])
		}
		return number(v.first(v4))
	}}
}

// v4only is a field that tshark gives of DHCP for IPv4.
func v4only(field string) form {
	return form{[]string{field, "dhcpv6.msgtype"}, func(v theirs) string {
		if v["dhcpv6.msgtype"] != "" {
			return unknown
		}
		return text(v.first(field))
	}}
}

func printable(field string) form {
	return form{[]string{field}, func(v theirs) string { return text(v.first(field)) }}
}

// text is a text that decode and tshark write alike.
func text(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r >= 0x7f || r == '\\' }) {
		return unknown
	}
	return s
}

func nonzero(field string) form {
	return form{[]string{field}, func(v theirs) string { return strings.TrimPrefix(v.first(field), "0.0.0.0") }}
}

func relay(v theirs) string {
	if all := v.all("dhcpv6.linkaddr"); len(all) > 0 {
		return all[len(all)-1]
	}
	return strings.TrimPrefix(v.first("dhcp.ip.relay"), "0.0.0.0")
}

func assigned(v theirs) string {
	switch types := v.all("dhcpv6.msgtype"); {
	case v["dhcpv6.iaprefix.pref_addr"] != "":
		return unknown
	case len(types) > 0 && types[len(types)-1] != "2" && types[len(types)-1] != "7":
		return ""
	case len(types) > 0:
		return strings.Join(v.all("dhcpv6.iaaddr.ip"), ",")
	}
	return strings.TrimPrefix(v.first("dhcp.ip.your"), "0.0.0.0")
}

func fqdn(v theirs) string {
	if v["dhcpv6.msgtype"] != "" {
		return unknown
	}
	return text(strings.TrimSuffix(v.first("dhcp.fqdn.name"), "."))
}

func lists(fields ...string) func(theirs) string {
	return func(v theirs) string {
		for _, f := range fields {
			if v[f] != "" {
				return strings.Join(v.all(f), ",")
			}
		}
		return ""
	}
}

// timed is a field of modes 1 to 5; in others tshark shows it where the same bits or peers have one.
func timed(f form) form {
	return form{append(f.fields, "ntp.flags.mode"), func(v theirs) string {
		if mode := v.first("ntp.flags.mode"); mode == "6" || mode == "7" {
			return ""
		}
		return f.text(v)
	}}
}

func signed(field string) form {
	return form{[]string{field}, func(v theirs) string {
		n, err := strconv.Atoi(v.first(field))
		if err != nil {
			return v.first(field)
		}
		return strconv.Itoa(int(int8(n)))
	}}
}

func fixedPoint(field string) form {
	return form{[]string{field}, func(v theirs) string {
		n, err := strconv.ParseInt(v.first(field), 0, 64)
		if err != nil {
			return v.first(field)
		}
		return strconv.FormatInt(n*1e6>>16, 10)
	}}
}

func referenceID(v theirs) string {
	b, err := hex.DecodeString(strings.ReplaceAll(v.first("ntp.refid"), ":", ""))
	if err != nil || len(b) != 4 || slices.Equal(b, []byte{0, 0, 0, 0}) {
		return ""
	}
	if stratum := v.first("ntp.stratum"); stratum == "0" || stratum == "1" {
		return text(strings.TrimRight(string(b), "\x00"))
	}
	return strings.Join([]string{strconv.Itoa(int(b[0])), strconv.Itoa(int(b[1])), strconv.Itoa(int(b[2])), strconv.Itoa(int(b[3]))}, ".")
}

// clock is a time of NTP. tshark says NULL for none.
func clock(field string) form {
	return form{[]string{field}, func(v theirs) string {
		s := v.first(field)
		t, err := time.Parse("Jan _2, 2006 15:04:05.000000000 MST", s)
		if err != nil {
			if strings.Contains(s, "NULL") || s == "" {
				return ""
			}
			return s
		}
		return t.Format("2006-01-02T15:04:05.000000")
	}}
}
