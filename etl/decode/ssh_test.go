package decode_test

import (
	"strings"
	"testing"

	"github.com/pcaplake/pcaplake/schema"
)

// kexInit is the payload of a KEXINIT with some of its lists.
func kexInit(lists ...string) []byte {
	b := join([]byte{20}, make([]byte, 16))
	for i := range 10 {
		text := ""
		if i < len(lists) {
			text = lists[i]
		}
		b = join(b, vector(4, []byte(text)))
	}
	return join(b, make([]byte, 5))
}

func sshPacket(payload []byte) []byte {
	return vector(4, join([]byte{4}, payload, make([]byte, 4)))
}

// TestHASSH has the vector of github.com/salesforce/hassh, a Cyberduck client, and one of OpenSSH 5.3 as a server, whose text is published.
func TestHASSH(t *testing.T) {
	const client = "curve25519-sha256@libssh.org,diffie-hellman-group-exchange-sha256,ecdh-sha2-nistp521,ecdh-sha2-nistp384,ecdh-sha2-nistp256,diffie-hellman-group-exchange-sha1,diffie-hellman-group1-sha1,diffie-hellman-group14-sha1,diffie-hellman-group14-sha256," +
		"diffie-hellman-group15-sha512,diffie-hellman-group16-sha512,diffie-hellman-group17-sha512,diffie-hellman-group18-sha512,diffie-hellman-group14-sha256@ssh.com,diffie-hellman-group15-sha256,diffie-hellman-group15-sha256@ssh.com,diffie-hellman-group15-sha384@ssh.com," +
		"diffie-hellman-group16-sha256,diffie-hellman-group16-sha384@ssh.com,diffie-hellman-group16-sha512@ssh.com,diffie-hellman-group18-sha512@ssh.com;" +
		"aes128-cbc,aes128-ctr,aes192-cbc,aes192-ctr,aes256-cbc,aes256-ctr,blowfish-cbc,blowfish-ctr,cast128-cbc,cast128-ctr,idea-cbc,idea-ctr,serpent128-cbc,serpent128-ctr,serpent192-cbc,serpent192-ctr,serpent256-cbc,serpent256-ctr,3des-cbc,3des-ctr," +
		"twofish128-cbc,twofish128-ctr,twofish192-cbc,twofish192-ctr,twofish256-cbc,twofish256-ctr,twofish-cbc,arcfour,arcfour128,arcfour256;hmac-sha1,hmac-sha1-96,hmac-md5,hmac-md5-96,hmac-sha2-256,hmac-sha2-512;zlib@openssh.com,zlib,none"
	const server = "diffie-hellman-group-exchange-sha256,diffie-hellman-group-exchange-sha1,diffie-hellman-group14-sha1,diffie-hellman-group1-sha1;" +
		"aes128-ctr,aes192-ctr,aes256-ctr,arcfour256,arcfour128,aes128-cbc,3des-cbc,blowfish-cbc,cast128-cbc,aes192-cbc,aes256-cbc,arcfour,rijndael-cbc@lysator.liu.se;" +
		"hmac-md5,hmac-sha1,umac-64@openssh.com,hmac-ripemd160,hmac-ripemd160@openssh.com,hmac-sha1-96,hmac-md5-96;none,zlib@openssh.com"
	c, s := strings.Split(client, ";"), strings.Split(server, ";")
	rows := play(
		join([]byte("SSH-2.0-Cyberduck/6.7.1\r\n"), sshPacket(kexInit(c[0], "ssh-rsa", c[1], "x", c[2], "y", c[3], "z"))),
		join([]byte("SSH-2.0-OpenSSH_5.3\n"), sshPacket(kexInit(s[0], "ssh-dss,ssh-rsa", "x", s[1], "y", s[2], "z", s[3]))),
	)
	if len(rows.SSHs) != 1 {
		t.Fatalf("%d rows", len(rows.SSHs))
	}
	checkCells(t, schema.SSHs, &rows.SSHs[0], cells{
		"client_version": "SSH-2.0-Cyberduck/6.7.1", "server_version": "SSH-2.0-OpenSSH_5.3", "client_algorithms": client, "server_algorithms": server,
		"hassh": "8a8ae540028bf433cd68356c1b9e8d5b", "hassh_server": "b1c6c0d56317555b85c7005a3de29325", "host_key": "ssh-rsa", "host_keys": "ssh-dss,ssh-rsa",
		"kex": "diffie-hellman-group-exchange-sha256", "cipher_client": "", "cut": "false", "malformed": "", "src_port": "40000",
	})
}

func TestSSH(t *testing.T) {
	both := dialogues["ssh"]
	cases := []struct {
		name  string
		turns exchange
		want  cells
	}{
		{"both sides", both, cells{"client_version": "SSH-2.0-client", "server_version": "SSH-2.0-server", "kex": "kex-b", "cipher_client": "aes", "mac_server": "md5", "compression_client": "none", "cut": "false"}},
		{"only the server", exchange{nil, both[1][len("hello\r\n"):]}, cells{"client_version": "", "server_version": "SSH-2.0-server", "kex": "", "hassh": "", "host_keys": "dsa", "cut": "false"}},
		{"version 1", exchange{[]byte("SSH-1.5-a\n"), []byte("SSH-1.99-b\n")}, cells{"client_version": "SSH-1.5-a", "server_version": "SSH-1.99-b", "hassh": ""}},
		{"packet of an impossible length", exchange{join([]byte("SSH-2.0-a\r\n"), octets("7fffffff 0414"))}, cells{"malformed": "ssh-packet"}},
		{"list passes the end", exchange{join([]byte("SSH-2.0-a\r\n"), sshPacket(join([]byte{20}, make([]byte, 16), octets("00ffffff 61"))))}, cells{"malformed": "ssh-packet"}},
		{"bytes that cannot be printed", exchange{[]byte("SSH-2.0-\x01\r\n")}, cells{"malformed": "ssh-version"}},
		{"end in a packet", exchange{both[0][:60]}, cells{"client_version": "SSH-2.0-client", "cut": "true", "hassh": ""}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			rows := play(c.turns...)
			if len(rows.SSHs) != 1 {
				t.Fatalf("%d rows", len(rows.SSHs))
			}
			checkCells(t, schema.SSHs, &rows.SSHs[0], c.want)
		})
	}
}

// FuzzSSH: any bytes behind the identifications.
func FuzzSSH(f *testing.F) {
	f.Add(dialogues["ssh"][0], dialogues["ssh"][1])
	f.Fuzz(func(t *testing.T, client, server []byte) {
		rows := play(join([]byte("SSH-2.0-a\n"), client), join([]byte("SSH-2.0-b\n"), server))
		if len(rows.SSHs) != 1 || rows.SSHs[0].ClientVersion != "SSH-2.0-a" || (rows.SSHs[0].HASSH == "") != (rows.SSHs[0].ClientAlgorithms == "") {
			t.Errorf("%+v", rows.SSHs)
		}
	})
}
