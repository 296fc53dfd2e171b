package queries

import (
	"context"
	_ "embed"
	"regexp"

	"github.com/pcaplake/pcaplake/schema"

	bindings "github.com/duckdb/duckdb-go-bindings"
)

// payloadMacros are made with the views packets and payloads, which they read, once a statement calls payload().
//
//go:embed sql/macros/payload.sql
var payloadMacros string

// payloadMacro stands for them among the names of views, which have no brackets.
const payloadMacro = "payload()"

// payloadCall is how statements call it: the word alone may be the column.
var payloadCall = regexp.MustCompile(`(?i)\bpayload"?\s*(/\*.*\*/\s*)?\(`)

func (s *Session) makePayloadMacro(ctx context.Context) error {
	if err := s.makeNamed(ctx, []string{schema.Packets.Name, schema.Payloads.Name}); err != nil {
		return err
	}
	return s.admin.exec(payloadMacros)
}

// payloadFunctions are those that payload() goes on from.
func (s *Session) payloadFunctions() []*function {
	text, number, blob := bindings.Type(bindings.TypeVarchar), bindings.Type(bindings.TypeBigInt), bindings.Type(bindings.TypeBlob)
	return []*function{{name: "payload_read", params: []bindings.Type{text, number, number, number}, result: blob, batch: s.readPayloads}}
}

// readPayloads reads the payloads of frames that are told by capture_id, frame_offset, cap_len, and how many bytes of them the lake has.
func (s *Session) readPayloads(rows [][]any) ([]any, error) {
	values := make([]any, len(rows))
	if s.dataset.Payloads == nil {
		return values, nil
	}
	places := make([]schema.Place, len(rows))
	for i, r := range rows {
		places[i] = schema.Place{CaptureID: r[0].(string), FrameOffset: r[1].(int64), CapLen: r[2].(int64), Stored: r[3].(int64)}
	}
	ctx, stop := s.db.running.context()
	defer stop()
	payloads, err := s.dataset.Payloads(ctx, places)
	for i := range payloads {
		values[i] = payloads[i]
	}
	return values, err
}
