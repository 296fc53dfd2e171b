package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"path/filepath"
	"time"

	"github.com/urfave/cli/v2"
)

// An auditRecord is one line of the audit: one JSON object, its fields in this order. Each question has two, and only the second has rows, exit status and seconds.
type auditRecord struct {
	Event     string         `json:"event"` // asked or answered
	Time      time.Time      `json:"time"`  // UTC
	PID       int            `json:"pid"`
	UID       int            `json:"uid"`            // of the process; -1 where the system has none
	User      string         `json:"user,omitempty"` // its name, where the system knows one
	Host      string         `json:"host"`
	Command   string         `json:"command"`
	Lake      string         `json:"lake"`                // absolute
	Statement string         `json:"statement,omitempty"` // SQL, or the name of a query
	Flags     map[string]any `json:"flags,omitempty"`     // that were told, by hand, environment or file
	Rows      *int64         `json:"rows,omitempty"`      // given out; of extract frames
	Exit      *int           `json:"exit_status,omitempty"`
	Seconds   *float64       `json:"seconds,omitempty"`
}

// Values of auditRecord.Event.
const (
	auditAsked    = "asked"
	auditAnswered = "answered"
)

func auditFlag() cli.Flag {
	return &cli.StringFlag{Name: "audit", Usage: "append who asks what to `FILE`, one JSON object a line; no answer where that fails (docs/privacy.md)"}
}

// audited has a question answered, and records it where --audit says so: before the answer, without which there is none, and behind it. Answer returns the rows that it gave out.
func audited(c *cli.Context, statement string, answer func() (rows int64, err error)) error {
	path := c.String("audit")
	if path == "" {
		_, err := answer()
		return err
	}
	began := time.Now()
	r := newAuditRecord(c, statement, began)
	if err := appendAudit(path, r); err != nil {
		return err
	}
	rows, err := answer()
	exit, seconds := exitStatus(err), time.Since(began).Seconds()
	r.Event, r.Time, r.Rows, r.Exit, r.Seconds = auditAnswered, time.Now().UTC(), &rows, &exit, &seconds
	return errors.Join(appendAudit(path, r), err)
}

func newAuditRecord(c *cli.Context, statement string, now time.Time) *auditRecord {
	r := &auditRecord{
		Event: auditAsked, Time: now.UTC(), PID: os.Getpid(), UID: os.Getuid(), Command: c.Command.Name, Lake: c.String("lake"), Statement: statement, Flags: map[string]any{},
	}
	r.Host, _ = os.Hostname() // "" where the system does not tell
	if u, err := user.Current(); err == nil {
		r.User = u.Username
	}
	if path, err := filepath.Abs(r.Lake); err == nil {
		r.Lake = path
	}
	for _, f := range c.Command.Flags {
		name := f.Names()[0]
		if !c.IsSet(name) {
			continue
		}
		r.Flags[name] = c.Value(name)
		if list, ok := r.Flags[name].(cli.StringSlice); ok {
			r.Flags[name] = list.Value()
		}
	}
	return r
}

// appendAudit appends a record in one write, which O_APPEND keeps in one piece beside those of others, and has it on the disk when it returns.
func appendAudit(path string, r *auditRecord) error {
	var line bytes.Buffer
	e := json.NewEncoder(&line)
	e.SetEscapeHTML(false)
	if err := e.Encode(r); err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o640)
	if err != nil {
		return &statusError{exitIO, fmt.Errorf("audit: %w", err)}
	}
	n, err := f.Write(line.Bytes())
	if err == nil && n < line.Len() {
		err = io.ErrShortWrite
	}
	if info, statted := f.Stat(); err == nil && statted == nil && info.Mode().IsRegular() {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return &statusError{exitIO, fmt.Errorf("audit: write %s: %w", path, err)}
	}
	return nil
}
