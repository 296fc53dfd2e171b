package variants

import (
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pcaplake/pcaplake/internal/shared"
)

// TestAddresses holds what becomes of addresses.
func TestAddresses(t *testing.T) {
	for _, c := range []struct {
		to         func(netip.Addr) netip.Addr
		from, want string
	}{
		{SixFor, "10.20.1.59", "fd20:20::a14:13b"},
		{SixFor, "198.51.100.7", "2001:db8::c633:6407"},
		{SixFor, "224.0.0.251", "ff02::1"},
		{SixFor, "fd00::1", "fd00::1"},
		{amongKnown, "198.51.100.73", "203.0.113.164"},
		{amongKnown, "10.20.1.59", "10.20.1.59"},
	} {
		if got := c.to(netip.MustParseAddr(c.from)); got != netip.MustParseAddr(c.want) {
			t.Errorf("%s becomes %s, want %s", c.from, got, c.want)
		}
	}
}

// TestWrite holds variants of a capture of testdata against tshark: how many frames they have, that their checksums are right, and that labels follow.
func TestWrite(t *testing.T) {
	tshark := shared.Tool(t, "tshark")
	dir := t.TempDir()
	labels := filepath.Join(dir, "labels.csv")
	text := "start,end,src,dst,proto,dport,class,subclass,tool\n1,4000000000,198.51.100.0/24,*,tcp,,scan,vertical,x\n1,2,*,*,*,,normal,of nothing,x\n"
	if err := os.WriteFile(labels, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	count := func(path, filter string) int {
		t.Helper()
		out, err := exec.Command(tshark, "-r", path, "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-Y", filter).Output()
		if err != nil {
			t.Fatal(err)
		}
		return strings.Count(string(out), "\n")
	}
	from := filepath.Join("..", "..", "testdata", "scan.pcap")
	frames, tcp := count(from, "frame"), count(from, "tcp")
	wrong := "ip.checksum.status == 0 || tcp.checksum.status == 0 || udp.checksum.status == 0 || icmp.checksum.status == 0 || icmpv6.checksum.status == 0"
	for _, c := range []struct {
		variant, filter string
		want            int
	}{
		{"as-is", "frame", frames},
		{"as-is", wrong, count(from, wrong)},
		{"among-known", wrong, count(from, wrong)},
		{"among-known", "ip.addr == 198.51.100.0/24", 0},
		{"ipv6", "ip", 0},
		{"ipv6", "tcp && ipv6", tcp},
		{"ipv6", wrong, 0},
		{"vlan", "vlan.id == 42", frames},
		{"span", "frame", 2 * frames},
		{"snaplen-96", "frame.cap_len > 96", 0},
		{"snaplen-96", "frame", frames},
	} {
		for _, v := range All() {
			if v.Name != c.variant {
				continue
			}
			to, toLabels := filepath.Join(dir, v.Name+".pcap"), filepath.Join(dir, v.Name+".csv")
			if err := v.Write(from, to, labels, toLabels); err != nil {
				t.Fatal(err)
			}
			if got := count(to, c.filter); got != c.want {
				t.Errorf("%s: %d frames of %q, want %d", v.Name, got, c.filter, c.want)
			}
			left, err := os.ReadFile(toLabels)
			if err != nil || strings.Contains(string(left), "of nothing") || !strings.Contains(string(left), "vertical") {
				t.Errorf("%s: labels\n%s%v", v.Name, left, err)
			}
			if inSix := strings.Contains(string(left), "2001:db8::c633:6400/120"); inSix != (v.Name == "ipv6") {
				t.Errorf("%s: labels\n%s", v.Name, left)
			}
		}
	}
}
