package faults

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"time"

	"github.com/pcaplake/pcaplake/etl/lake"
)

// What the environment says of a process that is to be broken. Its operations are those of the stores of its lakes, counted together from 1.
const (
	AtVar = "PCAPLAKE_FAULT_AT" // the operation before which something happens
	DoVar = "PCAPLAKE_FAULT_DO" // what: a command of the shell, whose parent ($PPID) is the process
)

// settle is how long a process waits for a signal that it may have been sent.
const settle = 30 * time.Millisecond

// operation is the line on standard error that tells of one.
type operation struct {
	Msg string `json:"msg"` // "operation"
	N   int    `json:"n"`
}

// Process returns the context for the work of a process that breaks as its environment says. Each operation is told on standard error, between the process's own lines.
func Process(ctx context.Context) context.Context {
	at, _ := strconv.Atoi(os.Getenv(AtVar)) // 0: nothing happens
	var counting sync.Mutex
	n := 0
	before := func() {
		counting.Lock()
		defer counting.Unlock()
		n++
		line, _ := json.Marshal(operation{"operation", n}) // two plain fields
		fmt.Fprintln(os.Stderr, string(line))
		if n != at {
			return
		}
		cmd := exec.Command("sh", "-c", os.Getenv(DoVar))
		cmd.Stderr = os.Stderr
		if err := cmd.Run(); err != nil {
			fmt.Fprintln(os.Stderr, "fault:", err)
			os.Exit(2) // a status of no command
		}
		time.Sleep(settle)
	}
	return lake.WithStore(ctx, func(s lake.Store) lake.Store { return &Store{Store: s, before: before} })
}

// Phases tells from the log of an undisturbed night, written as JSON, which operations each step did, in the order of the steps. Those of before the first step are that step's.
func Phases(log []byte) (steps []string, operations map[string][]int) {
	operations = map[string][]int{}
	var seen []int
	for line := range bytes.Lines(log) {
		var event struct {
			operation
			Step string `json:"step"`
		}
		if json.Unmarshal(line, &event) != nil {
			continue
		}
		switch event.Msg {
		case "operation":
			seen = append(seen, event.N)
		case "step":
			steps, operations[event.Step], seen = append(steps, event.Step), seen, nil
		}
	}
	return steps, operations
}
