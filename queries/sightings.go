package queries

import (
	"fmt"
	"slices"

	"github.com/pcaplake/pcaplake/queries/indicators"
	"github.com/pcaplake/pcaplake/schema"
)

// A sighting is where indicators of one kind show.
type sighting struct {
	kind   indicators.Kind
	table  schema.Table
	values []sightedValue
	key    string   // columns that, with capture_id, tell the rows of the table apart where there are several values; "": one value
	flow   bool     // rows belong to a flow, whose packets can be extracted
	unless []string // tables whose captures are passed over, since they say the same and more
	where  string   // condition for one indicator, whose text stands for %[1]s
}

// A sightedValue is an expression over the columns of a table that an indicator is compared with.
type sightedValue struct {
	sql  string
	list bool   // several values, commas between, as the schema's lists
	host string // the address whose traffic it was: of the client, or of the other end
}

// times are the columns of when a row begins and ends. Sums say when their packets were, beside the begin of their span.
func (at *sighting) times() (first, last string) {
	if slices.ContainsFunc(at.table.Columns, func(c schema.Column) bool { return c.Name == "first_ts" }) {
		return "first_ts", "last_ts"
	}
	return at.table.FirstTS, at.table.LastTS
}

// Whose traffic a row is.
const (
	dnsClient = "CASE WHEN is_response THEN dst_ip ELSE src_ip END"
	tlsClient = "CASE WHEN kind = 'server' THEN dst_ip ELSE src_ip END"
)

// sightings are all of them, in the order of the results of a hunt. One more kind or table is one more entry.
var sightings = []sighting{
	{
		kind: indicators.Address, table: schema.Flows.Table, key: "flow_id", flow: true,
		values: []sightedValue{{sql: "src_ip", host: "dst_ip"}, {sql: "dst_ip", host: "src_ip"}, {sql: "outer_src_ip", host: "outer_dst_ip"}, {sql: "outer_dst_ip", host: "outer_src_ip"}},
		where:  "ip_any(%[1]s, src_ip, dst_ip, outer_src_ip, outer_dst_ip)",
	},
	{
		kind: indicators.Address, table: schema.DNSs.Table, flow: true,
		values: []sightedValue{{sql: "answer_ips", list: true, host: dnsClient}},
		where:  anyOf("answer_ips", "ip_in(%[1]s, x)"),
	},
	rollupSighting(schema.RollupMinutes.Table, "flows"),
	rollupSighting(schema.RollupHours.Table, "flows", "rollup_1m"),
	{
		kind: indicators.Domain, table: schema.DNSs.Table, key: "flow_id, frame_no, dns_id, is_response", flow: true,
		values: []sightedValue{{sql: "qname", host: dnsClient}, {sql: "answer_names", list: true, host: dnsClient}, {sql: "answers", list: true, host: dnsClient}},
		where:  "domain_in(%[1]s, qname) OR " + anyOf("answer_names", "domain_in(%[1]s, x)") + " OR " + anyOf("answers", "domain_in(%[1]s, x)"),
	},
	{
		kind: indicators.Domain, table: schema.TLSs.Table, key: "flow_id, frame_no, kind", flow: true,
		values: []sightedValue{{sql: "server_name", host: tlsClient}, {sql: "cert_names", list: true, host: tlsClient}},
		where:  "domain_in(%[1]s, server_name) OR " + anyOf("cert_names", "domain_in(%[1]s, x)"),
	},
	sightingOf(indicators.Domain, schema.QUICs.Table, "server_name", "src_ip", "domain_in(%[1]s, server_name)"),
	sightingOf(indicators.Domain, schema.HTTPs.Table, "host", "src_ip", "domain_in(%[1]s, host)"),
	sightingOf(indicators.URL, schema.HTTPs.Table, requestURL, "src_ip", "url_in(%[1]s, host, uri)"),
	sightingOf(indicators.URI, schema.HTTPs.Table, "uri", "src_ip", "uri_in(%[1]s, uri)"),
	{
		kind: indicators.JA3, table: schema.TLSs.Table, key: "flow_id, frame_no, kind", flow: true,
		values: []sightedValue{{sql: "ja3", host: tlsClient}, {sql: "ja3s", host: tlsClient}}, where: "%[1]s IN (ja3, ja3s)",
	},
	sightingOf(indicators.JA4, schema.TLSs.Table, "ja4", tlsClient, "ja4 = %[1]s"),
	sightingOf(indicators.JA4, schema.QUICs.Table, "ja4", "src_ip", "ja4 = %[1]s"),
	{
		kind: indicators.HASSH, table: schema.SSHs.Table, key: "flow_id, frame_no", flow: true,
		values: []sightedValue{{sql: "hassh", host: "src_ip"}, {sql: "hassh_server", host: "src_ip"}}, where: "%[1]s IN (hassh, hassh_server)",
	},
	sightingOf(indicators.CertSHA256, schema.TLSs.Table, "cert_sha256", tlsClient, "cert_sha256 = %[1]s"),
	sightingOf(indicators.UserAgent, schema.HTTPs.Table, "user_agent", "src_ip", "user_agent = %[1]s"),
}

// requestURL is where a request went: host and target, which a line end parts since neither has one.
const requestURL = "concat(host, chr(10), uri)"

// sightingOf is a sighting of one value.
func sightingOf(kind indicators.Kind, t schema.Table, value, host, where string) sighting {
	return sighting{kind: kind, table: t, values: []sightedValue{{sql: value, host: host}}, flow: true, where: where}
}

// rollupSighting is that of a table of sums, which stay longest.
func rollupSighting(t schema.Table, unless ...string) sighting {
	return sighting{
		kind: indicators.Address, table: t, key: "ts, src_ip, dst_ip, dst_port, ip_proto, service, first_ts", unless: unless,
		values: []sightedValue{{sql: "src_ip", host: "dst_ip"}, {sql: "dst_ip", host: "src_ip"}}, where: "ip_any(%[1]s, src_ip, dst_ip)",
	}
}

// anyOf holds where a condition on x does for an item of a list.
func anyOf(column, condition string) string {
	return fmt.Sprintf("coalesce(len(list_filter(list_items(%s), lambda x: %s)) > 0, false)", column, condition)
}
