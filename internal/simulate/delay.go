package main

import (
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"
	"time"
)

// serveDelayed passes requests on to a server, each after a while, as if that were farther away.
func serveDelayed(listen, server string, delay time.Duration) error {
	to, err := url.Parse(server)
	if err != nil {
		return fmt.Errorf("server %q: %w", server, err)
	}
	pass := &httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(to); r.Out.Host = r.In.Host }, // signatures are over the host as it was told
		Transport: &http.Transport{MaxIdleConnsPerHost: 256},
	}
	s := &http.Server{Addr: listen, ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(delay)
		pass.ServeHTTP(w, r)
	})}
	return s.ListenAndServe()
}
