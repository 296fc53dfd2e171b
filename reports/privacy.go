package reports

import (
	"strings"

	"github.com/pcaplake/pcaplake/schema"
)

// sentence is the class of texts of ours that name what packets hold: addresses and names in them are replaced, the rest stands.
const sentence schema.Privacy = 0xff

// privacy is what becomes of columns of text, and of members of evidence, when a report is anonymised; numbers and times are kept. Names that columns of
// the lake have too are judged as there unless they stand here, QUERY.COLUMN before COLUMN. What nobody judged is schema.Text: one word, whatever it holds.
var privacy = classes([]struct {
	schema.Privacy
	names string
}{
	{schema.Address, `a b address peer peer_of peer_list suspicious_address client server servers top destination talkers.source`},
	{schema.Hardware, `macs`},
	{schema.Name, `name names dns_names dhcp_names`},
	{schema.Text, `subject`},
	{sentence, `coverage.coverage conversation statement reason problem finding data-quality.subject evidence_sql extract baseline suppressed_by`},
	{schema.Keyed, `capture source content_hash verdict_id`},
	// Makers, countries and networks tell of addresses what their pseudonyms hide.
	{schema.Dropped, `vendors country as_org hex ascii hexdump sha256 not_before not_after`},
	{schema.Kept, `answer begins_with flow-durations.seconds flow-packets.packets gap_seconds mean_length chain compression detector detectors direction evidence format from how ip_bytes issue kind length options own_ports
		peer_ports program proto protocol report role scope service services services_offered services_used side source_ports destination_ports status
		tool_version type types value version doc unit note`},
})

// classes turns the list into a map, behind the columns of the lake.
func classes(list []struct {
	schema.Privacy
	names string
},
) map[string]schema.Privacy {
	out := map[string]schema.Privacy{}
	for _, t := range schema.Tables() {
		for _, c := range t.Columns {
			out[c.Name] = c.Privacy
		}
	}
	for _, j := range list {
		for _, name := range strings.Fields(j.names) {
			out[name] = j.Privacy
		}
	}
	return out
}

// privacyOf is the class of a column of a query's result, or of a member of evidence.
func privacyOf(query, column string) schema.Privacy {
	if p, ok := privacy[query+"."+column]; ok {
		return p
	}
	if p, ok := privacy[column]; ok {
		return p
	}
	return schema.Text
}
