package queries

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"sync"

	bindings "github.com/duckdb/duckdb-go-bindings"
)

// Settings of DuckDB that a statement may SET, where the dataset allows it: how it computes, orders and spends. None of them opens a file or a connection, loads code, or
// writes; DuckDB itself refuses all others.
var settable = []string{
	"arrow_large_buffer_size", "Calendar", "default_collation", "default_null_order", "default_order", "disabled_optimizers", "dynamic_or_filter_threshold", "explain_output",
	"ieee_floating_point_ops", "integer_division", "max_expression_depth", "max_memory", "memory_limit", "merge_join_threshold", "nested_loop_join_threshold", "null_order",
	"order_by_non_integer_literal", "ordered_aggregate_threshold", "perfect_ht_threshold", "pivot_filter_threshold", "pivot_limit", "prefer_range_joins",
	"preserve_identifier_case", "preserve_insertion_order", "scalar_subquery_error_on_multiple_rows", "threads", "TimeZone", "worker_threads",
}

// preparing is how a statement begins that Prepare takes. Comments within would make it another to DuckDB than to us; what it is for sure, its type says.
var preparing = regexp.MustCompile(`(?i)^\s*(?:(SET|RESET)\s+[a-z]|CREATE\s+(?:OR\s+REPLACE\s+)?TEMP(?:ORARY)?\s+(?:TABLE|VIEW|MACRO|FUNCTION|SEQUENCE|TYPE)\s)`)

// Prepares reports whether a statement is one for Prepare: SET, RESET, or CREATE TEMP.
func Prepares(sql string) bool { return preparing.MatchString(sql) }

// Prepare runs a statement that the ones after it go on from: SET of what DuckDB may be told, SET VARIABLE, RESET, and CREATE TEMP. ErrNotReadOnly is the error of others,
// and of all where the dataset allows none; DuckDB refuses settings that are not for statements to change.
func (s *Session) Prepare(ctx context.Context, sql string, params map[string]string) error {
	if !s.dataset.Prepares || !Prepares(sql) {
		return ErrNotReadOnly
	}
	if err := s.makeViews(ctx, sql); err != nil {
		return err
	}
	c, err := s.scratch.open(s.db)
	if err != nil {
		return err
	}
	defer c.release()
	stop := c.watch(ctx)
	defer stop()
	if err := c.prepareFor(sql, texts(params)); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return proposed(err)
	}
	return nil
}

// prepareFor runs the statement, if it is of a type that Prepare takes.
func (c *connection) prepareFor(sql string, values map[string]any) error {
	p, err := c.prepare(sql)
	if err != nil {
		return err
	}
	defer p.close()
	creates := strings.EqualFold(firstWord(sql), "create")
	wanted := []bindings.StatementType{bindings.StatementTypeSet, bindings.StatementTypeVariableSet}
	if creates {
		wanted = []bindings.StatementType{bindings.StatementTypeCreate}
	}
	if !slices.Contains(wanted, bindings.PreparedStatementType(p.handle)) {
		return ErrNotReadOnly
	}
	if err := p.bind(values); err != nil {
		return err
	}
	return p.run()
}

var errBusy = errors.New("a statement is running on what was prepared: wait for it")

// scratch is the connection that keeps what was prepared. Statements take turns on it.
type scratch struct {
	mu   sync.Mutex
	c    *connection // nil until something was prepared
	busy bool
}

// open takes the connection, which is made at the first time.
func (s *scratch) open(db *database) (*connection, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.busy {
		return nil, errBusy
	}
	if s.c == nil {
		c, err := db.connect()
		if err != nil {
			return nil, err
		}
		s.c = c
		s.c.release = func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.busy = false
		}
	}
	s.busy = true
	return s.c, nil
}

// take returns the connection if something was prepared on it and no other statement is running there, else a new one.
func (s *scratch) take(db *database) (*connection, error) {
	s.mu.Lock()
	free := s.c != nil && !s.busy
	s.mu.Unlock()
	if free {
		if c, err := s.open(db); err == nil {
			return c, nil
		}
	}
	return db.connect()
}

func (s *scratch) close() {
	if s.c != nil {
		s.c.close()
		s.c = nil
	}
}
