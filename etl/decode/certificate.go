package decode

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"

	"github.com/pcaplake/pcaplake/schema"
)

// readChain reads the body of a Certificate message up to TLS 1.2 (RFC 5246 7.4.2): a list of certificates, the server's own first. It
// reports false where the list or the first certificate cannot be read; what there is of both is taken all the same.
func readChain(b []byte, row *schema.TLS) bool {
	s := span{b: b}
	list := span{b: s.vector(3)}
	ok := !s.short
	for len(list.b) > 0 {
		der := list.vector(3)
		if list.short {
			return false
		}
		if row.CertCount++; row.CertCount == 1 {
			ok = readCertificate(der, &row.Certificate) && ok
		}
	}
	return ok
}

// readCertificate reads an X.509 certificate (RFC 5280). Of one that cannot be read there is the SHA-256.
func readCertificate(der []byte, c *schema.Certificate) bool {
	sum := sha256.Sum256(der)
	c.SHA256, c.NotBefore, c.NotAfter = hex.EncodeToString(sum[:]), schema.NoTime, schema.NoTime
	x, err := x509.ParseCertificate(der)
	if err != nil {
		return false
	}
	c.Subject, c.Issuer = text([]byte(x.Subject.String())), text([]byte(x.Issuer.String()))
	c.Serial = hex.EncodeToString(x.SerialNumber.Bytes())
	c.NotBefore, c.NotAfter = x.NotBefore.UnixMicro(), x.NotAfter.UnixMicro()
	c.Names, c.Key = alternativeNames(x), keyOf(x)
	return true
}

func alternativeNames(x *x509.Certificate) string {
	var list []byte
	for _, n := range x.DNSNames {
		list = appendItem(list, []byte(text([]byte(n))))
	}
	for _, a := range x.IPAddresses {
		list = appendItem(list, []byte(a.String()))
	}
	for _, n := range x.EmailAddresses {
		list = appendItem(list, []byte(text([]byte(n))))
	}
	for _, u := range x.URIs {
		list = appendItem(list, []byte(text([]byte(u.String()))))
	}
	return string(list)
}

func keyOf(x *x509.Certificate) string {
	switch k := x.PublicKey.(type) {
	case *rsa.PublicKey:
		return fmt.Sprintf("RSA %d", k.N.BitLen())
	case *ecdsa.PublicKey:
		return fmt.Sprintf("ECDSA %d", k.Curve.Params().BitSize)
	case ed25519.PublicKey:
		return "Ed25519"
	}
	if x.PublicKeyAlgorithm == x509.UnknownPublicKeyAlgorithm {
		return ""
	}
	return x.PublicKeyAlgorithm.String()
}
