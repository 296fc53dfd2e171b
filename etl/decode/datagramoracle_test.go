package decode_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/etl/decode"
	"github.com/pcaplake/pcaplake/internal/shared"
	"github.com/pcaplake/pcaplake/schema"
)

// TestDatagrams compares the rows of dhcp, ntp and dns with what tshark makes of the same frames, on every capture in which decode finds
// one, and on all when told. A difference is a defect unless it belongs to one of the classes.
func TestDatagrams(t *testing.T) {
	program := shared.Tool(t, "tshark")
	known := datagramColumns()
	var mu sync.Mutex
	var captures, messages, fields, differ int
	seen := map[string]int{}
	t.Run("files", func(t *testing.T) {
		for _, c := range shared.Captures(t) {
			rows := datagramRows(c.Path)
			if rows == nil || len(rows) == 0 && !*wholeCollection {
				continue
			}
			t.Run(c.Rel, func(t *testing.T) {
				t.Parallel()
				n, m, differences, err := compareDatagrams(program, c, known, rows)
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				captures, messages, fields = captures+1, messages+m, fields+n
				for _, d := range differences {
					name := datagramClass(d)
					if name == "" {
						t.Errorf("%s frame %d: %s is %q, tshark says %q (%s)", d.file, d.frame, d.column, d.ours, d.theirs, d.fields["frame.protocols"])
					}
					differ++
					seen[name]++
				}
			})
		}
	})
	for _, k := range append(classes, datagramClasses...) {
		if seen[k.name] > 0 {
			shared.Report(t, "%7d fields: %s", seen[k.name], k.name)
		}
	}
	for _, k := range datagramClasses {
		if seen[k.name] == 0 {
			t.Errorf("class %q does not occur", k.name)
		}
	}
	shared.Report(t, "datagrams: %d captures, %d messages, %d fields compared, %d differ, all in classes", captures, messages, fields, differ)
}

// datagramRows are the rows of applications of a capture by frame; nil where it cannot be read.
func datagramRows(path string) map[int64]*ours {
	r, err := capture.Open(path)
	if err != nil {
		return nil
	}
	defer r.Close()
	d, out := decode.New(decode.Options{}), map[int64]*ours{}
	for r.Scan() {
		rows := new(decode.Rows)
		if d.Decode(r.Frame(), rows); len(rows.DNSs)+len(rows.DHCPs)+len(rows.NTPs) == 0 {
			continue
		}
		o := &ours{packet: &rows.Packets[0]}
		if len(rows.DNSs) > 0 {
			o.dns = &rows.DNSs[0]
		}
		if len(rows.DHCPs) > 0 {
			o.dhcp = &rows.DHCPs[0]
		}
		if len(rows.NTPs) > 0 {
			o.ntp = &rows.NTPs[0]
		}
		out[r.Frame().No] = o
	}
	return out
}

func compareDatagrams(program string, c shared.Capture, known []column, rows map[int64]*ours) (n, messages int, out []*difference, err error) {
	fields := slices.Concat([]string{"frame.number", "frame.encap_type", "frame.protocols", "dns.resp.name", "dns.resp.type", "dns.resp.ttl", "dns.count.answers"}, presence)
	for _, c := range known {
		fields = append(fields, c.fields...)
	}
	for _, f := range answerFields {
		fields = append(fields, f)
	}
	slices.Sort(fields)
	fields = slices.Compact(fields)
	notFrames := 0
	err = dissect(program, c.Path, fields, func(values []string) error {
		if len(values) != len(fields) {
			return fmt.Errorf("read tshark's fields: %d of %d", len(values), len(fields))
		}
		v := make(theirs, len(fields))
		for i, f := range fields {
			v[f] = values[i]
		}
		if v["frame.encap_type"] == "" {
			notFrames++
			return nil
		}
		frame, err := strconv.Atoi(v["frame.number"])
		if err != nil {
			return err
		}
		v["frame.number"] = strconv.Itoa(frame - notFrames)
		o := rows[int64(frame-notFrames)]
		if o == nil {
			o = &ours{packet: new(schema.Packet)}
		} else {
			messages++
		}
		add := func(column, mine, other string) {
			if n++; mine != other {
				out = append(out, &difference{c.Rel, int64(frame - notFrames), column, mine, other, o.packet, v})
			}
		}
		part := v.views()[innermost]
		for _, k := range known {
			if mine, other := k.ours(o), k.theirs(part); other != unknown && mine+other != "" {
				add(k.name, mine, other)
			}
		}
		if o.dns != nil && overUDP(part) {
			compareAnswers(o.dns, part, add)
		}
		return nil
	})
	return n, messages, out, err
}

// answerFields are the fields that tell the data of answers, by type.
var answerFields = map[string]string{
	"1": "dns.a", "28": "dns.aaaa", "5": "dns.cname", "2": "dns.ns", "12": "dns.ptr.domain_name", "15": "dns.mx.mail_exchange", "33": "dns.srv.target",
	"16": "dns.txt", "6": "dns.soa.mname",
}

// compareAnswers: tshark's fields go over all sections, so ours must be the first of theirs.
func compareAnswers(m *schema.DNS, v theirs, add func(column, mine, other string)) {
	if m.Malformed != "" {
		return
	}
	data, types := split(m.Answers), split(m.AnswerTypes)
	names, ttls := split(m.AnswerNames), split(m.AnswerTTLs)
	theirTypes, theirNames, theirTTLs := v.all("dns.resp.type"), v.all("dns.resp.name"), v.all("dns.resp.ttl")
	seen, named := map[string]int{}, 0
	add("dns.answer lists", fmt.Sprint(len(data), len(names), len(ttls)), fmt.Sprint(len(types), len(types), len(types)))
	for i, typ := range types {
		if i >= len(theirTypes) || i >= len(theirTTLs) {
			break
		}
		add("dns.answer_types", typ, theirTypes[i])
		add("dns.answer_ttls", ttls[i], theirTTLs[i])
		if typ == "33" { // which has its name in three fields
			named--
		} else if i+named >= len(theirNames) {
			break
		} else if name := text(theirNames[i+named]); name != unknown && !strings.ContainsAny(names[i], `\`) {
			add("dns.answer_names", names[i], strings.Replace(name, "<Root>", ".", 1))
		}
		field := answerFields[typ]
		if typ == "16" && (strings.Contains(data[i], `" "`) || strings.Contains(data[i], aggregator) || data[i] == `""`) || field == "" || strings.HasPrefix(data[i], `\# `) {
			continue
		}
		value := data[i]
		switch all := v.all(field); {
		case strings.Contains(value, `\`):
		case seen[typ] >= len(all):
			add("dns.answers", value, "")
		default:
			switch typ {
			case "15", "33":
				value = value[strings.LastIndex(value, " ")+1:]
			case "6":
				value, _, _ = strings.Cut(value, " ")
			case "16":
				value = strings.Trim(value, `"`)
			}
			if other := text(all[seen[typ]]); other != unknown && len(other) < 200 {
				add("dns.answers", value, strings.Replace(other, "<Root>", ".", 1))
			}
		}
		seen[typ]++
	}
}

// split takes a list apart.
func split(list []byte) (items []string) {
	item := []byte{}
	for i := 0; i < len(list); i++ {
		switch {
		case list[i] == ',':
			items, item = append(items, string(item)), item[:0]
		case list[i] == '\\' && i+1 < len(list) && list[i+1] == ',':
			item = append(item, ',')
			i++
		case list[i] == '\\' && i+1 < len(list):
			item = append(item, list[i], list[i+1])
			i++
		default:
			item = append(item, list[i])
		}
	}
	if len(list) > 0 {
		items = append(items, string(item))
	}
	return items
}

// datagramClasses are the kinds of difference that are intended.
var datagramClasses = []class{
	{
		"cut message", "the fields that were captured are told; tshark tells none of a DHCP message of which bytes are missing",
		"hadrielk+pcapng-test-generator/output_le/basic/test012.pcapng", 2,
		func(d *difference) bool { return d.row.CapLen < d.row.WireLen && d.theirs == "" },
	},
}

// datagramClass names the class of a difference, also one of those of packets; "" is a defect.
func datagramClass(d *difference) string {
	for _, k := range datagramClasses {
		if k.match(d) {
			return k.name
		}
	}
	return classify(d)
}
