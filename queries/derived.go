package queries

import (
	"embed"
	"fmt"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/pcaplake/pcaplake/schema"
)

// derivedView is a view over tables and other views, in SQL.
type derivedView struct {
	Name string
	Doc  string // what a row is, in sentences
	SQL  string
}

// resolutionMacros are made with the view resolutions, which they read.
//
//go:embed sql/macros/resolutions.sql
var resolutionMacros string

//go:embed sql/views/*.sql
var viewFiles embed.FS

// aroundFlows is the view of flows with a period that is wider by both timeouts at both ends: what conversations may reach into.
const aroundFlows = "flows_around"

// reach is Reach of the dataset's captures.
func (d *Dataset) reach() (time.Duration, error) {
	captures, err := d.allCaptures()
	options := make([]map[string]string, len(captures))
	for i := range captures {
		options[i] = captures[i].Settings
	}
	return Reach(options), err
}

// Reach is how long a flow can go on, and be silent then: the sum of its timeouts, the greatest of captures that were read with these options. Flows of a period are
// parts of conversations that begin or end within it of the period.
func Reach(options []map[string]string) time.Duration {
	idle, active := flowTimeouts(&schema.Capture{})
	reach := idle + active
	for _, o := range options {
		idle, active = flowTimeouts(&schema.Capture{Settings: o})
		reach = max(reach, idle+active)
	}
	return reach
}

// pastFlows is the view of the flows before the period.
const pastFlows = "past_flows"

// derivedViews are all of them, in the order in which documents list them. Files in sql/views begin with their doc as comments.
var derivedViews = sync.OnceValue(func() []derivedView {
	views := []derivedView{conversationsView(), ecsView()}
	entries, err := viewFiles.ReadDir("sql/views")
	if err != nil {
		panic(err) // built in
	}
	for _, e := range entries {
		text, err := viewFiles.ReadFile("sql/views/" + e.Name())
		if err != nil {
			panic(err)
		}
		views = append(views, parseView(strings.TrimSuffix(path.Base(e.Name()), ".sql"), string(text)))
	}
	return views
})

// parseView takes the doc off the SQL.
func parseView(name, text string) derivedView {
	v := derivedView{Name: name}
	for line := range strings.Lines(text) {
		comment, ok := strings.CutPrefix(line, "-- ")
		if !ok {
			break
		}
		text = text[len(line):]
		v.Doc += strings.TrimSpace(comment) + " "
	}
	v.Doc, v.SQL = strings.TrimSpace(v.Doc), text
	if v.Doc == "" {
		panic(fmt.Sprintf("view %s has no doc", name))
	}
	return v
}

// ecsView has the conversations under the names of the Elastic Common Schema, as the columns of flows declare them.
func ecsView() derivedView {
	var fields []string
	for _, c := range schema.Flows.Columns {
		if c.ECS != "" {
			fields = append(fields, c.Name+" AS "+identifier(c.ECS))
		}
	}
	fields = append(fields, `fwd_ip_bytes + rev_ip_bytes AS "network.bytes"`, `fwd_packets + rev_packets AS "network.packets"`,
		`CAST(duration_us AS HUGEINT) * 1000 AS "event.duration"`, `ip_proto_name(ip_proto) AS "network.transport"`)
	return derivedView{
		Name: "ecs", Doc: "The conversations under the names of the Elastic Common Schema.",
		SQL: "SELECT " + strings.Join(fields, ",\n       ") + "\nFROM conversations\n",
	}
}
