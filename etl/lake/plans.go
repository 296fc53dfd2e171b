package lake

import (
	"fmt"
	"regexp"
)

// plansFolder holds plans of work that many tasks share, and what each of them came to. Nothing in it is part of the lake.
const plansFolder = "_plans"

var planName = regexp.MustCompile(`^[0-9a-f]{64}(/[0-9]{1,9})?\.json$`)

// PutPlan keeps an object beside the lake under a name such as HASH.json or HASH/17.json, or fails with fs.ErrExist and leaves what is there.
func (l *Lake) PutPlan(name string, text []byte) error {
	if !planName.MatchString(name) {
		return fmt.Errorf("write plan: %q is no name for one", name)
	}
	return l.store.PutIfAbsent(plansFolder+"/"+name, text)
}

// OpenPlan opens what PutPlan keeps, or fails with fs.ErrNotExist.
func (l *Lake) OpenPlan(name string) (Content, error) {
	return l.store.Open(plansFolder + "/" + name)
}

// ReadPlan returns what PutPlan keeps, or fs.ErrNotExist.
func (l *Lake) ReadPlan(name string) ([]byte, error) {
	return l.store.Read(plansFolder + "/" + name)
}
