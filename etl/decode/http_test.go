package decode_test

import (
	"strings"
	"testing"

	"github.com/pcaplake/pcaplake/etl/decode"
	"github.com/pcaplake/pcaplake/schema"
)

func TestHTTP(t *testing.T) {
	lines := func(s ...string) []byte { return []byte(strings.Join(s, "\r\n") + "\r\n\r\n") }
	ok := lines("HTTP/1.1 200 OK", "Content-Length: 0")
	cases := []struct {
		name  string
		turns exchange
		want  []cells
	}{
		{"pipelined, chunks, HEAD", dialogues["http"], []cells{
			{
				"method": "GET", "host": "example.org", "uri": "/a?token=***", "version": "1.1", "user_agent": "test", "status": "200", "reason": "OK", "response_coding": "chunked", "response_body": "8", "response_len": "",
				"has_credentials": "true", "frame_no": "3", "response_frame_no": "4", "latency_ns": "1000000", "depth": "1", "cut": "false", "malformed": "", "src_port": "40000",
			},
			{"method": "POST", "uri": "/b", "request_len": "11", "request_body": "11", "status": "404", "reason": "Not Found", "response_len": "3", "response_body": "3", "has_credentials": "false", "depth": "2"},
			{"method": "HEAD", "status": "204", "response_body": "0", "depth": "3"},
		}},
		{"HEAD has no body", exchange{lines("HEAD /a HTTP/1.1"), lines("HTTP/1.1 200 OK", "Content-Length: 1000"), lines("GET /b HTTP/1.1"), ok}, []cells{{"uri": "/a", "response_len": "1000", "response_body": "0"}, {"uri": "/b", "status": "200"}}},
		{"interim responses", exchange{lines("PUT /a HTTP/1.1", "Content-Length: 2", "Expect: 100-continue"), lines("HTTP/1.1 100 Continue"), []byte("hi"), ok}, []cells{{"status": "200", "request_body": "2"}}},
		{"body to the end", exchange{lines("GET / HTTP/1.0"), []byte("HTTP/1.0 200 OK\n\nhello")}, []cells{{"status": "200", "response_body": "5", "response_version": "1.0", "cut": "false"}}},
		{"body cut by the end", exchange{lines("GET / HTTP/1.1"), []byte("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello")}, []cells{{"response_body": "5", "cut": "true"}}},
		{"no response", exchange{lines("GET / HTTP/1.1")}, []cells{{"status": "", "response_body": "", "cut": "false"}}},
		{"no request", exchange{nil, lines("HTTP/1.1 304 Not Modified", "ETag: x")}, []cells{{"method": "", "request_body": "", "has_credentials": "", "status": "304", "src_port": "40000", "depth": "1"}}},
		{"upgrade", exchange{lines("GET /chat HTTP/1.1", "Upgrade: websocket"), join(lines("HTTP/1.1 101 Switching Protocols"), []byte{0x81, 0}), []byte("GET /not HTTP/1.1\r\n\r\n")}, []cells{{"status": "101", "upgrade": "websocket"}}},
		{"tunnel", exchange{lines("CONNECT example.org:443 HTTP/1.1", "Proxy-Authorization: Basic dTpw"), lines("HTTP/1.1 200 Connection established"), records(22, clientHello(nil), 1000)}, []cells{
			{"method": "CONNECT", "host": "example.org:443", "status": "200", "auth_scheme": "basic", "has_credentials": "true"},
		}},
		{"secrets", exchange{
			lines("GET http://u:pw@example.org/x?a=1&Password=hunter2&b=2#access_token=t HTTP/1.1", "Authorization: Bearer abc", "Cookie: sid=1; theme=dark", "Referer: http://a/?session=9"),
			lines("HTTP/1.1 401 Unauthorized", "Content-Length: 0", "Set-Cookie: sid=2; Path=/", "Set-Cookie: x=3", "WWW-Authenticate: Basic realm=y", "Location: /?code=5"),
		}, []cells{{
			"uri": "http://***@example.org/x?a=1&Password=***&b=2#access_token=***", "host": "example.org", "auth_scheme": "bearer", "cookies": "sid,theme", "referer": "http://a/?session=***",
			"set_cookies": "sid,x", "authenticate": "basic", "location": "/?code=***", "has_credentials": "true",
		}}},
		{"a scheme that may be a secret", exchange{lines("GET / HTTP/1.1", "Authorization: 0123456789abcdef")}, []cells{{"auth_scheme": "other"}}},
		{"lengths that differ", exchange{lines("GET / HTTP/1.1", "Content-Length: 5", "Content-Length: 0")}, []cells{{"malformed": "http-length"}}},
		{"length beside chunks", exchange{append(lines("POST / HTTP/1.1", "Content-Length: 5", "Transfer-Encoding: chunked"), "0\r\n\r\n"...)}, []cells{{"malformed": "http-length", "request_body": "0", "cut": "false"}}},
		{"chunk without a size", exchange{lines("GET / HTTP/1.1"), append(lines("HTTP/1.1 200 OK", "Transfer-Encoding: chunked"), "xyz\r\n"...)}, []cells{{"malformed": "http-chunk"}}},
		{"line that is no field", exchange{lines("GET / HTTP/1.1", "Host: a", "what")}, []cells{{"malformed": "http-field", "host": "a"}}},
		{"target with a space", exchange{lines("GET /a b HTTP/1.1")}, []cells{{"malformed": "http-start-line", "uri": "/a b"}}},
		{"folded field", exchange{lines("GET / HTTP/1.1", "User-Agent: a", "  b")}, []cells{{"user_agent": "a b"}}},
		{"ISO 8859-1", exchange{lines("GET /\xe9 HTTP/1.1")}, []cells{{"uri": "/é"}}},
		{"head without an end", exchange{[]byte("GET /" + strings.Repeat("x", 70<<10))}, []cells{{"method": "GET", "cut": "true"}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			rows := play(c.turns...)
			if len(rows.HTTPs) != len(c.want) {
				t.Fatalf("%d rows, want %d: %+v", len(rows.HTTPs), len(c.want), rows.HTTPs)
			}
			for i, want := range c.want {
				checkCells(t, schema.HTTPs, &rows.HTTPs[i], want)
			}
		})
	}
}

func TestMaskURI(t *testing.T) {
	cases := []struct {
		uri, want string
		secret    bool
	}{
		{"/a/b?c=d", "/a/b?c=d", false},
		{"/?password=x", "/?password=***", true},
		{"/?a=b&user_password=x&c", "/?a=b&user_password=***&c", true},
		{"/?pass%77ord=x", "/?pass%77ord=***", true},
		{"/;jsessionid=1?x=y", "/;jsessionid=***?x=y", true},
		{"/?token=", "/?token=", false},
		{"/?tokens", "/?tokens", false},
		{"/?X-Amz-Security-Token=a;b", "/?X-Amz-Security-Token=***;b", true},
		{"/#id_token=a&state=b", "/#id_token=***&state=b", true},
		{"ftp://u@h/x", "ftp://***@h/x", true},
		{"/?u=http://a:b@c/", "/?u=http://a:b@c/", false},
		{"/?monkey=1", "/?monkey=1", false},
		{"?", "?", false},
		{"", "", false},
	}
	for _, c := range cases {
		if got, secret := decode.MaskURI(c.uri); got != c.want || secret != c.secret {
			t.Errorf("%s: %s, %t, want %s, %t", c.uri, got, secret, c.want, c.secret)
		}
	}
}

// FuzzHTTP: any bytes from both sides; nothing that stands for a secret in the request is in a row.
func FuzzHTTP(f *testing.F) {
	f.Add(dialogues["http"][0], dialogues["http"][1])
	f.Add([]byte("GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5;a\r\n"), []byte("HTTP/1.1 200\r\nContent-Length: 9223372036854775807\r\n\r\n"))
	f.Fuzz(func(t *testing.T, client, server []byte) {
		rows := play(client, server, client)
		for i := range rows.HTTPs {
			r := &rows.HTTPs[i]
			if r.Depth < 1 || r.RequestBody < 0 || r.ResponseBody < 0 || r.HasLatency && r.LatencyNS < 0 {
				t.Errorf("%+v", r)
			}
		}
		secret := join([]byte("GET /?password=Tr0ub4dor HTTP/1.1\r\nAuthorization: Tr0ub4dor\r\nCookie: Tr0ub4dor\r\nReferer: http://Tr0ub4dor@a/\r\n"), client)
		for _, r := range play(secret, server).HTTPs {
			if !strings.Contains(string(client), "Tr0ub4dor") && strings.Contains(strings.Join([]string{r.URI, r.AuthScheme, r.Cookies, r.Referer}, " "), "Tr0ub4dor") {
				t.Errorf("%+v", r)
			}
		}
	})
}
