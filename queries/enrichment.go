package queries

import (
	"encoding/json"
	"slices"

	bindings "github.com/duckdb/duckdb-go-bindings"

	"github.com/pcaplake/pcaplake/queries/enrich"
)

// enrichment is what SQL may ask beyond the lake.
type enrichment struct {
	networks *enrich.Networks
	geoip    *enrich.GeoIP
}

func openEnrichment(d *Dataset) (enrichment, error) {
	networks, err := enrich.OpenNetworks(d.Networks)
	if err != nil {
		return enrichment{}, err
	}
	if d.Pseudonyms {
		networks = networks.Pseudonyms()
	}
	geoip, err := enrich.OpenGeoIP(d.GeoIP)
	return enrichment{networks, geoip}, err
}

func (e *enrichment) close() error {
	if e.geoip == nil {
		return nil
	}
	return e.geoip.Close()
}

// functions are those of SQL; docs/enrichment.md says what they mean. What is not known is NULL.
func (e *enrichment) functions() []*function {
	text := func(name string, f func(string) string) *function {
		return &function{
			name: name, params: []bindings.Type{bindings.TypeVarchar}, result: bindings.TypeVarchar, text: f,
		}
	}
	return []*function{
		text("ip_scope", e.networks.Scope),
		text("net_name", e.networks.Name),
		text("net_site", e.networks.Site),
		text("net_server", e.networks.Server),
		text("country", e.geoip.Country),
		text("as_org", e.geoip.Org),
		text("vendor", enrich.Vendor),
		{
			name: "asn", params: []bindings.Type{bindings.TypeVarchar}, result: bindings.TypeBigInt, value: func(args []any) any {
				if n := e.geoip.ASN(args[0].(string)); n > 0 {
					return n
				}
				return nil
			},
		},
		{ // behind the macro port_service, which casts
			name: "service_of_port", params: []bindings.Type{bindings.TypeBigInt, bindings.TypeVarchar}, result: bindings.TypeVarchar,
			value: func(args []any) any { return enrich.Service(args[0].(int64), args[1].(string)) },
		},
	}
}

func (s *Session) defineFunctions() error {
	for _, f := range slices.Concat(s.enrichment.functions(), networkFunctions(), mergeFunctions(), s.payloadFunctions()) {
		if err := s.admin.register(f); err != nil {
			return err
		}
	}
	return nil
}

// makeEnrichment makes the table enrichment: where enrichments come from, and of which day they are.
func (s *Session) makeEnrichment() error {
	sources := append(s.enrichment.networks.Sources(), s.enrichment.geoip.Sources()...)
	text, err := json.Marshal(append(sources, enrich.Registries()...))
	if err != nil {
		return err
	}
	return s.admin.exec(`CREATE TABLE enrichment AS SELECT s.Kind AS kind, s.Name AS name, TRY_CAST(s.Date AS DATE) AS date, s.Entries AS entries
		FROM (SELECT unnest(from_json(` + literal(string(text)) + `, '[{"Kind": "VARCHAR", "Name": "VARCHAR", "Date": "VARCHAR", "Entries": "BIGINT"}]')) AS s)`)
}
