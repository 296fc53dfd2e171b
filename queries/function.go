package queries

/*
#include <stdlib.h>
void pcaplake_call_function(void *info, void *input, void *output);
void pcaplake_free_function(void *extra);
*/
import "C"

import (
	"errors"
	"fmt"
	"runtime/cgo"
	"unsafe"

	bindings "github.com/duckdb/duckdb-go-bindings"
)

// function is a scalar function of SQL whose body is Go's. It must be pure: DuckDB folds constants and calls it from several threads at once.
type function struct {
	name   string
	params []bindings.Type // VARCHAR, BIGINT and what else a reader reads
	result bindings.Type   // VARCHAR, BLOB, BIGINT, DOUBLE or BOOLEAN
	value  func(args []any) any
	text   func(string) string               // in the place of value where both are texts: it is called without boxing, and must not keep its argument
	batch  func(rows [][]any) ([]any, error) // in the place of value: of some rows at once, none of whose arguments is NULL
}

// register makes the function known to all connections of the database. An argument that is NULL makes the result NULL without a call; so
// does a value of "" or nil.
func (c *connection) register(f *function) error {
	made := bindings.CreateScalarFunction()
	defer bindings.DestroyScalarFunction(&made)
	bindings.ScalarFunctionSetName(made, f.name)
	for _, p := range f.params {
		t := bindings.CreateLogicalType(p)
		bindings.ScalarFunctionAddParameter(made, t)
		bindings.DestroyLogicalType(&t)
	}
	t := bindings.CreateLogicalType(f.result)
	bindings.ScalarFunctionSetReturnType(made, t)
	bindings.DestroyLogicalType(&t)
	extra := C.malloc(C.size_t(unsafe.Sizeof(cgo.Handle(0)))) // C keeps it, and frees it with the function
	*(*cgo.Handle)(extra) = cgo.NewHandle(f)
	bindings.ScalarFunctionSetExtraInfo(made, extra, C.pcaplake_free_function)
	bindings.ScalarFunctionSetFunction(made, C.pcaplake_call_function)
	if bindings.RegisterScalarFunction(c.handle, made) == bindings.StateError {
		return fmt.Errorf("define function %s: not accepted", f.name)
	}
	return nil
}

//export pcaplake_free_function
func pcaplake_free_function(extra unsafe.Pointer) {
	(*cgo.Handle)(extra).Delete()
	C.free(extra)
}

//export pcaplake_call_function
func pcaplake_call_function(info, input, output unsafe.Pointer) {
	call := bindings.FunctionInfo{Ptr: info}
	f := (*cgo.Handle)(bindings.ScalarFunctionGetExtraInfo(call)).Value().(*function)
	if err := f.call(bindings.DataChunk{Ptr: input}, bindings.Vector{Ptr: output}); err != nil {
		bindings.ScalarFunctionSetError(call, err.Error())
	}
}

// call fills a vector with the function's values for the rows of a chunk. A panic must not cross into C.
func (f *function) call(input bindings.DataChunk, output bindings.Vector) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("function %s: %v", f.name, p)
		}
	}()
	if f.text != nil {
		f.callText(input, output)
		return nil
	}
	readers := make([]reader, len(f.params))
	for i := range readers {
		v := bindings.DataChunkGetVector(input, bindings.IdxT(i))
		t, err := newLogicalType(bindings.VectorGetColumnType(v))
		if err != nil {
			return err
		}
		readers[i] = t.reader(v)
	}
	if f.batch != nil {
		return f.callBatch(readers, int(bindings.DataChunkGetSize(input)), output)
	}
	args := make([]any, len(readers))
	for row := range int(bindings.DataChunkGetSize(input)) {
		value := any(nil)
		if readArguments(readers, args, row) {
			value = f.value(args)
		}
		if err := put(output, row, value); err != nil {
			return err
		}
	}
	return nil
}

// callText is call for a function of one text.
func (f *function) callText(input bindings.DataChunk, output bindings.Vector) {
	v := bindings.DataChunkGetVector(input, 0)
	data, validity := bindings.VectorGetData(v), (*uint64)(bindings.VectorGetValidity(v))
	for row := range int(bindings.DataChunkGetSize(input)) {
		result := ""
		if validity == nil || at[uint64](unsafe.Pointer(validity), row/64)>>(row%64)&1 == 1 {
			borrowed := stringAt(data, row)
			result = f.text(unsafe.String(unsafe.SliceData(borrowed), len(borrowed)))
		}
		if result == "" {
			putNull(output, row)
		} else {
			putString(output, row, result)
		}
	}
}

// callBatch is call with all rows at once.
func (f *function) callBatch(readers []reader, size int, output bindings.Vector) error {
	var rows [][]any
	var at []int
	for row := range size {
		args := make([]any, len(readers))
		if readArguments(readers, args, row) {
			rows, at = append(rows, args), append(at, row)
		} else if err := put(output, row, nil); err != nil {
			return err
		}
	}
	values, err := f.batch(rows)
	if err != nil {
		return err
	}
	for i, row := range at {
		if err := put(output, row, values[i]); err != nil {
			return err
		}
	}
	return nil
}

// readArguments fills in the arguments of a row; false where one is NULL.
func readArguments(readers []reader, args []any, row int) bool {
	for i, read := range readers {
		if args[i] = read(row); args[i] == nil {
			return false
		}
	}
	return true
}

// put sets an element of a vector: a text, bytes, a number, a truth value, or NULL for nil and "".
func put(v bindings.Vector, row int, value any) error {
	switch value := value.(type) {
	case string:
		if value != "" {
			putString(v, row, value)
			return nil
		}
	case []byte:
		if len(value) > 0 {
			bindings.VectorAssignStringElementLen(v, bindings.IdxT(row), value)
			return nil
		}
	case int64:
		*(*int64)(unsafe.Add(bindings.VectorGetData(v), row*8)) = value
		return nil
	case float64:
		*(*float64)(unsafe.Add(bindings.VectorGetData(v), row*8)) = value
		return nil
	case bool:
		*(*bool)(unsafe.Add(bindings.VectorGetData(v), row)) = value
		return nil
	case nil:
	default:
		return errors.New("a value is a text, bytes, a number or a truth value")
	}
	putNull(v, row)
	return nil
}

func putNull(v bindings.Vector, row int) {
	bindings.VectorEnsureValidityWritable(v)
	word := (*uint64)(unsafe.Add(bindings.VectorGetValidity(v), row/64*8))
	*word &^= 1 << (row % 64)
}

// putString sets a text; stringAt says how DuckDB keeps it. A short one takes no call into C, which would cost more than all else.
func putString(v bindings.Vector, row int, s string) {
	if len(s) > inlined {
		bindings.VectorAssignStringElement(v, bindings.IdxT(row), s)
		return
	}
	to := unsafe.Slice((*byte)(unsafe.Add(bindings.VectorGetData(v), row*16)), 16)
	clear(to)
	*(*uint32)(unsafe.Pointer(&to[0])) = uint32(len(s))
	copy(to[4:], s)
}
