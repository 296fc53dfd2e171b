package schema

// AsIs makes the merger write rows as they come, as a Writer does.
func (m *Merger) AsIs() *Merger {
	m.merged = false
	return m
}
