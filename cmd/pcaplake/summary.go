package main

import (
	"encoding/json"
	"fmt"

	"github.com/urfave/cli/v2"
)

// writeSummary prints a summary as the last line, and writes it to the file asked for, whole or not at all.
func writeSummary(c *cli.Context, s streams, summary any) error {
	text, err := json.Marshal(summary)
	if err != nil {
		return fmt.Errorf("write summary: %w", err)
	}
	text = append(text, '\n')
	if _, err := s.out.Write(text); err != nil {
		return fmt.Errorf("write summary: %w", err)
	}
	if path := c.String("summary"); path != "" {
		return writeText(path, text)
	}
	return nil
}
