package etl

import (
	"path/filepath"
	"testing"

	"github.com/pcaplake/pcaplake/internal/shared"
)

// TestApplications: rows of applications are in the lake, each names a flow, and one of these has the service.
func TestApplications(t *testing.T) {
	captures := filepath.Join(shared.Dir(t), "captures")
	for _, c := range []struct{ capture, table, service string }{
		{"the-tcpdump-group+tcpdump/tests/dns_tcp.pcap", "dns", "dns"},
		{"the-tcpdump-group+tcpdump/tests/dns_udp_2.pcap", "dns", "dns"},
		{"the-tcpdump-group+tcpdump/tests/quic_retry.pcap", "quic", "quic"},
		{"the-tcpdump-group+tcpdump/tests/ntp-mode7.pcap", "ntp", "ntp"},
		{"hadrielk+pcapng-test-generator/output_le/basic/test008.pcapng", "dhcp", "dhcp"},
	} {
		t.Run(filepath.Base(c.capture), func(t *testing.T) {
			root := t.TempDir()
			ingest(t, Options{Lake: root, Sources: []string{filepath.Join(captures, c.capture)}})
			services := map[string]string{}
			service := column(t, root, "flows", "service")
			for i, id := range column(t, root, "flows", "flow_id") {
				services[id] = service[i]
			}
			rows := column(t, root, c.table, "flow_id")
			if len(rows) == 0 {
				t.Fatal("no rows")
			}
			for _, id := range rows {
				if services[id] != c.service {
					t.Errorf("flow %q has service %q", id, services[id])
				}
			}
		})
	}
}
