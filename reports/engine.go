package reports

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/dop251/goja"
)

// bundle is Apache ECharts with the functions of echarts/charts.js, made by echarts/build.sh. It runs here and in the page.
//
//go:embed echarts/echarts.bundle.js
var bundle string

// drawLimit bounds the time that one chart may take. A chart of the greatest size takes a few hundred milliseconds.
const drawLimit = 30 * time.Second

// errDrawLimit says that a chart was given up.
var errDrawLimit = errors.New("takes too long")

// engine draws charts without a browser. It is not safe for concurrent use.
type engine struct {
	vm      *goja.Runtime
	svg     goja.Callable
	measure goja.Value
	version string // of ECharts
}

// newEngine loads the bundle, which takes about 0.2 s.
func newEngine() (*engine, error) {
	vm := goja.New()
	// ECharts puts off what only matters in a browser (events, cleaning up); nothing here runs later.
	later := func(goja.FunctionCall) goja.Value { return vm.ToValue(0) }
	for _, name := range []string{"setTimeout", "clearTimeout"} {
		if err := vm.Set(name, later); err != nil {
			return nil, fmt.Errorf("define %s: %w", name, err)
		}
	}
	if _, err := vm.RunScript("echarts.bundle.js", bundle); err != nil {
		return nil, fmt.Errorf("load chart bundle: %w", err)
	}
	charts := vm.Get("pcaplakeCharts").ToObject(vm)
	svg, ok := goja.AssertFunction(charts.Get("svg"))
	if !ok {
		return nil, errors.New("load chart bundle: it has no function svg")
	}
	return &engine{vm: vm, svg: svg, measure: vm.ToValue(measureFont), version: charts.Get("version").String()}, nil
}

// draw returns the option's picture as ECharts writes it; see cleanSVG.
func (e *engine) draw(ctx context.Context, option object, width, height int) (string, error) {
	text, err := json.Marshal(option)
	if err != nil {
		return "", fmt.Errorf("encode chart option: %w", err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, drawLimit, errDrawLimit)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { e.vm.Interrupt(context.Cause(ctx)) })
	defer func() {
		stop()
		e.vm.ClearInterrupt()
	}()
	svg, err := e.svg(goja.Undefined(), e.vm.ToValue(string(text)), e.vm.ToValue(width), e.vm.ToValue(height), e.measure)
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return "", fmt.Errorf("draw chart: %w", err)
	}
	return svg.String(), nil
}
