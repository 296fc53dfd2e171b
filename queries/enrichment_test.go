package queries

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"
)

// testGeoIP writes a geolocation database of one network.
func testGeoIP(t testing.TB) string {
	t.Helper()
	tree, err := mmdbwriter.New(mmdbwriter.Options{DatabaseType: "Test-City-ASN", BuildEpoch: 1_764_028_800, IncludeReservedNetworks: true})
	if err != nil {
		t.Fatal(err)
	}
	_, network, err := net.ParseCIDR("198.51.100.0/24")
	if err != nil {
		t.Fatal(err)
	}
	if err := tree.Insert(network, mmdbtype.Map{
		"country": mmdbtype.Map{"iso_code": mmdbtype.String("TW")}, "autonomous_system_number": mmdbtype.Uint32(64496),
		"autonomous_system_organization": mmdbtype.String("Example Net"),
	}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "test.mmdb")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := tree.WriteTo(f); err != nil {
		t.Fatal(err)
	}
	return path
}

func testNetworks(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "networks.yaml")
	text := "networks: [{cidr: 10.0.0.0/24, name: office, site: Berlin}]\nservers: [{address: 10.0.0.53, name: resolver}]\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestEnrichment asks the functions of SQL over more rows than a chunk of DuckDB holds, some of them NULL, constants among them.
func TestEnrichment(t *testing.T) {
	s := openSession(t, Dataset{GeoIP: []string{testGeoIP(t)}, Networks: testNetworks(t)})
	cases := []struct {
		sql  string
		want any
	}{
		{"ip_scope('10.0.0.7')", "internal"},
		{"ip_scope('10.0.0.255')", "broadcast"},
		{"ip_scope(NULL)", nil},
		{"ip_scope('x')", nil},
		{"net_name('10.0.0.7')", "office"},
		{"net_site('10.0.0.7')", "Berlin"},
		{"net_server('10.0.0.53')", "resolver"},
		{"net_server('10.0.0.7')", nil},
		{"country('198.51.100.1')", "TW"},
		{"asn('198.51.100.1')", int64(64496)},
		{"as_org('198.51.100.1')", "Example Net"},
		{"asn('10.0.0.1')", nil},
		{"vendor('00:00:0c:00:00:01')", "Cisco Systems, Inc"},
		{"vendor('02:00:00:00:00:01')", nil},
		{"port_service(443, 'tcp')", "https"},
		{"port_service(53::INTEGER, 17)", "domain"},
		{"port_service(NULL, 6)", nil},
	}
	for _, c := range cases {
		if got := collect(t, s, "SELECT "+c.sql).Rows[0][0]; got != c.want {
			t.Errorf("%s is %v, want %v", c.sql, got, c.want)
		}
	}
	got := collect(t, s, `SELECT scope, count(*), count(country) FROM (SELECT ip_scope(ip) AS scope, country(ip) AS country FROM (
		SELECT CASE WHEN n % 3 = 0 THEN NULL WHEN n % 3 = 1 THEN '10.1.' || n % 200 || '.1' ELSE '198.51.100.' || n % 200 END AS ip FROM range(9000) AS r(n)))
		GROUP BY scope ORDER BY scope`)
	want := [][]any{{"external", int64(3000), int64(3000)}, {"internal", int64(3000), int64(0)}, {nil, int64(3000), int64(0)}}
	if diff := cmp.Diff(want, got.Rows); diff != "" {
		t.Error(diff)
	}
	rows := collect(t, s, "SELECT kind, CAST(date AS VARCHAR), entries FROM enrichment ORDER BY kind").Rows
	if len(rows) != 4 || rows[0][0] != "geoip" || rows[0][1] != "2025-11-25" || rows[1][0] != "networks" || rows[1][2] != int64(2) {
		t.Errorf("enrichment: %v", rows)
	}
}

func TestEnrichmentErrors(t *testing.T) {
	for name, d := range map[string]Dataset{"none.mmdb": {GeoIP: []string{"none.mmdb"}}, "none.yaml": {Networks: "none.yaml"}} {
		if _, err := Open(t.Context(), d); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestFunctionPanics holds that a panic of a function ends its statement and nothing else.
func TestFunctionPanics(t *testing.T) {
	s := openSession(t, Dataset{})
	if err := s.admin.register(&function{name: "bad", params: s.enrichment.functions()[0].params, result: s.enrichment.functions()[0].result, value: func([]any) any { panic("no") }}); err != nil {
		t.Fatal(err)
	}
	if _, err := tryCollect(s, "SELECT bad(x) FROM (SELECT CAST(range AS VARCHAR) AS x FROM range(3))"); err == nil || !strings.Contains(err.Error(), "function bad: no") {
		t.Errorf("%v", err)
	}
	if got := collect(t, s, "SELECT ip_scope('::1')").Rows[0][0]; got != "loopback" {
		t.Errorf("%v", got)
	}
}

// BenchmarkEnrichment is the cost of a call for each row, of few and of many different addresses.
func BenchmarkEnrichment(b *testing.B) {
	s, err := Open(b.Context(), Dataset{GeoIP: []string{testGeoIP(b)}})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	const rows = 1_000_000
	for _, f := range []string{"ip_scope(ip)", "country(ip)", "vendor('00:00:0c:00:00:' || right(ip, 2))", "port_service(n % 1024, 6)"} {
		b.Run(f[:strings.IndexByte(f, '(')], func(b *testing.B) {
			for b.Loop() {
				r, err := s.Query(b.Context(), fmt.Sprintf("SELECT count(%s) FROM (SELECT n, '198.51.' || n %% 200 || '.' || 10 + n %% 90 AS ip FROM range(%d) AS r(n))", f, rows), nil)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := Collect(r, 0); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
		})
	}
}
