package capture

import (
	"fmt"
	"io"
)

// guarded reads through a decoder that is not ours. Should it panic on hostile bytes, that is damage of the file and not the end of the run.
type guarded struct{ io.ReadCloser }

func (g guarded) Read(p []byte) (n int, err error) {
	defer func() { err = recovered(recover(), err) }()
	return g.ReadCloser.Read(p)
}

// guard opens such a decoder.
func guard(open func(*packed) (io.ReadCloser, error), in *packed) (out io.ReadCloser, err error) {
	defer func() { err = recovered(recover(), err) }()
	out, err = open(in)
	if err != nil {
		return nil, err
	}
	return guarded{out}, nil
}

// recovered is the error that a panic stands for, or err where there was none.
func recovered(panicked any, err error) error {
	if panicked == nil {
		return err
	}
	return fmt.Errorf("the decoder failed: %v", panicked)
}
