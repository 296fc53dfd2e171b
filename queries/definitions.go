package queries

import "github.com/pcaplake/pcaplake/schema"

// Definitions is what this program adds to SQL, for an engine that is to answer its queries without it: all SQL is DuckDB's. Macros are CREATE MACRO statements, a
// semicolon between them, that may call each other and Functions. Views and Queries read tables, views, and the tables captures, capture_order and enrichment, which a
// session gives; their parameters are written $name. Functions are those that Calls answers.
type Definitions struct {
	Tables    []TableShape  `json:"tables"`
	Captures  []ColumnShape `json:"captures"` // of the table of that name
	Macros    string        `json:"macros"`
	Views     []NamedSQL    `json:"views"`
	Queries   []NamedSQL    `json:"queries"`
	Functions []FunctionSig `json:"functions"`
	// Pseudonyms says that addresses of the dataset stand for others, which Calls has to be told.
	Pseudonyms bool `json:"pseudonyms"`
}

// TableShape is a table: its columns in their order, the table whose live files it reads, and which of their rows it has, as a clause of SQL from WHERE on; "": all.
type TableShape struct {
	Name    string        `json:"name"`
	Files   string        `json:"files"`
	Where   string        `json:"where"`
	Columns []ColumnShape `json:"columns"`
}

// ColumnShape is a column by its name and its type of DuckDB.
type ColumnShape struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// NamedSQL is a view or a query: one SELECT.
type NamedSQL struct {
	Name   string       `json:"name"`
	Kind   string       `json:"kind,omitempty"` // as Query has it
	Params []ParamShape `json:"params,omitempty"`
	Others bool         `json:"others,omitempty"` // this program adds up the rows beyond parameter top; the SQL returns all
	SQL    string       `json:"sql"`
}

// ParamShape is a parameter by its name, one of ParamTypes, and its default; null: NULL.
type ParamShape struct {
	Name    string  `json:"name"`
	Type    string  `json:"type"`
	Default *string `json:"default"`
}

// FunctionSig is a scalar function by its types of DuckDB. A NULL among its arguments makes NULL of its value.
type FunctionSig struct {
	Name   string   `json:"name"`
	Params []string `json:"params"`
	Result string   `json:"result"`
}

// Define returns the definitions for a dataset, narrowed to its period and sensors as those of a session are, without reading its files. Errors are those of a user's own
// queries, and of captures that cannot be read.
func Define(d *Dataset) (*Definitions, error) {
	catalog, err := loadCatalog(d.SQLDir, d.Model)
	if err != nil {
		return nil, err
	}
	reach, err := d.reach()
	if err != nil {
		return nil, err
	}
	past := " WHERE false"
	if !d.From.IsZero() {
		past = d.past().where(schema.Flows.Table)
	}
	out := &Definitions{Macros: macros + ";" + reasonDoc() + ";" + d.periodMacro() + ";" + resolutionMacros, Pseudonyms: d.Pseudonyms}
	for _, t := range schema.Tables() {
		out.Tables = append(out.Tables, shapeOf(t.Name, t, d.where(t)))
	}
	out.Tables = append(out.Tables, shapeOf(aroundFlows, schema.Flows.Table, d.widened(reach).where(schema.Flows.Table)), shapeOf(pastFlows, schema.Flows.Table, past))
	for _, c := range schema.CaptureColumns() {
		out.Captures = append(out.Captures, ColumnShape{c.Name, c.Type})
	}
	out.Views = append(out.Views, NamedSQL{Name: conversationLinks, SQL: linksView()})
	for _, v := range derivedViews() {
		out.Views = append(out.Views, NamedSQL{Name: v.Name, SQL: v.SQL})
	}
	for _, q := range catalog {
		named := NamedSQL{Name: q.Name, Kind: q.Kind, Others: len(q.Others) > 0, SQL: q.SQL}
		for _, p := range q.Params {
			named.Params = append(named.Params, ParamShape{p.Name, p.Type, p.Default})
		}
		out.Queries = append(out.Queries, named)
	}
	for _, f := range (&Calls{}).all() {
		sig := FunctionSig{Name: f.name, Result: simpleTypes[f.result]}
		for _, p := range f.params {
			sig.Params = append(sig.Params, simpleTypes[p])
		}
		out.Functions = append(out.Functions, sig)
	}
	return out, nil
}

func shapeOf(name string, t schema.Table, where string) TableShape {
	shape := TableShape{Name: name, Files: t.Name, Where: where}
	for _, c := range t.Columns {
		shape.Columns = append(shape.Columns, ColumnShape{c.Name, c.Type.String()})
	}
	return shape
}

// linksView is the SELECT that table conversation_links is made of.
func linksView() string { return fill(linksTemplate, map[string]string{"Link": linkSQL()}) }
