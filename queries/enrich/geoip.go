package enrich

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/oschwald/maxminddb-golang/v2"
)

// GeoIP is geolocation databases in the MaxMind DB format. Its methods may be called at once; of several databases the first that knows an
// answer gives it.
type GeoIP struct {
	readers []*maxminddb.Reader
	sources []Source
}

// OpenGeoIP opens databases; none is allowed. The caller closes it.
func OpenGeoIP(paths []string) (*GeoIP, error) {
	g := &GeoIP{}
	for _, path := range paths {
		r, err := maxminddb.Open(path)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("open geolocation database %s: %w", path, err), g.Close())
		}
		g.readers = append(g.readers, r)
		g.sources = append(g.sources, Source{
			Kind: "geoip", Name: r.Metadata.DatabaseType, Date: r.Metadata.BuildTime().UTC().Format("2006-01-02"), Entries: int64(r.Metadata.NodeCount),
		})
	}
	return g, nil
}

// Close closes the databases.
func (g *GeoIP) Close() error {
	var errs []error
	for _, r := range g.readers {
		errs = append(errs, r.Close())
	}
	g.readers = nil
	return errors.Join(errs...)
}

// Sources are the databases, with the days on which they were built.
func (g *GeoIP) Sources() []Source { return g.sources }

// The places of a value in a record: in the databases of MaxMind, whose layout DB-IP shares, and in those of IPinfo.
var (
	countryPaths = [][]any{{"country", "iso_code"}, {"registered_country", "iso_code"}, {"country_code"}, {"country"}}
	orgPaths     = [][]any{{"autonomous_system_organization"}, {"as_name"}}
	asnPath      = []any{"autonomous_system_number"}
	asnTextPath  = []any{"asn"} // "AS64496"
)

// Country is the ISO 3166-1 code of the country of an address; "" where it is not known.
func (g *GeoIP) Country(ip string) string { return g.first(ip, countryPaths) }

// Org is the name of the autonomous system that announces an address; "" where it is not known.
func (g *GeoIP) Org(ip string) string { return g.first(ip, orgPaths) }

// ASN is the number of the autonomous system that announces an address; 0 where it is not known.
func (g *GeoIP) ASN(ip string) int64 {
	a, ok := parseAddr(ip)
	if !ok {
		return 0
	}
	for _, r := range g.readers {
		result := r.Lookup(a)
		var n uint32
		if err := result.DecodePath(&n, asnPath...); err == nil && n > 0 {
			return int64(n)
		}
		var text string
		if err := result.DecodePath(&text, asnTextPath...); err != nil {
			continue
		}
		if n, err := strconv.ParseUint(strings.TrimPrefix(text, "AS"), 10, 32); err == nil && n > 0 {
			return int64(n)
		}
	}
	return 0
}

func (g *GeoIP) first(ip string, paths [][]any) string {
	a, ok := parseAddr(ip)
	if !ok {
		return ""
	}
	for _, r := range g.readers {
		if text := text(r, a, paths); text != "" {
			return text
		}
	}
	return ""
}

// text is the first text at one of the places; a place that holds something else is none.
func text(r *maxminddb.Reader, a netip.Addr, paths [][]any) string {
	result := r.Lookup(a)
	for _, path := range paths {
		var s string
		if err := result.DecodePath(&s, path...); err == nil && s != "" {
			return s
		}
	}
	return ""
}
