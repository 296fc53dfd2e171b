package queries

import (
	"embed"
	"fmt"
	"path"
	"strings"
	"sync"
	"time"
)

// derivedView is a view over tables and other views, in SQL.
type derivedView struct {
	Name string
	Doc  string // what a row is, in sentences
	SQL  string
}

//go:embed sql/views/*.sql
var viewFiles embed.FS

// aroundFlows is the view of flows with a period that is wider by flowTimeouts at both ends: what conversations may reach into.
const (
	aroundFlows  = "flows_around"
	flowTimeouts = 32 * time.Minute // idle 120 s and active 30 min, as etl/flow has them
)

// derivedViews are all of them, in the order in which documents list them. Files in sql/views begin with their doc as comments.
var derivedViews = sync.OnceValue(func() []derivedView {
	views := []derivedView{conversationsView()}
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
