package queries

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// field takes what a comparison begins with: "len", or bytes at an offset.
func (p *filterParser) field() (string, bool) {
	name := p.peek()
	if strings.HasSuffix(name, "]") || name == "len" {
		p.next()
		return name, true
	}
	return "", false
}

// comparison is field [& mask] op value.
func (p *filterParser) comparison(name string) (string, error) {
	field, known := filterFields[name]
	if !known {
		return "", fmt.Errorf("no column of packets has %s: filter the extracted packets with tcpdump", name)
	}
	if _, ok := p.next("&"); ok {
		mask, err := p.mask()
		if err != nil {
			return "", err
		}
		field = fmt.Sprintf("(%s & %d)", field, mask)
	}
	operator, ok := p.next("=", "==", "!=", "<", ">", "<=", ">=")
	if !ok {
		return "", fmt.Errorf("a comparison is expected behind %s", name)
	}
	value, err := p.mask()
	if err != nil {
		return "", err
	}
	switch operator {
	case "==":
		operator = "="
	case "!=":
		operator = "<>"
	}
	condition := fmt.Sprintf("%s %s %d", field, operator, value)
	if proto, _, ok := strings.Cut(name, "["); ok {
		condition = "(" + filterProtos[proto] + " AND " + condition + ")"
	}
	return condition, nil
}

// mask is a number, or several with "|" between, in parentheses or not.
func (p *filterParser) mask() (n int64, err error) {
	if _, ok := p.next("("); ok {
		if n, err = p.mask(); err != nil {
			return 0, err
		}
		if _, ok := p.next(")"); !ok {
			return 0, errors.New("a parenthesis is not closed")
		}
	} else if n, err = p.number(); err != nil {
		return 0, err
	}
	for {
		if _, ok := p.next("|"); !ok {
			return n, nil
		}
		more, err := p.number()
		if err != nil {
			return 0, err
		}
		n |= more
	}
}

func (p *filterParser) number() (int64, error) {
	t, _ := p.next()
	if n, known := filterNumbers[t]; known {
		return n, nil
	}
	n, err := strconv.ParseInt(t, 0, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is no number", t)
	}
	return n, nil
}
