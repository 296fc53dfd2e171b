// Command pcaplake turns archives of packet captures into answers: captures in, a lake of Parquet, SQL and named queries out.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
)

func main() { os.Exit(run(context.Background(), os.Args, os.Stdin, os.Stdout, os.Stderr)) }

// run is main with its surroundings told; it returns the exit status.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, interrupted, stop := untilSignal(ctx)
	defer stop()
	app := newApp(stdin, stdout, stderr)
	args, err := normalise(app, args)
	if err == nil {
		err = app.RunContext(ctx, args)
	}
	if err != nil && !silent(err) {
		fmt.Fprintln(stderr, "pcaplake: "+oneLine(err))
	}
	if s := interrupted.Load(); s != 0 && (err != nil || ctx.Err() != nil) {
		return 128 + int(s)
	}
	return exitStatus(err)
}

// signalsKey is the key of the channel of signals in the context that they end.
type signalsKey struct{}

// releaseInterrupts leaves SIGINT to a command that handles it.
func releaseInterrupts(ctx context.Context) {
	if signals, ok := ctx.Value(signalsKey{}).(chan os.Signal); ok {
		signal.Ignore(syscall.SIGINT) // until the command asks for it: in between it must not kill
		signal.Stop(signals)
		signal.Notify(signals, syscall.SIGTERM)
	}
}

// untilSignal returns a context that the first SIGINT or SIGTERM ends, and where the signal is told; the second one kills the process.
func untilSignal(parent context.Context) (_ context.Context, interrupted *atomic.Int32, stop func()) {
	ctx, cancel := context.WithCancel(parent)
	interrupted = new(atomic.Int32)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	ctx = context.WithValue(ctx, signalsKey{}, signals)
	go func() {
		if s, ok := <-signals; ok {
			interrupted.Store(int32(s.(syscall.Signal)))
			signal.Stop(signals) // from here on the system's own answer: death
			cancel()
		}
	}()
	return ctx, interrupted, func() {
		signal.Stop(signals)
		cancel()
	}
}
