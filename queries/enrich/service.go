package enrich

import (
	"strconv"
	"strings"
)

// protoNames are the protocols with ports, by IANA's protocol numbers.
var protoNames = map[string]string{"6": "tcp", "17": "udp", "33": "dccp", "132": "sctp"}

// Service returns the name that IANA registered for a port of a protocol, which is a name in lower case or a protocol number; "" where none is.
func Service(port int64, proto string) string {
	if name, ok := protoNames[proto]; ok {
		proto = name
	}
	return services().rows[strconv.FormatInt(port, 10)+"\t"+strings.ToLower(proto)]
}
