package indicators

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// told is a list as text: its indicators, then what was refused, then what was passed over.
func told(l *List) (out []string) {
	for _, i := range l.Indicators {
		out = append(out, fmt.Sprintf("%s %s (%s)", i.Kind, i.Value, i.Place))
	}
	for _, r := range l.Refused {
		out = append(out, fmt.Sprintf("refused at %s: %s", r.Place, r.Text))
	}
	var passed []string
	for what, n := range l.Passed {
		passed = append(passed, fmt.Sprintf("passed %d %s", n, what))
	}
	slices.Sort(passed)
	return append(out, passed...)
}

const (
	md5    = "e7d705a3286e19ea42f587b344ee6865"
	sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
	anyJA4 = "t13d1516h2_8daaf6152771_b186095e22b6"
)

var lists = []struct {
	name, text string
	want       []string
}{
	{"empty", " \n\t\n", nil},
	{"addresses and networks", "198.51.100.7\n2001:DB8::1\n198.51.100.77/24\n::ffff:192.0.2.1\n::ffff:192.0.2.0/120\n192.0.2.9/32\n192.0.2.5:443\n[2001:db8::5]:443\nfe80::1%eth0\n256.1.1.1", []string{
		"address 198.51.100.7 (line 1)", "address 2001:db8::1 (line 2)", "address 198.51.100.0/24 (line 3)", "address 192.0.2.1 (line 4)", "address 192.0.2.0/24 (line 5)",
		"address 192.0.2.9 (line 6)", "address 192.0.2.5 (line 7)", "address 2001:db8::5 (line 8)", "refused at line 9: fe80::1%eth0", "refused at line 10: 256.1.1.1",
	}},
	{"domains", "Evil.Example.\n*.evil.example\nb\u00fccher.example\n_dmarc.evil.example\nlocalhost\na..example\n" + strings.Repeat("a", 64) + ".example", []string{
		"domain evil.example (line 1)", "domain xn--bcher-kva.example (line 3)", "domain _dmarc.evil.example (line 4)",
		"refused at line 5: localhost", "refused at line 6: a..example", "refused at line 7: " + strings.Repeat("a", 64) + ".example",
	}},
	{"URLs", "HTTPS://Evil.Example:443/a%2Fb?q=1#x\nhttp://user:pw@evil.example\nevil.example/x y\nevil.example/gate.php\nhttp://[2001:db8::1]:8080/\n/gate.php?id=1\nftp://evil.example/x", []string{
		"url https://evil.example/a%2Fb?q=1 (line 1)", "url http://evil.example/ (line 2)", "url http://evil.example/gate.php (line 4)", "url http://[2001:db8::1]:8080/ (line 5)", "uri /gate.php?id=1 (line 6)",
		"refused at line 3: evil.example/x y", "refused at line 7: ftp://evil.example/x",
	}},
	{"defanged", "198[.]51[.]100[.]7\nhxxps[:]//evil[.]example/a\nevil(.)example\nevil[dot]example[.]com\nhXXp://evil.example/b\n2001[:]db8[:]:1", []string{
		"address 198.51.100.7 (line 1)", "url https://evil.example/a (line 2)", "domain evil.example (line 3)", "domain evil.example.com (line 4)",
		"url http://evil.example/b (line 5)", "address 2001:db8::1 (line 6)",
	}},
	{"fingerprints", md5 + "\n" + strings.ToUpper(sha256) + "\n" + anyJA4 + "\nhassh: " + md5 + "\nja3s=" + md5 + "\nda39a3ee5e6b4b0d3255bfef95601890afd80709", []string{
		"ja3 " + md5 + " (line 1)", "cert-sha256 " + sha256 + " (line 2)", "ja4 " + anyJA4 + " (line 3)", "hassh " + md5 + " (line 4)", "passed 1 SHA-1",
	}},
	{"comments, ends of lines, repetitions", "\ufeff# list\r\n; more\r\n// and more\r\n\r\nevil.example  # beacon\r\nevil.example\r\nuser-agent: Evil/1.0 (a, b; c) # kept", []string{
		"domain evil.example (line 5)", "user-agent Evil/1.0 (a, b; c) # kept (line 7)",
	}},
	{"a hosts file", "127.0.0.1 evil.example\n0.0.0.0\tworse.example", []string{"domain evil.example (line 1)", "domain worse.example (line 2)"}},
	{"CSV without a head", "\"2026-01-01 10:00:00\",\"198.51.100.7\",\"443\"\n2026-01-02;evil.example;c2\nnothing,here", []string{
		"address 198.51.100.7 (line 1)", "domain evil.example (line 2)", "refused at line 3: nothing,here",
	}},
	{"CSV whose head is a comment", "# ThreatFox\n# \"first_seen_utc\",\"ioc_id\",\"ioc_value\",\"ioc_type\"\n\"2026-01-01\", \"1\", \"192.0.2.1:8080\", \"ip:port\"\n\"2026-01-01\", \"2\", \"evil.example\", \"domain\"\n" +
		"\"2026-01-01\", \"3\", \"" + sha256 + "\", \"sha256_hash\"\n\"x\", \"4\"", []string{
		"address 192.0.2.1 (line 3)", "domain evil.example (line 4)", "refused at line 6: x,4", "passed 1 sha256_hash",
	}},
	{"CSV with semicolons", "type;value;note\nua;\"Evil/1.0; x\";\"two\nlines\"\nip;nonsense;\nip;192.0.2.1;", []string{
		"user-agent Evil/1.0; x (line 2)", "address 192.0.2.1 (line 5)", "refused at line 4: nonsense",
	}},
	{"CSV whose column tells the kind", "first_seen_utc,dst_ip,dst_port\n2026-01-01,192.0.2.1,443\n2026-01-01,evil.example,443", []string{
		"address 192.0.2.1 (line 2)", "refused at line 3: evil.example",
	}},
	{"STIX", `{"type":"bundle","id":"bundle--1","objects":[
		{"type":"identity","id":"identity--1","name":"x"},
		{"type":"indicator","id":"indicator--1","pattern_type":"stix","pattern":"[ipv4-addr:value = '198.51.100.1/32'] OR [ipv4-addr:value ISSUBSET '203.0.113.0/24' AND domain-name:value IN ('evil.example', 'worse.example')]"},
		{"type":"indicator","id":"indicator--2","pattern_type":"stix","pattern":"[x509-certificate:hashes.'SHA-256' = '` + sha256 + `' AND file:hashes.MD5 = '` + md5 + `']"},
		{"type":"indicator","id":"indicator--3","pattern_type":"stix","pattern":"[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = 'Evil\\'s/1.0']"},
		{"type":"indicator","id":"indicator--4","pattern_type":"stix","pattern":"[domain-name:value LIKE '%.evil']"},
		{"type":"indicator","id":"indicator--5","pattern_type":"stix","pattern":"[network-traffic:dst_ref.value = '192.0.2.1']"},
		{"type":"indicator","id":"indicator--6","pattern_type":"yara","pattern":"rule x {}"},
		{"type":"indicator","id":"indicator--7","revoked":true,"pattern":"[ipv4-addr:value = '192.0.2.2']"},
		{"type":"indicator","id":"indicator--8","pattern":"nonsense"},
		{"type":"ipv4-addr","id":"ipv4-addr--1","value":"192.0.2.3"}]}`, []string{
		"address 198.51.100.1 (indicator--1)", "address 203.0.113.0/24 (indicator--1)", "domain evil.example (indicator--1)", "domain worse.example (indicator--1)",
		"cert-sha256 " + sha256 + " (indicator--2)", "user-agent Evil's/1.0 (indicator--3)", "address 192.0.2.1 (indicator--5)",
		"refused at indicator--4: domain-name:value LIKE '%.evil'", "refused at indicator--8: nonsense",
		"passed 1 file:hashes.MD5", "passed 1 pattern of yara", "passed 1 revoked",
	}},
	{"MISP", `{"response":[{"Event":{"id":"7","info":"x","Attribute":[
		{"uuid":"a","type":"ip-dst|port","value":"192.0.2.1|443","to_ids":true},
		{"uuid":"b","type":"domain|ip","value":"evil.example|192.0.2.2","to_ids":true},
		{"uuid":"c","type":"md5","value":"` + md5 + `","to_ids":true},
		{"uuid":"d","type":"url","value":"nonsense","to_ids":true},
		{"uuid":"e","type":"link","value":"https://news.example/","to_ids":false},
		{"uuid":"f","type":"domain","value":"old.example","deleted":true}],
		"Object":[{"name":"ja3","Attribute":[{"uuid":"g","type":"ja3-fingerprint-md5","value":"` + md5 + `"}]}]}}]}`, []string{
		"address 192.0.2.1 (a)", "domain evil.example (b)", "address 192.0.2.2 (b)", "ja3 " + md5 + " (g)",
		"refused at d: nonsense", "passed 1 deleted", "passed 1 md5", "passed 1 not for detection (to_ids)",
	}},
	{"MISP's attributes alone", `{"response":{"Attribute":[{"uuid":"a","type":"hostname","value":"evil.example"}]}}`, []string{"domain evil.example (a)"}},
	{"JSON of another kind", `["evil.example", 7]`, []string{"domain evil.example (a text in JSON)", "refused at JSON: 7"}},
	{"JSON nested deep", strings.Repeat("[", 20) + strings.Repeat("]", 20), []string{"refused at JSON: " + strings.Repeat("[", 12) + strings.Repeat("]", 12)}},
}

func TestRead(t *testing.T) {
	for _, c := range lists {
		t.Run(c.name, func(t *testing.T) {
			l, err := Read(strings.NewReader(c.text))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, told(l)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadDamaged(t *testing.T) {
	if _, err := Read(strings.NewReader(`{"type":"bundle",`)); err == nil || !strings.Contains(err.Error(), "no valid JSON") {
		t.Errorf("half a bundle: %v", err)
	}
}

// FuzzRead holds that any list is read to its end, that what is taken is in its normal form, and that it comes out the same when it is read again.
func FuzzRead(f *testing.F) {
	for _, c := range lists {
		f.Add([]byte(c.text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		l, err := Read(strings.NewReader(string(text)))
		if err != nil {
			return
		}
		for _, i := range l.Indicators {
			again, err := kinds[i.Kind].normalise(i.Value)
			if err != nil || again != i.Value {
				t.Errorf("%s %q becomes %q, %v", i.Kind, i.Value, again, err)
			}
			if i.Place == "" {
				t.Errorf("%s %q has no place", i.Kind, i.Value)
			}
		}
	})
}
