package etl

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/pcaplake/pcaplake/schema"
)

// anonymizeOption is the option under which manifests of an anonymised lake have the fingerprint of its key; others have none.
const anonymizeOption = "anonymize"

// checkAnonymize refuses what would put into an anonymised lake what it must not hold.
func (o *Options) checkAnonymize() error {
	switch {
	case o.Anonymize == nil:
		return nil
	case o.Payload != 0:
		return fmt.Errorf("%w: payload in an anonymised lake: it may name anybody", ErrUsage)
	case o.SHA256:
		return fmt.Errorf("%w: SHA-256 of captures in an anonymised lake: it tells which files they are", ErrUsage)
	case o.Live != nil:
		return fmt.Errorf("%w: a live capture is kept in the lake as it came: capture into a file elsewhere, and ingest that anonymised", ErrUsage)
	}
	return nil
}

// unplanned refuses a plan of an anonymised lake: plans, and what shards leave for Publish, name sources, and lie in the lake.
func (o *Options) unplanned() error {
	if o.Anonymize == nil {
		return nil
	}
	return fmt.Errorf("%w: a plan names its sources, which an anonymised lake must not: ingest them there without a plan, also by several processes at once", ErrUsage)
}

// identity is by what the lake knows a capture or its source: a hash or path itself, or in an anonymised lake what stands for it. Standard input has no name to hide.
func (o *Options) identity(text string) string {
	if o.Anonymize == nil || text == stdinSource {
		return text
	}
	return o.Anonymize.Capture(text)
}

// anonymized is the fingerprint of the key, or "".
func (o *Options) anonymized() string {
	if o.Anonymize == nil {
		return ""
	}
	return o.Anonymize.Fingerprint()
}

// mask is what columns are written under.
func (o *Options) mask() schema.Mask {
	if o.Anonymize == nil {
		return nil
	}
	return o.Anonymize
}

// pseudonym is what hashes of flows are made of in the place of addresses; nil: of the addresses.
func (o *Options) pseudonym() func(netip.Addr) netip.Addr {
	if o.Anonymize == nil {
		return nil
	}
	return o.Anonymize.Addr
}

// unmixed refuses a lake that has captures under another key, or under none.
func (o *Options) unmixed(state *lake.State) error {
	for _, options := range state.Options() {
		switch has, wants := options[anonymizeOption], o.anonymized(); {
		case has == wants:
		case has == "":
			return fmt.Errorf("%w: the lake is not anonymised: name another with --lake", ErrMixed)
		case wants == "":
			return fmt.Errorf("%w: the lake is anonymised, with the key of fingerprint %s: name its file with --anonymize", ErrMixed, has)
		default:
			return fmt.Errorf("%w: the lake is anonymised with the key of fingerprint %s, and this one's is %s", ErrMixed, has, wants)
		}
	}
	return nil
}

// conceal takes out of what is known of a capture what tells which one it is.
func (o *Options) conceal(info capture.Info) capture.Info {
	if o.Anonymize == nil {
		return info
	}
	info.ContentHash, info.HeadHash, info.PrefixHash = o.identity(info.ContentHash), o.identity(info.HeadHash), o.identity(info.PrefixHash)
	info.Interfaces = slices.Clone(info.Interfaces)
	for i := range info.Interfaces {
		n := &info.Interfaces[i]
		n.Name, n.Description, n.Filter, n.OS = "", "", "", ""
	}
	return info
}

// concealPairs does so for rewritten addresses. By how much the sums are off would tell the difference of two addresses.
func (o *Options) concealPairs(pairs []schema.Rewritten) []schema.Rewritten {
	if o.Anonymize == nil {
		return pairs
	}
	out := slices.Clone(pairs)
	for i := range out {
		a, b := o.Anonymize.Addr(netip.MustParseAddr(out[i].A)), o.Anonymize.Addr(netip.MustParseAddr(out[i].B))
		if b.Less(a) {
			a, b = b, a
		}
		out[i] = schema.Rewritten{A: a.String(), B: b.String(), Packets: out[i].Packets}
	}
	slices.SortFunc(out, func(a, b schema.Rewritten) int { return cmp.Or(cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B)) })
	return out
}

// concealed is the summary as the lake keeps it.
func (o *Options) concealed(s Summary) Summary {
	if o.Anonymize == nil {
		return s
	}
	s.Errors = slices.Clone(s.Errors)
	for i := range s.Errors {
		s.Errors[i].Source = o.identity(s.Errors[i].Source)
	}
	return s
}

// Anonymized returns the fingerprint of the key that a lake is anonymised with, or "".
func Anonymized(state *lake.State) string {
	for _, options := range state.Options() {
		if key := options[anonymizeOption]; key != "" {
			return key
		}
	}
	return ""
}
