package pseudonym_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pcaplake/pcaplake/etl/pseudonym"
	"github.com/pcaplake/pcaplake/schema"
)

// paperKey is that of the sample trace of Crypto-PAn 1.0, whose addresses the other implementations also hold themselves to.
var paperKey = [pseudonym.KeySize]byte{
	21, 34, 23, 141, 51, 164, 207, 128, 19, 10, 91, 22, 73, 144, 125, 16, 216, 152, 143, 131, 121, 121, 101, 39, 98, 87, 76, 45, 42, 132, 34, 2,
}

func key(t testing.TB, secret [pseudonym.KeySize]byte) *pseudonym.Key {
	t.Helper()
	k, err := pseudonym.New(secret)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// TestVectors holds addresses against published ones: of IPv4 the trace that comes with Crypto-PAn 1.0, of IPv6 those of yacryptopan.
func TestVectors(t *testing.T) {
	k := key(t, paperKey)
	for _, c := range []struct{ in, want string }{
		{"128.11.68.132", "135.242.180.132"},
		{"129.118.74.4", "134.136.186.123"},
		{"130.132.252.244", "133.68.164.234"},
		{"141.223.7.43", "141.167.8.160"},
		{"141.233.145.108", "141.129.237.235"},
		{"152.163.225.39", "151.140.114.167"},
		{"156.29.3.236", "147.225.12.42"},
		{"165.247.96.84", "162.9.99.234"},
		{"166.107.77.190", "160.132.178.185"},
		{"192.102.249.13", "252.138.62.131"},
		{"192.215.32.125", "252.43.47.189"},
		{"192.233.80.103", "252.25.108.8"},
		{"192.41.57.43", "252.222.221.184"},
		{"193.150.244.223", "253.169.52.216"},
		{"195.205.63.100", "255.186.223.5"},
		{"198.200.171.101", "249.199.68.213"},
		{"198.26.132.101", "249.36.123.202"},
		{"198.36.213.5", "249.7.21.132"},
		{"198.51.77.238", "249.18.186.254"},
		{"199.217.79.101", "248.38.184.213"},
		{"::1", "78ff:f001:9fc0:20df:8380:b1f1:704:ed"},
		{"::2", "78ff:f001:9fc0:20df:8380:b1f1:704:ef"},
		{"::ffff", "78ff:f001:9fc0:20df:8380:b1f1:704:f838"},
		{"2001:db8::1", "4401:2bc:603f:d91d:27f:ff8e:e6f1:dc1e"},
		{"2001:db8::2", "4401:2bc:603f:d91d:27f:ff8e:e6f1:dc1c"},
	} {
		if got := k.Addr(netip.MustParseAddr(c.in)); got.String() != c.want {
			t.Errorf("%s became %s, want %s", c.in, got, c.want)
		}
	}
}

// TestPrefixes holds the property that gives the method its name: any two addresses share as many leading bits as before, and so none two become one.
func TestPrefixes(t *testing.T) {
	k := key(t, paperKey)
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		for _, size := range []int{4, 16} {
			a, b := make([]byte, size), make([]byte, size)
			for i := range a {
				a[i] = byte(random.Uint32())
				b[i] = a[i]
			}
			differs := random.IntN(8 * size)
			b[differs/8] ^= 128 >> (differs % 8)
			for i := differs + 1; i < 8*size; i++ {
				b[i/8] ^= byte(random.Uint32()) & (128 >> (i % 8))
			}
			if got := inCommon(k.Addr(addrOf(a)).AsSlice(), k.Addr(addrOf(b)).AsSlice()); got != differs {
				t.Fatalf("%v and %v share %d bits, and then %d", a, b, differs, got)
			}
		}
	}
}

func addrOf(b []byte) netip.Addr {
	a, _ := netip.AddrFromSlice(b)
	return a
}

func inCommon(a, b []byte) (n int) {
	for i := range a {
		if x := a[i] ^ b[i]; x != 0 {
			return n + bits.LeadingZeros8(x)
		}
		n += 8
	}
	return n
}

func TestMAC(t *testing.T) {
	k := key(t, paperKey)
	seen := map[schema.MAC]schema.MAC{}
	for i := range 10_000 {
		m := schema.MAC{byte(i) &^ 1, 0x1b, 0x21, byte(i >> 8), byte(i), 7}
		got := k.MAC(m)
		if other, ok := seen[got]; ok || got[0]&3 != 2 || got == m {
			t.Fatalf("%v became %v, as %v did", m, got, other)
		}
		seen[got] = m
	}
	group := schema.MAC{0x33, 0x33, 0xff, 0xaa, 0xbb, 0xcc} // the last three octets are of an IPv6 address
	if got := k.MAC(group); got[0]&3 != 3 || got == group {
		t.Errorf("the group %v became %v", group, got)
	}
	for _, kept := range []schema.MAC{{}, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff}} {
		if got := k.MAC(kept); got != kept {
			t.Errorf("%v became %v", kept, got)
		}
	}
}

// TestTexts holds what stands for texts against their form: A is an address of IPv4, w a word of 12 letters and digits.
func TestTexts(t *testing.T) {
	k := key(t, paperKey)
	addr := func(s string) string { return k.Addr(netip.MustParseAddr(s)).String() }
	word := func(p schema.Privacy, s string) string { return string(k.AppendText(nil, p, []byte(s))) }
	example := word(schema.Name, "example.com")
	for _, c := range []struct {
		class    schema.Privacy
		in, want string
	}{
		{schema.Address, "192.0.2.1,2001:db8::1", addr("192.0.2.1") + "," + addr("2001:db8::1")},
		{schema.Address, "192.0.2.0/24", netip.PrefixFrom(k.Addr(netip.MustParseAddr("192.0.2.77")), 24).Masked().String()},
		{schema.Address, "", ""},
		{schema.Name, "192.0.2.1:8080", addr("192.0.2.1") + ":8080"},
		{schema.Name, "[2001:db8::1]:443", "[" + addr("2001:db8::1") + "]:443"},
		{schema.Name, "[2001:db8::1]", "[" + addr("2001:db8::1") + "]"},
		{schema.Name, "EXAMPLE.com", example},
		{schema.Name, "example.com:8080", example + ":8080"},
		{schema.Name, "com", "com"},
		{schema.Name, "co.uk", "co.uk"},
		{schema.Name, ".", "."},
		{schema.Name, "1.2.0.192.in-addr.arpa", reversed(addr("192.0.2.1")) + ".in-addr.arpa"},
		{schema.Name, "0.192.in-addr.arpa", strings.Join(strings.Split(reversed(addr("192.0.2.1")), ".")[2:], ".") + ".in-addr.arpa"},
		{schema.Name, nibbles("2001:db8::1") + ".ip6.arpa", nibbles(addr("2001:db8::1")) + ".ip6.arpa"},
		{schema.Data, "10 example.com", "10 " + example},
		{schema.Data, "0 5 389 example.com,192.0.2.1", "0 5 389 " + example + "," + addr("192.0.2.1")},
		{schema.Word, "GET", "GET"},
		{schema.Word, "h2,http/1.1", "h2,http/1.1"},
		{schema.Word, "192.0.2.1", addr("192.0.2.1")},
	} {
		if got := word(c.class, c.in); got != c.want {
			t.Errorf("%s %q became %q, want %q", c.class, c.in, got, c.want)
		}
	}
	if !strings.HasSuffix(word(schema.Name, "www.example.com"), "."+example) || !strings.HasSuffix(example, ".com") {
		t.Errorf("names under one domain are not: %s, %s", word(schema.Name, "www.example.com"), example)
	}
	for _, secret := range []struct {
		class    schema.Privacy
		in, gone string
	}{
		{schema.Name, "alice-laptop", "alice"},
		{schema.Name, "alice.corp", "corp"},
		{schema.Name, `al\.ice.example.org`, "ice"},
		{schema.Name, "0/25.2.0.192.in-addr.arpa", "0/25"},
		{schema.Name, "fe80::1%alice0", "alice"},
		{schema.Data, `"v=spf1 ip4:192.0.2.1 -all"`, "192.0.2"},
		{schema.Data, `\# 4 c0000201`, "c0000201"},
		{schema.Data, "1 . ipv4hint=192.0.2.1", "192.0.2"},
		{schema.Data, "3221225985 example.org", "3221225985"},
		{schema.Word, "alice", "alice"},
		{schema.Text, "/users/alice", "alice"},
	} {
		got := word(secret.class, secret.in)
		if strings.Contains(got, secret.gone) || got == "" {
			t.Errorf("%s %q became %q", secret.class, secret.in, got)
		}
	}
}

func reversed(addr string) string {
	p := strings.Split(addr, ".")
	return p[3] + "." + p[2] + "." + p[1] + "." + p[0]
}

func nibbles(addr string) string {
	var out []string
	b := netip.MustParseAddr(addr).As16()
	for i := len(b) - 1; i >= 0; i-- {
		out = append(out, fmt.Sprintf("%x.%x", b[i]&15, b[i]>>4))
	}
	return strings.Join(out, ".")
}

// TestKeyIsNotTold prints a key in every way that a log or a summary may.
func TestKeyIsNotTold(t *testing.T) {
	k := key(t, paperKey)
	asJSON, err := json.Marshal(map[string]any{"key": k})
	if err != nil {
		t.Fatal(err)
	}
	want := "key " + k.Fingerprint()
	for _, told := range []string{fmt.Sprint(k), fmt.Sprintf("%v %+v %#v %s", k, k, k, k), string(asJSON)} {
		if !strings.Contains(told, want) || strings.Contains(told, "15222") || strings.Contains(told, "21 34 23") || strings.Contains(told, "block") {
			t.Errorf("it prints %s", told)
		}
	}
	other := paperKey
	other[31]++
	if key(t, other).Fingerprint() == k.Fingerprint() || len(k.Fingerprint()) != 16 {
		t.Error("keys share a fingerprint")
	}
}

func TestLoad(t *testing.T) {
	digits := strings.Repeat("0f", pseudonym.KeySize)
	for _, c := range []struct {
		name, text string
		mode       os.FileMode
		ok         bool
	}{
		{"as openssl writes it", digits + "\n", 0o600, true},
		{"as nfanon takes it", "0x" + strings.ToUpper(digits), 0o400, true},
		{"readable by all", digits, 0o604, false},
		{"writable by the group", digits, 0o620, false},
		{"too short", digits[2:], 0o600, false},
		{"too long", digits + "00", 0o600, false},
		{"no digits", strings.Repeat("xy", pseudonym.KeySize), 0o600, false},
		{"zeros", strings.Repeat("00", pseudonym.KeySize), 0o600, false},
		{"empty", "", 0o600, false},
	} {
		path := filepath.Join(t.TempDir(), "key")
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, c.mode); err != nil {
			t.Fatal(err)
		}
		k, err := pseudonym.Load(path)
		if c.ok != (err == nil) || !c.ok && !errors.Is(err, pseudonym.ErrKey) || err != nil && strings.Contains(err.Error(), "0f0f") {
			t.Errorf("%s: %v, %v", c.name, k, err)
		}
	}
	if _, err := pseudonym.Load(t.TempDir()); !errors.Is(err, pseudonym.ErrKey) {
		t.Errorf("a folder: %v", err)
	}
}

func FuzzTexts(f *testing.F) {
	for _, s := range []string{"www.example.com", "192.0.2.1", "a,b", `\,`, `\`, "1.0.0.127.in-addr.arpa", "f.ip6.arpa", "10 mail.example", "::1%x", "a:80"} {
		f.Add(s)
	}
	k := key(f, paperKey)
	f.Fuzz(func(t *testing.T, s string) {
		for p := schema.Address; p <= schema.Text; p++ {
			got := string(k.AppendText(nil, p, []byte(s)))
			if again := string(k.AppendText([]byte("x"), p, []byte(s))); again != "x"+got {
				t.Errorf("%s %q became %q and %q", p, s, got, again)
			}
		}
	})
}

func BenchmarkAddr(b *testing.B) {
	k := key(b, paperKey)
	for _, text := range []string{"192.0.2.1", "2001:db8::1"} {
		a := netip.MustParseAddr(text)
		b.Run(text, func(b *testing.B) {
			for b.Loop() {
				k.Addr(a)
			}
		})
	}
}
