package queries

import (
	"context"
	"io"
	"slices"

	bindings "github.com/duckdb/duckdb-go-bindings"
)

// stream is the rows of a running statement, chunk by chunk.
type stream struct {
	ctx        context.Context // of the statement that runs: the stream is that call, still going on
	connection *connection
	statement  *statement
	unwatch    func()
	result     *bindings.Result
	types      []logicalType
	chunk      bindings.DataChunk
	readers    []reader
	row, size  int
	closed     bool
}

// start runs sql, which must only read, on a connection of its own.
func (db *database) start(ctx context.Context, sql string, values map[string]any) (*Result, error) {
	c, err := db.connect()
	if err != nil {
		return nil, err
	}
	return c.start(ctx, sql, values)
}

// start runs sql, which must only read, and releases the connection when its rows end.
func (c *connection) start(ctx context.Context, sql string, values map[string]any) (*Result, error) {
	s := &stream{ctx: ctx, connection: c, unwatch: c.watch(ctx)}
	columns, err := s.open(sql, values)
	if err != nil {
		s.close()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, err
	}
	return &Result{columns: columns, rows: s}, nil
}

func (s *stream) open(sql string, values map[string]any) ([]Column, error) {
	if slices.Contains(writing, firstWord(sql)) {
		return nil, ErrNotReadOnly
	}
	var err error
	if s.statement, err = s.connection.prepare(sql); err != nil {
		return nil, err
	}
	if err := s.statement.readOnly(sql); err != nil {
		return nil, err
	}
	if err := s.statement.bind(values); err != nil {
		return nil, err
	}
	if s.result, err = s.statement.stream(); err != nil {
		return nil, err
	}
	var columns []Column
	for i := range bindings.ColumnCount(s.result) {
		t, err := newLogicalType(bindings.ColumnLogicalType(s.result, i))
		if err != nil {
			return nil, err
		}
		s.types = append(s.types, t)
		columns = append(columns, Column{Name: bindings.ColumnName(s.result, i), Type: t.name})
	}
	return columns, nil
}

func (s *stream) next() ([]any, error) {
	for s.row == s.size {
		if s.closed {
			return nil, io.EOF
		}
		if err := s.fetch(); err != nil {
			return nil, err
		}
	}
	row := make([]any, len(s.readers))
	for i, read := range s.readers {
		row[i] = read(s.row)
	}
	s.row++
	return row, nil
}

// fetch replaces the chunk by the next one.
func (s *stream) fetch() error {
	if err := s.ctx.Err(); err != nil {
		return err
	}
	bindings.DestroyDataChunk(&s.chunk)
	s.chunk = bindings.FetchChunk(*s.result)
	if s.chunk.Ptr == nil {
		if err := s.ctx.Err(); err != nil {
			return err
		}
		if message := bindings.ResultError(s.result); message != "" {
			return sqlError(message)
		}
		return io.EOF
	}
	s.row, s.size = 0, int(bindings.DataChunkGetSize(s.chunk))
	s.readers = s.readers[:0]
	for i := range s.types {
		s.readers = append(s.readers, s.types[i].reader(bindings.DataChunkGetVector(s.chunk, bindings.IdxT(i))))
	}
	return nil
}

func (s *stream) close() {
	if s.closed {
		return
	}
	s.closed, s.row, s.size = true, 0, 0
	s.unwatch()
	bindings.DestroyDataChunk(&s.chunk)
	bindings.DestroyResult(s.result)
	if s.statement != nil {
		s.statement.close()
	}
	s.connection.release()
}
