package schema

// HTTP is one row of table http: one transaction of HTTP/1.0 or 1.1 (RFC 9112). Texts are the row's own.
type HTTP struct {
	Message               // of the request; of the response where there is no request
	Depth           int32 // transactions of the connection so far, this one included
	HasRequest      bool  // the fields of the request hold
	Method, Host    string
	URI             string
	Version         string // "1.1"
	UserAgent       string
	Referer         string
	Forwarded       string
	Upgrade         string
	RequestType     string
	RequestCoding   string
	HasRequestLen   bool
	RequestLen      int64 // declared
	RequestBody     int64 // seen
	AuthScheme      string
	Credentials     bool
	Cookies         string // list of names
	HasResponse     bool   // the fields of the response hold
	ResponseFrameNo int64
	HasLatency      bool
	LatencyNS       int64
	ResponseVersion string
	Status          int32
	Reason          string
	Server          string
	Location        string
	ResponseType    string
	ResponseCoding  string
	HasResponseLen  bool
	ResponseLen     int64
	ResponseBody    int64
	SetCookies      string // list of names
	Authenticate    string
	Cut             bool
	Malformed       string
}

// HTTPs is the table of HTTP transactions.
var HTTPs = newRows("http", "One row per transaction of HTTP/1.0 and 1.1 over TCP, on any port: a request and its response. A request that was not answered has NULL in the columns of the response, "+
	"a response whose request was not captured in those of the request; src is the client. Bodies are counted, not kept. Credentials are masked: of Authorization only the scheme is kept, of cookies the names, "+
	"and in URIs the user information and the values of parameters named like a password, token or session stand as ***. Bodies are not searched for credentials. HTTP/2 is a service of flows only.",
	append(messageColumns(func(r *HTTP) *Message { return &r.Message }), []field[HTTP]{
		i32("depth", func(r *HTTP) (int32, bool) { return r.Depth, true }, "number of the transaction in its connection, from 1", zeek("trans_depth")),
		str("method", func(r *HTTP) string { return r.Method }, "as sent", ws("http.request.method"), zeek("method"), fix("httpRequestMethod"), ecs("http.request.method")),
		str("host", func(r *HTTP) string { return r.Host }, "of the Host field, else of an absolute URI", bloom, ws("http.host"), zeek("host"), fix("httpRequestHost"), ecs("url.domain")),
		str("uri", func(r *HTTP) string { return r.URI }, "request target as sent, secrets masked", ws("http.request.uri"), zeek("uri"), fix("httpRequestTarget"), ecs("url.original")),
		str("version", func(r *HTTP) string { return r.Version }, "of the request: 1.1", ws("http.request.version"), zeek("version"), fix("httpMessageVersion"), ecs("http.version")),
		str("user_agent", func(r *HTTP) string { return r.UserAgent }, "User-Agent", ws("http.user_agent"), zeek("user_agent"), fix("httpUserAgent"), ecs("user_agent.original")),
		str("referer", func(r *HTTP) string { return r.Referer }, "Referer, secrets masked", ws("http.referer"), zeek("referrer"), ecs("http.request.referrer")),
		str("forwarded_for", func(r *HTTP) string { return r.Forwarded }, "X-Forwarded-For", ws("http.x_forwarded_for"), zeek("proxied")),
		str("upgrade", func(r *HTTP) string { return r.Upgrade }, "Upgrade of the request: websocket, h2c", ws("http.upgrade")),
		str("request_type", func(r *HTTP) string { return r.RequestType }, "Content-Type of the request", zeek("orig_mime_types"), ecs("http.request.mime_type")),
		str("request_coding", func(r *HTTP) string { return r.RequestCoding }, "Transfer-Encoding and Content-Encoding of the request"+listDoc),
		i64("request_len", func(r *HTTP) (int64, bool) { return r.RequestLen, r.HasRequestLen }, "Content-Length of the request", unit("B"), ws("http.content_length_header")),
		i64("request_body", func(r *HTTP) (int64, bool) { return r.RequestBody, r.HasRequest }, "bytes of the request's body on the wire, without the framing of chunks", unit("B"), zeek("request_body_len"), ecs("http.request.body.bytes")),
		str("auth_scheme", func(r *HTTP) string { return r.AuthScheme }, "scheme of Authorization or Proxy-Authorization, in lower case: basic, bearer, digest, ntlm, negotiate"),
		tri("has_credentials", func(r *HTTP) Tri { return TriIf(r.HasRequest, r.Credentials) }, "the request has Authorization, Proxy-Authorization, or a secret in its URI"),
		str("cookies", func(r *HTTP) string { return r.Cookies }, "names of the cookies sent"+listDoc, zeek("cookie_vars")),
		i64("response_frame_no", func(r *HTTP) (int64, bool) { return r.ResponseFrameNo, r.HasResponse }, "frame in which the response was complete", ws("http.response_in")),
		i64("latency_ns", func(r *HTTP) (int64, bool) { return r.LatencyNS, r.HasLatency }, "time from the end of the request to the end of the head of the response; NULL where the response came first", unit("ns"), ws("http.time")),
		str("response_version", func(r *HTTP) string { return r.ResponseVersion }, "of the response", ws("http.response.version")),
		i32("status", func(r *HTTP) (int32, bool) { return r.Status, r.HasResponse }, "status code of the final response, or 101", ws("http.response.code"), zeek("status_code"), fix("httpStatusCode"), ecs("http.response.status_code")),
		str("reason", func(r *HTTP) string { return r.Reason }, "its reason phrase", ws("http.response.phrase"), zeek("status_msg"), fix("httpReasonPhrase")),
		str("server", func(r *HTTP) string { return r.Server }, "Server", ws("http.server"), zeek("server_header_names")),
		str("location", func(r *HTTP) string { return r.Location }, "Location, secrets masked", ws("http.location")),
		str("response_type", func(r *HTTP) string { return r.ResponseType }, "Content-Type of the response", ws("http.content_type"), zeek("resp_mime_types"), fix("httpContentType"), ecs("http.response.mime_type")),
		str("response_coding", func(r *HTTP) string { return r.ResponseCoding }, "Transfer-Encoding and Content-Encoding of the response"+listDoc),
		i64("response_len", func(r *HTTP) (int64, bool) { return r.ResponseLen, r.HasResponseLen }, "Content-Length of the response", unit("B"), ws("http.content_length_header")),
		i64("response_body", func(r *HTTP) (int64, bool) { return r.ResponseBody, r.HasResponse }, "bytes of the response's body on the wire, without the framing of chunks", unit("B"), zeek("response_body_len"), ecs("http.response.body.bytes")),
		str("set_cookies", func(r *HTTP) string { return r.SetCookies }, "names of the cookies that the server sets"+listDoc),
		str("authenticate", func(r *HTTP) string { return r.Authenticate }, "schemes of WWW-Authenticate and Proxy-Authenticate, in lower case; a list, commas between"),
		tri("cut", func(r *HTTP) Tri { return TriOf(r.Cut) }, "bytes of the request or the response were not captured or were lost, the capture ended before them, or the head is longer than 64 KiB"),
		str("malformed", func(r *HTTP) string { return r.Malformed }, "why a message could not be read to the end"),
	}...))
