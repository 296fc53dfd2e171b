package decode_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os/exec"
	"strings"
)

// oracleOptions make tshark judge each frame by itself, as decode does, and verify checksums.
var oracleOptions = []string{
	"ip.defragment:FALSE", "ipv6.defragment:FALSE", "tcp.desegment_tcp_streams:FALSE", "tcp.relative_sequence_numbers:FALSE",
	"ip.check_checksum:TRUE", "tcp.check_checksum:TRUE", "udp.check_checksum:TRUE",
}

// aggregator stands between the occurrences of one field in one frame.
const aggregator = "|"

// dissect has tshark dissect a capture and visits, frame by frame, the occurrences of each field, in the order of the fields.
func dissect(program, capture string, fields []string, visit func(values []string) error) error {
	return dissectWith(program, capture, oracleOptions, fields, visit)
}

// dissectWith is dissect with other options than oracleOptions.
func dissectWith(program, capture string, options, fields []string, visit func(values []string) error) error {
	args := []string{
		"-n", "-r", capture, "-T", "fields", "-E", "separator=/t", "-E", "occurrence=a", "-E", "aggregator=" + aggregator,
		"-d", "udp.port==8472,vxlan",
	}
	for _, o := range options {
		args = append(args, "-o", o)
	}
	for _, f := range fields {
		args = append(args, "-e", f)
	}
	var said bytes.Buffer
	cmd := exec.Command(program, args...)
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	lines := bufio.NewReaderSize(out, 1<<16)
	for err == nil {
		var line string
		if line, err = lines.ReadString('\n'); err == nil {
			err = visit(strings.Split(strings.TrimSuffix(line, "\n"), "\t"))
		}
	}
	_, _ = io.Copy(io.Discard, out)
	// An exit status of 1 or 2 says that the file is damaged behind the frames that were printed.
	if wait := cmd.Wait(); wait != nil && cmd.ProcessState.ExitCode() > 2 {
		return fmt.Errorf("run tshark: %w: %s", wait, said.Bytes())
	}
	if err == io.EOF {
		return nil
	}
	return err
}
