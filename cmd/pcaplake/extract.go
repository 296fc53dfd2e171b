package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"time"

	"github.com/pcaplake/pcaplake/etl"
	"github.com/pcaplake/pcaplake/queries"
	"github.com/pcaplake/pcaplake/schema"
	"github.com/urfave/cli/v2"
)

func extractCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:      "extract",
		Usage:     "the original packets behind rows, byte for byte, as pcapng",
		ArgsUsage: "[SQL|NAME]",
		Description: `Reads the frames again out of their captures, with their times, interfaces, link types and comments. What names them is a statement
(or a named query) whose rows have capture_id and frame_no, or capture_id and flow_id; a condition on columns of packets; a capture filter; flows; or all of these at once.
Captures that have moved are looked for in the folders of --archive and known by their content.

Examples:
  pcaplake extract --where "src_ip = '192.0.2.7' AND dst_port = 443" -w out.pcapng
  pcaplake extract --bpf 'host 192.0.2.7 and not port 22' --from 2026-11-22 -w host.pcapng
  pcaplake extract --flow 1:LQU9qZlK+B5F3KDmev6m5PMibrg= -w - | wireshark -k -i -
  pcaplake extract "SELECT * FROM dns WHERE qname LIKE '%.example'" --whole-flows -w dns.pcapng --archive /mnt/old`,
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "where", Usage: "packets that meet the `CONDITION` on columns of packets"},
			&cli.StringFlag{Name: "bpf", Usage: "packets that pass the capture `FILTER`, as tcpdump takes it: host, net, port, vlan, tcp[tcpflags], and, or, not …"},
			&cli.StringSliceFlag{Name: "flow", Usage: "packets of the flow `ID`: a community id, or CAPTURE_ID/FLOW_ID; may be repeated"},
			&cli.BoolFlag{Name: "whole-flows", Usage: "all packets of the flows that the statement's rows belong to"},
			&cli.StringFlag{Name: "write", Aliases: []string{"w"}, Usage: "write to `FILE`, whole or not at all; - is standard output"},
			&cli.BoolFlag{Name: "pcap", Usage: "write pcap with nanoseconds, which holds one link type and no comments"},
			&cli.StringFlag{Name: "order", Usage: "time (captures merged) or capture (one after the other)", Value: "time"},
			archiveFlag(),
			&cli.StringSliceFlag{Name: "param", Usage: "value of a parameter: `NAME=VALUE`; may be repeated"},
			auditFlag(),
		}, datasetFlags()...),
		Action: func(c *cli.Context) error { return extract(c, s) },
	}
}

func extract(c *cli.Context, s streams) error {
	w, params, err := wanted(c)
	if err != nil {
		return err
	}
	return audited(c, w.SQL, func() (int64, error) {
		x, err := extraction(c.Context, c, w, params, func(write func(io.Writer) error) error {
			if path := c.String("write"); path != "-" {
				return writeWhole(path, write)
			}
			return write(s.out)
		})
		if err != nil {
			return 0, err
		}
		return x.Frames, told(s, x)
	})
}

// extraction extracts what is wanted to where deliver has it written.
func extraction(ctx context.Context, c *cli.Context, w queries.Wanted, params map[string]string, deliver func(write func(io.Writer) error) error) (*etl.Extraction, error) {
	d, err := dataset(c)
	if err != nil {
		return nil, err
	}
	l, state, err := readLake(ctx, c.String("lake"), &d)
	if err != nil {
		return nil, err
	}
	payloads := etl.NewPayloads(l, state, c.StringSlice("archive"))
	defer payloads.Close()
	d.Payloads = payloads.Read
	session, err := queries.Open(ctx, d)
	if err != nil {
		return nil, err
	}
	defer session.Close()
	if w.SQL != "" && oneWord(w.SQL) {
		if w.Query, err = session.Lookup(w.SQL); err != nil {
			return nil, err
		}
	}
	rows, err := session.Packets(ctx, w, params)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	x := new(etl.Extraction)
	err = deliver(func(to io.Writer) (err error) {
		*x, err = etl.Extract(ctx, etl.ExtractOptions{
			Lake: l, State: state, Out: to, Archives: c.StringSlice("archive"), Pcap: c.Bool("pcap"), ByCapture: c.String("order") == "capture", ToolVersion: version,
		}, picks(rows))
		return err
	})
	x.Errors = append(x.Errors, payloads.Errors()...)
	return x, err
}

// told says what was extracted and what could not be.
func told(s streams, x *etl.Extraction) error {
	tellSources(s, x.Errors)
	fmt.Fprintf(s.err, "pcaplake: %s from %s", count(int(x.Frames), "frame"), count(x.Captures, "capture"))
	if x.Lost > 0 {
		fmt.Fprintf(s.err, "; %s could not be had", count(int(x.Lost), "frame"))
	}
	fmt.Fprintln(s.err)
	if status := x.ExitStatus(); status != 0 {
		return &statusError{status: status}
	}
	return nil
}

// wanted reads the flags and arguments that say which packets are wanted.
func wanted(c *cli.Context) (w queries.Wanted, params map[string]string, err error) {
	w = queries.Wanted{SQL: c.Args().First(), Where: c.String("where"), Filter: c.String("bpf"), Flows: c.StringSlice("flow"), WholeFlows: c.Bool("whole-flows")}
	switch _, tty := terminal(c.App.Writer); {
	case c.NArg() > 1:
		err = fmt.Errorf("too many arguments: %q: put SQL in quotes", c.Args().Slice())
	case w.SQL == "" && w.Where == "" && w.Filter == "" && len(w.Flows) == 0:
		err = errors.New("which packets? write SQL, --where CONDITION, --bpf FILTER or --flow ID")
	case c.String("write") == "":
		err = errors.New("where to? --write FILE, or - for standard output")
	case c.String("write") == "-" && tty:
		err = errors.New("packets are not for a terminal: --write FILE, or pipe them into a program")
	case c.String("order") != "time" && c.String("order") != "capture":
		err = fmt.Errorf("--order %q: time or capture", c.String("order"))
	}
	if err != nil {
		return w, nil, usage(err)
	}
	params, err = parameters(c.StringSlice("param"))
	return w, params, err
}

// picks are the packets that rows of Session.Packets name.
func picks(rows *queries.Result) iter.Seq2[etl.Pick, error] {
	return func(yield func(etl.Pick, error) bool) {
		for rows.Next() {
			r := rows.Row()
			p := etl.Pick{CaptureID: r[0].(string), FrameNo: r[1].(int64), FrameOffset: r[2].(int64), CapLen: r[6].(int64)}
			if id, ok := r[3].(int64); ok {
				p.InterfaceID = int32(min(id, math.MaxInt32))
			}
			if ts, ok := r[4].(time.Time); ok {
				p.HasTS, p.TS = true, ts.UnixMicro()
				p.TSExtraNS = int32(r[5].(int64))
			} else {
				p.TS = schema.NoTime
			}
			if !yield(p, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(etl.Pick{}, err)
		}
	}
}
