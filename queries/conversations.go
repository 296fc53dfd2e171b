package queries

import (
	_ "embed"
	"fmt"
	"strings"
	"text/template"

	bindings "github.com/duckdb/duckdb-go-bindings"

	"github.com/pcaplake/pcaplake/schema"
)

// The view conversations puts the flows together that the ends of captures and the active timeout cut. Its columns are those of flows, merged by
// the rules below, and a few of its own; the template finds what belongs together.
//
//go:embed sql/templates/conversations.sql
var conversationsTemplate string

// conversationLinks is a table and no view, so that the engine knows how small it is: it says which flows belong together.
//
//go:embed sql/templates/links.sql
var linksTemplate string

const conversationLinks = "conversation_links"

// Rules: aggregates over the pieces of a conversation, which piece numbers. {} is the column, in the direction of the conversation.
const (
	mergeFirst = "arg_min_null({}, piece)" // of the first piece
	mergeLast  = "arg_max_null({}, piece)"
	mergeKnown = "arg_min({}, piece)" // of the first piece that has one
	mergeSum   = "sum({})"
	mergeMin   = "min({})"
	mergeMax   = "max({})"
)

// headMerges are the rules of columns that are not of one direction; mergeFirst of those that are not named.
var headMerges = map[string]string{
	"first_ts":          mergeMin,
	"first_ts_extra_ns": "arg_min({}, time_order(first_ts, {}))",
	"last_ts":           mergeMax,
	"last_ts_extra_ns":  "arg_max({}, time_order(last_ts, {}))",
	"syn_ts":            "min(CASE WHEN NOT turned THEN {} END)",
	"synack_ts":         "min(CASE WHEN NOT turned THEN {} END)",
	"icmp_errors":       mergeSum,
	"icmp_error_type":   mergeKnown,
	"icmp_error_code":   mergeKnown,
	"conn_state": "conn_state_of(any_value(ip_proto), any_value(src_port), sum(fwd_packets), sum(fwd_syns), sum(fwd_synacks), sum(fwd_fins), sum(fwd_rsts), " +
		"sum(rev_packets), sum(rev_syns), sum(rev_synacks), sum(rev_fins), sum(rev_rsts), sum(fwd_payload_bytes + rev_payload_bytes))",
	"history":     "left(string_agg(CASE WHEN turned THEN swapped_case({}) ELSE {} END, '' ORDER BY piece), 32)",
	"service":     mergeKnown,
	"end_reason":  mergeLast,
	"open_at_end": mergeLast,
	"evicted":     "bool_or({})",
}

// sideMerges are the rules of columns of one direction, by their names without fwd_ or rev_; [x] is column x of the same direction.
var sideMerges = map[string]string{
	"packets":               mergeSum,
	"wire_bytes":            mergeSum,
	"ip_bytes":              mergeSum,
	"payload_packets":       mergeSum,
	"payload_bytes":         mergeSum,
	"dup_packets":           mergeSum,
	"fragments":             mergeSum,
	"bad_chksums":           mergeSum,
	"len_min":               mergeMin,
	"len_max":               mergeMax,
	"len_mean":              "CAST(sum([wire_bytes]) AS DOUBLE) / nullif(sum([packets]), 0)",
	"len_std":               "deviation(sum([wire_bytes]), sum(wide([len_sq_hi], [len_sq_lo])), sum([packets]))",
	"len_sq_hi":             "high_word(sum(wide([len_sq_hi], [len_sq_lo])))",
	"len_sq_lo":             "low_word(sum(wide([len_sq_hi], [len_sq_lo])))",
	"ttl_min":               mergeMin,
	"ttl_max":               mergeMax,
	"first_ts":              mergeKnown,
	"last_ts":               "arg_max({}, piece)",
	"data_ts":               mergeMin,
	"iat_count":             iatCount,
	"iat_min":               "least(min({}), merged_gaps('min', " + gapText + "))",
	"iat_max":               "greatest(max({}), merged_gaps('max', " + gapText + "))",
	"iat_mean":              "CAST(" + iatSum + " AS DOUBLE) / nullif(" + iatCount + ", 0)",
	"iat_std":               "deviation(" + iatSum + ", " + iatSquares + ", " + iatCount + ")",
	"iat_sq_hi":             "high_word(" + iatSquares + ")",
	"iat_sq_lo":             "low_word(" + iatSquares + ")",
	"tcp_flags":             "bit_or({})",
	"syns":                  mergeSum,
	"synacks":               mergeSum,
	"fins":                  mergeSum,
	"rsts":                  mergeSum,
	"first_window":          mergeKnown,
	"isn":                   mergeKnown,
	"first_seq":             "merged_stream('first_seq', " + streamText + ")",
	"next_seq":              "merged_stream('next_seq', " + streamText + ")",
	"fin_seq":               "merged_stream('fin_seq', " + streamText + ")",
	"first_ack":             "merged_stream('first_ack', " + streamText + ")",
	"max_ack":               "merged_stream('max_ack', " + streamText + ")",
	"stream_bytes":          "merged_stream('stream_bytes', " + streamText + ")",
	"segment_bytes":         mergeSum,
	"unique_bytes":          "merged_stream('unique_bytes', " + streamText + ")",
	"missed_bytes":          "merged_stream('missed_bytes', " + streamText + ")",
	"retransmitted_bytes":   "sum([segment_bytes]) - merged_stream('unique_bytes', " + streamText + ")",
	"retransmitted_packets": mergeSum,
	"out_of_order":          mergeSum,
	"islands":               "merged_islands('islands', " + streamText + ")",
}

const (
	iatCount   = "(sum([iat_count]) + greatest(count([first_ts]) - 1, 0))"
	iatSum     = "micros_between(arg_min([first_ts], piece), arg_max([last_ts], piece))"
	iatSquares = "(sum(wide([iat_sq_hi], [iat_sq_lo])) + coalesce(wide(merged_gaps('squares_hi', " + gapText + "), merged_gaps('squares_lo', " + gapText + ")), 0))"
	gapText    = "string_agg([times], ';')"
	streamText = "string_agg([stream], ';')"
)

// sides are the prefixes of the two directions, each with the other.
var sides = [2][2]string{{"fwd_", "rev_"}, {"rev_", "fwd_"}}

// sideOf splits the name of a column of one direction; side is "" for others.
func sideOf(column string) (side, other, name string) {
	for _, s := range sides {
		if name, ok := strings.CutPrefix(column, s[0]); ok {
			return s[0], s[1], name
		}
	}
	return "", "", column
}

// merge is the expression by which a column of conversations is made of those of its flows.
func merge(c schema.Column) string {
	side, _, name := sideOf(c.Name)
	rule, ok := headMerges[c.Name]
	if side != "" {
		if rule, ok = sideMerges[name]; !ok {
			panic("there is no rule to merge column " + c.Name) // a test makes the view
		}
	} else if !ok {
		rule = mergeFirst
	}
	rule = strings.NewReplacer("{}", c.Name, "[", side, "]", "").Replace(rule)
	return fmt.Sprintf("CAST(%s AS %s) AS %s", rule, c.Type, c.Name)
}

// conversationsView makes the view's SQL from the columns of flows.
func conversationsView() derivedView {
	var turned, merged, whole []string
	for _, c := range schema.Flows.Columns {
		if side, other, name := sideOf(c.Name); side != "" {
			turned = append(turned, fmt.Sprintf("CASE WHEN turned THEN %s ELSE %s END AS %s", other+name, c.Name, c.Name))
		}
		merged, whole = append(merged, merge(c)), append(whole, c.Name)
	}
	var pieces []string
	for _, s := range sides {
		pieces = append(pieces, textOf("piece", "epoch_us("+s[0]+"first_ts)", "epoch_us("+s[0]+"last_ts)")+" AS "+s[0]+"times",
			"CASE WHEN fwd_syns IS NOT NULL THEN "+streamPieceSQL(s[0], s[1])+" END AS "+s[0]+"stream")
	}
	const between = ",\n         "
	return derivedView{Name: "conversations", Doc: conversationsDoc, SQL: fill(conversationsTemplate, map[string]string{
		"Turned": strings.Join(turned, between), "Pieces": strings.Join(pieces, between), "Merged": strings.Join(merged, between), "Whole": strings.Join(whole, ", "),
	})}
}

func fill(text string, values map[string]string) string {
	var b strings.Builder
	if err := template.Must(template.New("").Parse(text)).Execute(&b, values); err != nil {
		panic(err) // built in
	}
	return b.String()
}

// textOf is the SQL of numbers as text with spaces between, - for NULL.
func textOf(numbers ...string) string {
	fields := make([]string, len(numbers))
	for i, n := range numbers {
		fields[i] = "coalesce(CAST(" + n + " AS VARCHAR), '-')"
	}
	return strings.Join(fields, " || ' ' || ")
}

// streamPieceSQL is the text that merged_stream takes of one flow.
func streamPieceSQL(side, other string) string {
	fields := []string{"piece"}
	for _, name := range streamFields {
		if peer, ok := strings.CutPrefix(name, "peer_"); ok {
			fields = append(fields, other+peer)
		} else {
			fields = append(fields, side+name)
		}
	}
	return textOf(fields...)
}

// linkSQL is the text that chained_flows takes of one flow: of the lower end, then of the higher.
func linkSQL() string {
	fields := []string{
		"coalesce(ordinal, 0)", "flow_id", "epoch_us(least(fwd_first_ts, rev_first_ts))", "epoch_us(greatest(fwd_last_ts, rev_last_ts))",
		fmt.Sprintf("coalesce(flow_idle, %d)", usualIdle.Microseconds()), // only a damaged lake has flows of captures that it does not know
		"CAST(end_reason = 'idle' AS INTEGER)", "CAST(mirrored AS INTEGER)", "CAST(fwd_fins + rev_fins + fwd_rsts + rev_rsts > 0 AS INTEGER)",
	}
	for _, low := range []bool{true, false} {
		a, b := sides[0][0], sides[1][0]
		if low {
			a, b = b, a
		}
		for _, column := range []string{"isn", "syns", "packets", "first_ack"} {
			fields = append(fields, "CASE WHEN mirrored THEN "+a+column+" ELSE "+b+column+" END")
		}
	}
	return textOf(fields...)
}

// conversationsDoc is the doc of the view.
const conversationsDoc = "One row per conversation: the flows of one sensor and key that follow each other without a gap beyond the idle timeout, over captures and the " +
	"active timeout, unless a SYN begins another connection. Columns are those of `flows`, of all its flows together, with `capture_id` and `flow_id` of the first; `flows` and " +
	"`captures` count them, `members` lists them. `history` is put together of those of the flows, `retransmitted_packets` and `out_of_order` are sums: they don't merge exactly; all else is as " +
	"if the captures had been one. What only a capture with both can tell stays parted: a copy is none of a packet in another capture, a fragment does not find its first there, an ICMP " +
	"error not the flow that it quotes. With `--from` and `--to` the flows within both timeouts of the period (32 minutes) are looked at, and conversations that reach into it are given."

// mergeFunctions are the functions of SQL that the rules need.
func mergeFunctions() []*function {
	text := bindings.Type(bindings.TypeVarchar)
	merged := func(args []any) any { return mergedStream(args[0].(string), args[1].(string)) }
	return []*function{
		{name: "chained_flows", params: []bindings.Type{text}, result: text, value: func(args []any) any { return chainedFlows(args[0].(string)) }},
		{name: "merged_gaps", params: []bindings.Type{text, text}, result: bindings.TypeBigInt, value: func(args []any) any {
			return mergedGaps(args[0].(string), args[1].(string))
		}},
		{name: "merged_stream", params: []bindings.Type{text, text}, result: bindings.TypeBigInt, value: merged},
		{name: "merged_islands", params: []bindings.Type{text, text}, result: text, value: merged},
	}
}
