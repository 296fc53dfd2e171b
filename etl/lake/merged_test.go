package lake

import (
	"testing"
)

// TestMergedName holds that other inputs, another order of them, other captures left out, and another sensor are other names.
func TestMergedName(t *testing.T) {
	seen := map[string]int{}
	for i, c := range []struct {
		sensor          string
		inputs, without []string
	}{
		{"s", []string{"a", "b"}, nil},
		{"s", []string{"b", "a"}, nil},
		{"s", []string{"a"}, nil},
		{"s", []string{"a"}, []string{"b"}},
		{"s", []string{"a"}, []string{"b", "c"}},
		{"t", []string{"a", "b"}, nil},
	} {
		name := MergedName(c.sensor, c.inputs, c.without)
		if other, ok := seen[name]; ok {
			t.Errorf("%d and %d are both %s", other, i, name)
		}
		if _, err := SafeName(name); err != nil {
			t.Error(err)
		}
		seen[name] = i
	}
	if MergedName("s", []string{"a"}, []string{"c", "b"}) != MergedName("s", []string{"a"}, []string{"b", "c"}) {
		t.Error("the order of captures left out makes another name")
	}
}
