package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/pcaplake/pcaplake/internal/traffic"
)

// peer is another program that reads a capture. %s stands for the capture, %d for a folder to write to.
type peer struct {
	what    string
	program string
	frames  int // of a smaller capture; 0: the whole
	shell   string
}

// tsharkFields are columns that tshark knows as well, of every layer.
const tsharkFields = "frame.number frame.time_epoch frame.len eth.src eth.dst eth.type ip.src ip.dst ipv6.src ipv6.dst ip.proto ip.ttl ip.id ip.flags " +
	"ip.checksum tcp.srcport tcp.dstport tcp.seq_raw tcp.ack_raw tcp.flags tcp.window_size_value tcp.checksum udp.srcport udp.dstport udp.length " +
	"dns.id dns.flags.response dns.qry.name dns.qry.type"

// tutorial is the loop that pcaplake began as: scapy into pandas.
const tutorial = `
import sys
import pandas as pd
from scapy.all import PcapReader, IP, TCP, UDP
rows = []
for p in PcapReader(sys.argv[1]):
    if IP not in p:
        continue
    row = [p[IP].fields.get(f) for f in ("version", "ihl", "tos", "len", "id", "flags", "frag", "ttl", "proto", "chksum", "src", "dst")] + [p.time]
    layer = p[IP].payload
    row += [layer.fields.get(f) for f in ("sport", "dport", "seq", "ack", "dataofs", "reserved", "flags", "window", "chksum", "urgptr", "options")]
    row += [len(layer.payload), bytes(layer.payload)]
    rows.append(row)
print(len(pd.DataFrame(rows)))
`

var peers = []peer{
	{"tcpdump -w /dev/null (reads only)", "tcpdump", 0, "tcpdump -r %s -w /dev/null"},
	{"nfpcapd (flows only)", "nfpcapd", 0, "nfpcapd -r %s -w %d"},
	{"argus (flows only)", "argus", 0, "rm -f %d/argus.out; argus -r %s -w %d/argus.out"},
	{"tshark -T fields", "tshark", 150_000, "tshark -n -r %s -T fields -e " + strings.ReplaceAll(tsharkFields, " ", " -e ") + " > /dev/null"},
	{"the tutorial's loop (scapy, pandas)", "/usr/bin/python3", 15_000, "/usr/bin/python3 %d/tutorial.py %s"},
}

// comparePeers measures the peers that are installed on the same capture, or on a smaller one of the same kind where they are slow.
func (b *bench) comparePeers() error {
	path, _, err := b.one()
	if err != nil {
		return err
	}
	c, err := b.ingest("one.lake", path)
	if err != nil {
		return err
	}
	ours := rate(b.frames, c)
	fmt.Printf("\n| program | packets/s | pcaplake ingest is |\n|---|---|---|\n| pcaplake ingest, all columns to Parquet | %s | |\n", million(ours))
	for _, p := range peers {
		if _, err := exec.LookPath(p.program); err != nil {
			fmt.Printf("| %s | not installed | |\n", p.what)
			continue
		}
		theirs, err := b.peer(p, path)
		if err != nil {
			fmt.Printf("| %s | failed: %s | |\n", p.what, strings.ReplaceAll(err.Error(), "\n", " "))
			continue
		}
		fmt.Printf("| %s | %.3f M packets/s | %.1f x |\n", p.what, theirs/1e6, ours/theirs)
	}
	return nil
}

func (b *bench) peer(p peer, path string) (float64, error) {
	frames := b.frames
	if p.frames > 0 {
		frames = p.frames
		path = b.path(fmt.Sprintf("part-%d.pcap", frames))
		if err := traffic.WriteCapture(path, frames, 1, 1_768_435_200); err != nil {
			return 0, err
		}
	}
	dir := b.path("peer")
	if err := os.RemoveAll(dir); err != nil {
		return 0, err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return 0, err
	}
	if err := os.WriteFile(dir+"/tutorial.py", []byte(tutorial), 0o640); err != nil {
		return 0, err
	}
	shell := strings.ReplaceAll(strings.ReplaceAll(p.shell, "%s", path), "%d", dir)
	c, err := b.best(func() (cost, error) { return command("sh", "-c", shell) })
	return rate(frames, c), err
}
