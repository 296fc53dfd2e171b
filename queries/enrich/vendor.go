package enrich

import "strings"

// prefixLengths are the assignments of the IEEE, in hexadecimal digits: MA-S, MA-M, MA-L, the narrowest first.
var prefixLengths = []int{9, 7, 6}

// Vendor returns the organisation to which the IEEE assigned a hardware address, given as schema writes it (six octets in hexadecimal with
// colons between); "" when nobody is known, as of a random one.
func Vendor(mac string) string {
	digits := strings.ToUpper(strings.ReplaceAll(mac, ":", ""))
	if len(digits) != 12 {
		return ""
	}
	for _, n := range prefixLengths {
		if name := vendors().rows[digits[:n]]; name != "" {
			return name
		}
	}
	return ""
}
