package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/internal/shared"
)

// evil is what a name may hold that acts on terminals: sequences that clear the screen, set its title and ask for its answers, the same by C1 characters, a bell, a text that
// runs from right to left, what no one sees, and bytes that are no UTF-8.
const evil = "a\x1b[2J\x1b]0;owned\x07\x1b[6n\u009b31m\u202egpj\u200b\x7f\xff"

// hostileCapture has a DNS question, an HTTP request with Host, target and user agent, and a comment, all of hostile text.
func hostileCapture(t *testing.T) []byte {
	t.Helper()
	name := evil + "\x00" // a label may hold NUL, a file name may not
	question := append([]byte{0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, byte(len(name))}, name...)
	question = append(question, 0, 0, 1, 0, 1)
	udp := binary.BigEndian.AppendUint16([]byte{0x9c, 0x40, 0, 53}, uint16(8+len(question)))
	udp = append(append(udp, 0, 0), question...)
	tcp := func(seq uint32, flags byte, data string) []byte {
		head := binary.BigEndian.AppendUint32([]byte{0x9c, 0x41, 0, 80}, seq)
		return append(append(head, 0, 0, 0, 0, 0x50, flags, 0x20, 0, 0, 0, 0, 0), data...)
	}
	request := "GET /" + strings.ReplaceAll(evil, " ", "") + " HTTP/1.1\r\nHost: " + evil + "\r\nUser-Agent: " + evil + "\r\n\r\n"
	var file bytes.Buffer
	w := capture.NewWriter(&file, evil)
	if _, err := w.AddInterface(capture.Interface{Name: evil, Description: evil, LinkType: 1}, -1); err != nil {
		t.Fatal(err)
	}
	for i, packet := range []struct {
		proto byte
		data  []byte
	}{{17, udp}, {6, tcp(1, 2, "")}, {6, tcp(2, 24, request)}} {
		ip := []byte{0x45, 0, 0, 0, 0, 0, 0, 0, 64, packet.proto, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2}
		binary.BigEndian.PutUint16(ip[2:], uint16(len(ip)+len(packet.data)))
		frame := append(append(append(bytes.Repeat([]byte{2}, 12), 8, 0), ip...), packet.data...)
		if err := w.WriteFrame(&capture.Frame{TS: 1_700_000_000_000_000 + int64(i), HasTS: true, WireLen: int64(len(frame)), Data: frame}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// TestHostileNames shows hostile names on a terminal by every command and format that may, as results and in errors: nothing acts on it.
func TestHostileNames(t *testing.T) {
	script := shared.Tool(t, "script")
	dir := t.TempDir()
	t.Chdir(dir)
	path := evil + ".pcapng"
	for name, content := range map[string][]byte{path: hostileCapture(t), "feed.txt": []byte("domain: " + evil + "\n192.0.2.2\nnone " + evil + "\nuser-agent: " + evil + "\n"), "gone.sql": []byte("SELECT * FROM \"" + evil + "\"")} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	commands := []string{
		"pcaplake ingest .", "pcaplake ingest ./*.pcapng", "pcaplake captures", "pcaplake hunt --ioc feed.txt", "pcaplake query -F gone.sql", "pcaplake verify", "pcaplake files",
		"pcaplake query --param h=\"$(cat gone.sql)\" 'SELECT $h AS told'", "pcaplake query \"$(cat gone.sql)\"", "pcaplake extract --where \"$(cat gone.sql)\" -w x.pcapng",
		"pcaplake extract --where true -w \"$(cat gone.sql)/x\"", "pcaplake schema \"$(cat gone.sql)\"", "pcaplake \"$(cat gone.sql)\"",
	}
	for _, format := range []string{"table", "csv", "tsv", "json", "ndjson", "markdown"} {
		for _, sql := range []string{"FROM dns", "FROM http", "FROM captures", "FROM interfaces", "SELECT qname AS \"" + "a\u202eb" + "\" FROM dns"} {
			commands = append(commands, fmt.Sprintf("pcaplake query -f %s '%s'", format, sql), fmt.Sprintf("echo '%s;' | pcaplake shell -f %s", sql, format))
		}
	}
	commands = append(commands, "rm *.pcapng; pcaplake extract --where true -w x.pcapng", "pcaplake query 'SELECT payload(capture_id, frame_no) FROM packets'", "pcaplake query -f parquet 'SELECT 1'", "pcaplake query -f arrow 'SELECT 1'")
	seen := 0
	for _, command := range commands {
		out, _ := exec.Command(script, "-qec", command, filepath.Join(dir, "typescript")).CombinedOutput() // its status is that of the command
		text := strings.ReplaceAll(string(out), "\x1b[0m", "")                                             // which the progress bar writes
		for _, bad := range []string{"\x1b", "\x07", "\u009b", "\u202e", "\u200b", "\x7f", "\x00", "\xff", "PAR1", "ARROW"} {
			if strings.Contains(text, bad) {
				t.Errorf("%q shows %q: %q", command, bad, text)
			}
		}
		if strings.Contains(text, `\x1b[2J`) || strings.Contains(text, `\u001b[2J`) {
			seen++
		}
	}
	if seen < 20 {
		t.Errorf("only %d of %d commands showed hostile names at all", seen, len(commands))
	}
}
