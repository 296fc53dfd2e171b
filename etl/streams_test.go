package etl

import (
	"slices"
	"testing"
)

// TestMessagesOfStreams: the rows of http are in the lake, each names a flow, and that flow has the service.
func TestMessagesOfStreams(t *testing.T) {
	root := t.TempDir()
	ingest(t, Options{Lake: root, Sources: []string{"../testdata/web.pcap"}})
	services := map[string]string{}
	service := column(t, root, "flows", "service")
	for i, id := range column(t, root, "flows", "flow_id") {
		services[id] = service[i]
	}
	flows, methods, status := column(t, root, "http", "flow_id"), column(t, root, "http", "method"), column(t, root, "http", "status")
	if len(flows) == 0 {
		t.Fatal("no rows of http")
	}
	for i, id := range flows {
		if services[id] != "http" || methods[i] != "GET" || status[i] != "200" {
			t.Errorf("row %d: flow %s of service %q, %s, %s", i, id, services[id], methods[i], status[i])
		}
	}
	requests := column(t, root, "http", "frame_no")
	if !slices.Contains(requests, "4") {
		t.Errorf("frames of requests: %v", requests)
	}
}
