package iceberg

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/apache/iceberg-go/catalog"
)

// guarded is a server of Iceberg's REST protocol that asks who one is: it gives the token to a client that shows its secret, and tells nobody else anything. Its
// warehouse traffic has the prefix w1.
func guarded(t *testing.T) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("client_id") != "night" || r.FormValue("client_secret") != "s3cret:x" || r.FormValue("scope") != "lake" {
			http.Error(w, `{"error":"invalid_client"}`, http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"access_token":"t1","token_type":"bearer","expires_in":3600}`)
	})
	known := func(r *http.Request) bool { return r.Header.Get("Authorization") == "Bearer t1" }
	mux.HandleFunc("GET /v1/config", func(w http.ResponseWriter, r *http.Request) {
		if !known(r) || r.FormValue("warehouse") != "traffic" {
			http.Error(w, `{"error":{"message":"who?","type":"NotAuthorizedException","code":401}}`, http.StatusUnauthorized)
			return
		}
		fmt.Fprint(w, `{"defaults":{},"overrides":{"prefix":"w1"}}`)
	})
	mux.HandleFunc("/v1/w1/namespaces/pcaplake", func(w http.ResponseWriter, r *http.Request) {
		if !known(r) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		fmt.Fprint(w, `{"namespace":["pcaplake"],"properties":{}}`)
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

// TestServerAsks: the first request shows already who one is, and the rest goes to where the server says.
func TestServerAsks(t *testing.T) {
	s := guarded(t)
	login := s.URL + "/login"
	for _, c := range []struct {
		name       string
		properties map[string]string
		known      bool
	}{
		{"nobody", nil, false},
		{"token", map[string]string{"token": "t1"}, true},
		{"wrong token", map[string]string{"token": "t2"}, false},
		{"credential", map[string]string{"credential": "night:s3cret:x", "oauth2-server-uri": login, "scope": "lake"}, true},
		{"other scope", map[string]string{"credential": "night:s3cret:x", "oauth2-server-uri": login}, false},
		{"no address", map[string]string{"credential": "night:s3cret:x", "oauth2-server-uri": "http://[", "scope": "lake"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			at, err := OpenCatalog(t.Context(), s.URL, "traffic", c.properties)
			if (err == nil) != c.known {
				t.Fatalf("open: %v", err)
			}
			if err != nil {
				return
			}
			if there, err := at.CheckNamespaceExists(t.Context(), catalog.ToIdentifier(Namespace)); err != nil || !there {
				t.Errorf("namespace: %v, %v", there, err)
			}
		})
	}
}

func TestOpenCatalog(t *testing.T) {
	for _, address := range []string{"mysql:x", "http://127.0.0.1:1"} {
		if _, err := OpenCatalog(t.Context(), address, t.TempDir(), nil); err == nil {
			t.Errorf("%s: opened", address)
		}
	}
}
