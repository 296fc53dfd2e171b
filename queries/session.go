// Package queries answers questions about a lake: SQL over its live files, the named queries and detectors, and their results in
// any format.
//
// A Session reads the files that its Dataset lists and no others; nothing it runs can write.
package queries

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/pcaplake/pcaplake/schema"
)

// Dataset is what a session sees.
type Dataset struct {
	Files    []schema.File    // live files of the lake
	Captures []schema.Capture // rows of captures
	// MoreCaptures returns rows of captures beside those, as far as they reach into the period, wider by Reach; it is called when a statement needs them. Nil: there are none.
	MoreCaptures func() ([]schema.Capture, error)
	// Fetch brings files of the list to where their paths say, before they are read; nil: they are there.
	Fetch func(ctx context.Context, files []schema.File) error
	// Past is what view past_flows reads, with files of its own; nil: the PastDays of Files before From, and without From nothing.
	Past *Dataset
	// Payloads reads what stands behind the transport headers of frames out of their captures, in their order; nil for one that has none, or cannot be had. It is called
	// at once, with a context that ends with the statements that run. Nil: no capture is at hand.
	Payloads func(ctx context.Context, places []schema.Place) ([][]byte, error)
	From, To time.Time // packets at From or later and before To, to the nanosecond; zero: no limit
	Sensors  []string  // none: all

	Pseudonyms bool // addresses stand for others: see enrich.Networks

	Networks string   // file that declares the user's networks; "": the defaults of package enrich
	GeoIP    []string // geolocation databases in the MaxMind DB format

	Prepares bool // statements may SET what bounds nobody else, and CREATE TEMP: see Prepare

	// Asked is all that will be asked, in one text: statements can then open the files of what it and the first of them name, and no others of the list, which
	// spares a lake of many files their 20 us each. "": anything will.
	Asked string

	Stats bool // note what is read of files: see Session.Stats

	SQLDir  string // the user's own named queries, which go before ours of the same name; "": none
	Model   string // file of one more detector, such as a fitted model; "": none
	Memory  string // limit of DuckDB's memory, such as "4GB"; "": 80 % of the machine's
	Threads int    // 0: one per processor
	TempDir string // where results too big for memory are spilled; "": the system's folder for temporary files
}

// Session answers queries on one dataset. Its methods may be called at once, and several results may be open at once.
type Session struct {
	dataset Dataset
	catalog []*Query
	db      *database
	temp    string

	enrichment enrichment
	scratch    scratch

	mu    sync.Mutex // guards what follows
	admin *connection
	made  map[string]bool // views that exist
	reads []schema.File   // files of these views
	bound bool            // statements can open no other files than they may: see confine
	gone  string          // a file that was not there when it was to be fetched; "": none was
	held  []string        // of the views, those that are tables: see Hold

	narrowed map[string]bool // tables some of whose files are read by views of other names
	hunted   int             // of these views
}

// Open makes a session. Nothing of the dataset is read before a statement names it.
func Open(ctx context.Context, d Dataset) (*Session, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	catalog, err := loadCatalog(d.SQLDir, d.Model)
	if err != nil {
		return nil, err
	}
	s := &Session{dataset: d, catalog: catalog, made: map[string]bool{}, narrowed: map[string]bool{}}
	if s.enrichment, err = openEnrichment(&d); err != nil {
		return nil, err
	}
	if s.temp, err = os.MkdirTemp(d.TempDir, "pcaplake-query-"); err != nil {
		return nil, fmt.Errorf("make folder for spilled rows: %w", err)
	}
	if err := s.open(); err != nil {
		return nil, joinClose(err, s)
	}
	return s, nil
}

func joinClose(err error, s *Session) error {
	if closeErr := s.Close(); closeErr != nil {
		return fmt.Errorf("%w (and %w)", err, closeErr)
	}
	return err
}

func (s *Session) open() error {
	settings := map[string]string{
		"temp_directory":               s.temp,
		"autoinstall_known_extensions": "false",
		"autoload_known_extensions":    "false",
		"allow_community_extensions":   "false",
		"allow_persistent_secrets":     "false",
	}
	if s.dataset.Memory != "" {
		settings["memory_limit"] = s.dataset.Memory
	}
	if s.dataset.Threads > 0 {
		settings["threads"] = strconv.Itoa(s.dataset.Threads)
	}
	var err error
	if s.db, err = openDatabase(settings); err != nil {
		return err
	}
	if s.admin, err = s.db.connect(); err != nil {
		return err
	}
	s.admin.release = func() {}
	if err := s.defineFunctions(); err != nil {
		return err
	}
	if err := s.admin.exec(macros + ";" + reasonDoc() + ";" + s.dataset.periodMacro()); err != nil {
		return fmt.Errorf("define macros: %w", err)
	}
	if s.dataset.Stats {
		if err := s.admin.exec(logReads); err != nil {
			return fmt.Errorf("log reads: %w", err)
		}
	}
	if s.dataset.Asked == "" {
		return s.confine(s.dataset.all())
	}
	return nil
}

// confine makes these files the only ones that any statement can open, by any function, and settings final, but for those that Prepare may change.
// It comes before any statement that is not the session's own.
func (s *Session) confine(files []schema.File) error {
	paths := make([]string, len(files))
	for i := range files {
		paths[i] = literal(files[i].Path)
	}
	configs := "[]"
	if s.dataset.Prepares {
		configs = "['" + strings.Join(settable, "', '") + "']"
	}
	if err := s.admin.exec("SET GLOBAL TimeZone = 'UTC'; SET GLOBAL allowed_paths = [" + strings.Join(paths, ", ") +
		"]; SET GLOBAL allowed_configs = " + configs + "; SET GLOBAL enable_external_access = false; SET GLOBAL lock_configuration = true"); err != nil {
		return fmt.Errorf("confine DuckDB: %w", err)
	}
	s.bound = true
	return nil
}

// Close ends the session and removes what it spilled; open results end with it.
func (s *Session) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scratch.close()
	if s.admin != nil {
		s.admin.close()
		s.admin = nil
	}
	if s.db != nil {
		s.db.close()
		s.db = nil
	}
	if err := errors.Join(os.RemoveAll(s.temp), s.enrichment.close()); err != nil {
		return fmt.Errorf("close session: %w", err)
	}
	return nil
}

// Query runs one SQL statement that only reads (ErrNotReadOnly otherwise). $name in it is a parameter; its text is read as the
// type which the statement wants there. The result must be closed; it ends with ctx.
func (s *Session) Query(ctx context.Context, sql string, params map[string]string) (*Result, error) {
	return s.start(ctx, sql, texts(params))
}

// Lost returns a file of the dataset that is there no longer; "" when all are.
func (s *Session) Lost() string {
	if s.dataset.Fetch != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.gone
	}
	for _, f := range s.dataset.Files {
		if _, err := os.Stat(f.Path); errors.Is(err, fs.ErrNotExist) {
			return f.Name
		}
	}
	return ""
}

// texts are the values of parameters without declarations.
func texts(params map[string]string) map[string]any {
	values := make(map[string]any, len(params))
	for name, text := range params {
		values[name] = text
	}
	return values
}

// Run runs a named query with its declared parameters and their defaults; where it declares others, the rows beyond parameter top
// are added up into a last row.
func (s *Session) Run(ctx context.Context, q *Query, params map[string]string) (*Result, error) {
	values, err := q.values(params)
	if err != nil {
		return nil, err
	}
	r, err := s.start(ctx, q.SQL, values)
	if err != nil {
		return nil, fmt.Errorf("run query %s: %w", q.Name, err)
	}
	if len(q.Others) > 0 {
		top, err := newTopRows(r.rows, r.columns, q.Others, values["top"].(int64))
		if err != nil {
			r.rows.close()
			return nil, fmt.Errorf("run query %s: %w", q.Name, err)
		}
		r.rows = top
	}
	return r, nil
}

func (s *Session) start(ctx context.Context, sql string, values map[string]any) (*Result, error) {
	if err := s.makeViews(ctx, sql); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c, err := s.scratch.take(s.db)
	if err != nil {
		return nil, err
	}
	r, err := c.start(ctx, sql, values)
	if err != nil {
		return nil, proposed(err)
	}
	return r, nil
}
