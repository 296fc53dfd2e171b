package queries

import "strings"

// The words of qualifiers; a word may stand alone where pcap-filter(7) says so.
var (
	filterDirs  = []string{"src", "dst"}
	filterKinds = []string{"host", "net", "port", "portrange"}
)

// filterOperators are the words between conditions.
var filterOperators = map[string]string{"and": " AND ", "&&": " AND ", "or": " OR ", "||": " OR "}

// filterProtos are the conditions of protocols that qualify and stand alone.
var filterProtos = map[string]string{
	"ether": "true",
	"ip":    "ip_version = 4",
	"ip6":   "ip_version = 6",
	"arp":   "ether_type = 2054",
	"rarp":  "ether_type = 32821",
	"tcp":   "ip_proto = 6",
	"udp":   "ip_proto = 17",
	"sctp":  "ip_proto = 132",
	"icmp":  "ip_proto = 1 AND ip_version = 4",
	"icmp6": "ip_proto = 58 AND ip_version = 6",
	"igmp":  "ip_proto = 2",
	"gre":   "ip_proto = 47",
	"esp":   "ip_proto = 50",
	"ah":    "contains(protocols, ':ah')",
	"pim":   "ip_proto = 103",
	"vrrp":  "ip_proto = 112",
}

// filterFields are bytes at offsets that columns have, by protocol and name or offset.
var filterFields = map[string]string{
	"tcp[tcpflags]": "(tcp_flags & 255)", "tcp[13]": "(tcp_flags & 255)",
	"icmp[icmptype]": "icmp_type", "icmp[0]": "icmp_type", "icmp[icmpcode]": "icmp_code", "icmp[1]": "icmp_code",
	"icmp6[icmp6type]": "icmp_type", "icmp6[0]": "icmp_type", "icmp6[icmp6code]": "icmp_code", "icmp6[1]": "icmp_code",
	"ip[1]": "ip_tos", "ip[8]": "ip_ttl", "ip[9]": "ip_proto", "ip6[6]": "ip_proto", "ip6[7]": "ip_ttl", "len": "wire_len",
}

// filterNumbers are the names of values in comparisons.
var filterNumbers = map[string]int64{
	"tcp-fin": 1, "tcp-syn": 2, "tcp-rst": 4, "tcp-push": 8, "tcp-ack": 16, "tcp-urg": 32, "tcp-ece": 64, "tcp-cwr": 128,
	"icmp-echoreply": 0, "icmp-unreach": 3, "icmp-sourcequench": 4, "icmp-redirect": 5, "icmp-echo": 8, "icmp-routeradvert": 9, "icmp-routersolicit": 10,
	"icmp-timxceed": 11, "icmp-paramprob": 12, "icmp-tstamp": 13, "icmp-tstampreply": 14, "icmp-ireq": 15, "icmp-ireqreply": 16, "icmp-maskreq": 17,
	"icmp-maskreply": 18, "icmp6-destinationunreach": 1, "icmp6-packettoobig": 2, "icmp6-timeexceeded": 3, "icmp6-parameterproblem": 4, "icmp6-echo": 128,
	"icmp6-echoreply": 129, "icmp6-routersolicit": 133, "icmp6-routeradvert": 134, "icmp6-neighborsolicit": 135, "icmp6-neighboradvert": 136, "icmp6-redirect": 137,
}

// filterTokens cuts a filter into words, numbers, addresses and operators.
func filterTokens(text string) (tokens []string) {
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimLeft(text, " \t\r\n") {
		n := 1
		switch c := text[0]; {
		case strings.HasPrefix(text, "&&"), strings.HasPrefix(text, "||"), strings.HasPrefix(text, "!="), strings.HasPrefix(text, "<="),
			strings.HasPrefix(text, ">="), strings.HasPrefix(text, "=="):
			n = 2
		case strings.IndexByte("()!&|=<>/", c) >= 0:
		default:
			if n = strings.IndexAny(text, " \t\r\n()!&|=<>/"); n < 0 {
				n = len(text)
			}
		}
		token := text[:n]
		if open := strings.IndexByte(token, '['); open > 0 && !strings.HasSuffix(token, "]") {
			if end := strings.IndexByte(text, ']'); end > 0 {
				token, n = strings.ReplaceAll(text[:end+1], " ", ""), end+1
			}
		}
		tokens, text = append(tokens, token), text[n:]
	}
	return tokens
}
