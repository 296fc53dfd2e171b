package enrich

import (
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"
)

func TestVendor(t *testing.T) {
	for mac, want := range map[string]string{
		"00:00:0c:12:34:56": "Cisco Systems, Inc", // MA-L
		"70:b3:d5:f2:f1:23": "TELEPLATFORMS",      // MA-S, inside an MA-L of the IEEE's own
		"08:00:20:01:02:03": "Oracle Corporation",
		"02:42:ac:11:00:02": "", // locally administered
		"ff:ff:ff:ff:ff:ff": "",
		"":                  "",
		"00:00:0c":          "",
	} {
		if got := Vendor(mac); got != want {
			t.Errorf("Vendor(%q) = %q, want %q", mac, got, want)
		}
	}
}

func TestService(t *testing.T) {
	cases := []struct {
		port  int64
		proto string
		want  string
	}{
		{443, "tcp", "https"},
		{443, "TCP", "https"},
		{53, "17", "domain"},
		{80, "6", "http"},
		{631, "tcp", "ipp"},
		{22, "132", "ssh"},
		{67, "udp", "bootps"},
		{443, "icmp", ""},
		{443, "", ""},
		{-1, "tcp", ""},
		{65536, "tcp", ""},
		{0, "tcp", ""},
	}
	for _, c := range cases {
		if got := Service(c.port, c.proto); got != c.want {
			t.Errorf("Service(%d, %q) = %q, want %q", c.port, c.proto, got, c.want)
		}
	}
}

func TestRegistries(t *testing.T) {
	for _, s := range Registries() {
		if _, err := time.Parse(time.DateOnly, s.Date); err != nil || s.Entries < 10_000 || s.Name == "" {
			t.Errorf("%+v: %v", s, err)
		}
	}
	for _, r := range []registry{vendors(), services()} {
		for key, name := range r.rows {
			if key == "" || name == "" || strings.ContainsAny(name, "\n\t\r") {
				t.Errorf("%s: %q is %q", r.source.Kind, key, name)
			}
		}
	}
	if _, err := load("x", []byte("no zstd")); err == nil {
		t.Error("a table that cannot be read")
	}
}

func TestScope(t *testing.T) {
	own := `
internal: [192.0.2.0/24, "2001:db8:1::/48"]
networks:
  - {cidr: 192.0.2.0/24, name: office, site: Berlin}
  - {cidr: 192.0.2.64/26, name: lab}
  - {cidr: 198.51.100.4/31, name: link}
servers:
  - {address: 192.0.2.70, name: mail, site: Hamburg}
`
	n, err := ParseNetworks([]byte(own))
	if err != nil {
		t.Fatal(err)
	}
	defaults, err := OpenNetworks("")
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		ip                 string
		byDefault, scope   string
		name, site, server string
	}{
		{"10.1.2.3", "internal", "external", "", "", ""},
		{"172.32.0.1", "external", "external", "", "", ""},
		{"172.31.255.255", "internal", "external", "", "", ""},
		{"169.254.1.1", "internal", "external", "", "", ""},
		{"fe80::1", "internal", "external", "", "", ""},
		{"fd00::1", "internal", "external", "", "", ""},
		{"2001:db8:1::9", "external", "internal", "", "", ""},
		{"192.0.2.1", "external", "internal", "office", "Berlin", ""},
		{"::ffff:192.0.2.1", "external", "internal", "office", "Berlin", ""},
		{"192.0.2.70", "external", "internal", "lab", "Hamburg", "mail"},
		{"192.0.2.71", "external", "internal", "lab", "Berlin", ""},
		{"192.0.2.127", "external", "broadcast", "lab", "Berlin", ""},
		{"192.0.2.255", "external", "broadcast", "office", "Berlin", ""},
		{"198.51.100.5", "external", "external", "link", "", ""},
		{"255.255.255.255", "broadcast", "broadcast", "", "", ""},
		{"224.0.0.251", "multicast", "multicast", "", "", ""},
		{"ff02::fb", "multicast", "multicast", "", "", ""},
		{"127.0.0.53", "loopback", "loopback", "", "", ""},
		{"::1", "loopback", "loopback", "", "", ""},
		{"0.0.0.0", "unspecified", "unspecified", "", "", ""},
		{"::", "unspecified", "unspecified", "", "", ""},
		{"host", "", "", "", "", ""},
		{"", "", "", "", "", ""},
	}
	for _, c := range cases {
		if got := defaults.Pseudonyms().Scope(c.ip); got != "external" && got != c.byDefault || got != "external" && got != "internal" && got != "" {
			t.Errorf("%s: as a pseudonym %q", c.ip, got)
		}
		if got := defaults.Scope(c.ip); got != c.byDefault {
			t.Errorf("%s is %q by default, want %q", c.ip, got, c.byDefault)
		}
		got := []string{n.Scope(c.ip), n.Name(c.ip), n.Site(c.ip), n.Server(c.ip)}
		if want := []string{c.scope, c.name, c.site, c.server}; strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("%s is %q, want %q", c.ip, got, want)
		}
	}
}

func TestNetworksErrors(t *testing.T) {
	cases := map[string]string{
		"internal: [10.0.0.0/33]":                  "10.0.0.0/33",
		"networks: [{cidr: office, name: a}]":      "office",
		"servers: [{address: 10.0.0.1, names: a}]": "names",
		"sites: {}": "sites",
		"networks: [{cidr: 10.0.0.0/8, name: a}, {cidr: 10.1.0.0/8, name: b}]": "declared twice",
		"internal: 7": "line 1",
	}
	for text, want := range cases {
		if _, err := ParseNetworks([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want an error about %s", text, err, want)
		}
	}
	if _, err := OpenNetworks(filepath.Join(t.TempDir(), "none.yaml")); err == nil {
		t.Error("a file that does not exist")
	}
	path := filepath.Join(t.TempDir(), "networks.yaml")
	if err := os.WriteFile(path, []byte("networks: [{cidr: 10.0.0.0/8, name: a}]"), 0o600); err != nil {
		t.Fatal(err)
	}
	n, err := OpenNetworks(path)
	if err != nil || len(n.Sources()) != 1 || n.Sources()[0].Entries != 1 || n.Name("10.9.9.9") != "a" {
		t.Errorf("%v, %+v", err, n)
	}
}

// writeMMDB makes a geolocation database.
func writeMMDB(t *testing.T, kind string, rows map[string]mmdbtype.Map) string {
	t.Helper()
	tree, err := mmdbwriter.New(mmdbwriter.Options{DatabaseType: kind, BuildEpoch: 1_764_028_800, RecordSize: 24, IncludeReservedNetworks: true})
	if err != nil {
		t.Fatal(err)
	}
	for cidr, row := range rows {
		_, network, err := net.ParseCIDR(cidr)
		if err != nil {
			t.Fatal(err)
		}
		if err := tree.Insert(network, row); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), kind+".mmdb")
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

func TestGeoIP(t *testing.T) {
	g, err := OpenGeoIP([]string{
		writeMMDB(t, "Test-Country", map[string]mmdbtype.Map{
			"198.51.100.0/24": {"country": mmdbtype.Map{"iso_code": mmdbtype.String("TW")}},
			"2001:db8::/32":   {"registered_country": mmdbtype.Map{"iso_code": mmdbtype.String("DE")}},
		}),
		writeMMDB(t, "Test-ASN", map[string]mmdbtype.Map{
			"198.51.100.0/24": {"autonomous_system_number": mmdbtype.Uint32(4_200_000_001), "autonomous_system_organization": mmdbtype.String("Example Net")},
		}),
		writeMMDB(t, "Test-Lite", map[string]mmdbtype.Map{
			"203.0.113.0/24": {"asn": mmdbtype.String("AS64496"), "as_name": mmdbtype.String("Other Net"), "country_code": mmdbtype.String("FR")},
			"192.0.2.0/24":   {"asn": mmdbtype.String("none"), "country": mmdbtype.String("JP")},
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		ip, country, org string
		asn              int64
	}{
		{"198.51.100.7", "TW", "Example Net", 4_200_000_001},
		{"::ffff:198.51.100.7", "TW", "Example Net", 4_200_000_001},
		{"2001:db8::7", "DE", "", 0},
		{"203.0.113.9", "FR", "Other Net", 64496},
		{"192.0.2.9", "JP", "", 0},
		{"10.0.0.1", "", "", 0},
		{"x", "", "", 0},
	}
	for _, c := range cases {
		if country, org, asn := g.Country(c.ip), g.Org(c.ip), g.ASN(c.ip); country != c.country || org != c.org || asn != c.asn {
			t.Errorf("%s: %q %q %d, want %q %q %d", c.ip, country, org, asn, c.country, c.org, c.asn)
		}
	}
	if s := g.Sources(); len(s) != 3 || s[0].Date != "2025-11-25" || s[1].Name != "Test-ASN" {
		t.Errorf("%+v", s)
	}
	if err := g.Close(); err != nil {
		t.Error(err)
	}
	if _, err := OpenGeoIP([]string{"none.mmdb"}); err == nil {
		t.Error("a database that does not exist")
	}
}

func FuzzParseNetworks(f *testing.F) {
	f.Add([]byte("internal: [10.0.0.0/8]\nnetworks: [{cidr: 10.0.0.0/8, name: a, site: b}]\nservers: [{address: 10.0.0.1, name: c}]"), "10.0.0.1")
	f.Fuzz(func(t *testing.T, text []byte, ip string) {
		if n, err := ParseNetworks(text); err == nil {
			_, _ = n.Scope(ip), n.Name(ip)+n.Site(ip)+n.Server(ip)
		}
	})
}

// TestScopeOfIPv4 holds the short way of addresses of IPv4 against netip, and against the long way.
func TestScopeOfIPv4(t *testing.T) {
	short, err := ParseNetworks([]byte("internal: [10.0.0.0/8, 198.51.100.0/24, 192.0.2.7/32]\nnetworks: [{cidr: 198.51.100.0/26, name: x}]"))
	if err != nil {
		t.Fatal(err)
	}
	long := *short
	long.internal4 = nil
	for _, text := range []string{
		"0.0.0.0", "1.2.3.4", "10.0.0.0", "9.255.255.255", "11.0.0.0", "127.0.0.1", "128.0.0.0", "223.255.255.255", "224.0.0.1", "239.1.2.3", "240.0.0.1", "255.255.255.255", "255.255.255.254",
		"198.51.100.63", "198.51.100.62", "198.51.101.1", "192.0.2.7", "192.0.2.8", "", "1", "1.2.3", "1.2.3.4.5", "1..2.3", "1.2.3.", ".1.2.3", "01.2.3.4", "1.2.3.04", "1.2.3.256", "1.2.3.999", "1.2.3.1000",
		"1.2.3.4 ", " 1.2.3.4", "+1.2.3.4", "a.b.c.d", "::1", "::ffff:10.0.0.1", "fe80::1%eth0", "1.2.3.4%x", "00.0.0.0", "0.00.0.0", "4294967297.0.0.1",
	} {
		if got, want := short.Scope(text), long.Scope(text); got != want {
			t.Errorf("scope of %q is %q, want %q", text, got, want)
		}
		quad, ok := parseIPv4(text)
		want, err := netip.ParseAddr(text)
		if is4 := err == nil && want.Is4(); ok != is4 || ok && netip.AddrFrom4(quad) != want {
			t.Errorf("%q is read as %v, %v, want %v, %v", text, quad, ok, want, err)
		}
	}
}
