package iceberg

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"net/url"
	"strings"

	"github.com/apache/iceberg-go"
	"github.com/apache/iceberg-go/catalog"
	"github.com/apache/iceberg-go/catalog/hadoop"
	"github.com/apache/iceberg-go/catalog/rest"
	icebergsql "github.com/apache/iceberg-go/catalog/sql"
	_ "github.com/apache/iceberg-go/io/gocloud/s3" // warehouses and lakes on S3
	_ "modernc.org/sqlite"                         // of catalogs in a file
)

// OpenCatalog opens a catalog by its address: "" is that of Hadoop, which is the folder warehouse itself; sqlite:FILE one in a database, as other clients name it by
// jdbc:sqlite:FILE; http://… and https://… a server of Iceberg's REST protocol. The metadata of tables lies below warehouse, a folder or s3://BUCKET/PREFIX; to a server it
// is the name that it has for one of its warehouses, or "" for its only one. Properties are named as in the protocol's other clients: s3.endpoint, s3.region and, for servers
// that ask who one is, token or credential (CLIENT:SECRET, exchanged at oauth2-server-uri for scope). Keys of S3 are those of the environment unless a server sends its
// own. A catalog of Hadoop on S3 is refused by the library, since two may win there at once.
func OpenCatalog(ctx context.Context, address, warehouse string, properties map[string]string) (catalog.Catalog, error) {
	p := iceberg.Properties{"warehouse": warehouse}
	maps.Copy(p, properties)
	if strings.HasPrefix(address, "http://") || strings.HasPrefix(address, "https://") {
		return openServer(ctx, address, p)
	}
	warehouse, err := absolute(warehouse)
	if err != nil {
		return nil, err
	}
	if address == "" {
		p["warehouse"] = warehouse
		return hadoop.NewCatalog(Namespace, warehouse, p)
	}
	p["warehouse"] = location(warehouse) // tables of such a catalog may be read by engines that know no paths without a scheme
	file, ok := strings.CutPrefix(address, "sqlite:")
	if !ok {
		return nil, fmt.Errorf("%q is no catalog: none, sqlite:FILE or http://SERVER", address)
	}
	db, err := sql.Open("sqlite", file+"?_pragma=busy_timeout(60000)&_pragma=journal_mode(WAL)")
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", file, err)
	}
	return icebergsql.NewCatalog(Namespace, db, icebergsql.SQLite, p)
}

// openServer opens a catalog behind a server. What the first request, for the server's configuration, needs already is told by options; the rest by properties.
func openServer(ctx context.Context, address string, p iceberg.Properties) (catalog.Catalog, error) {
	options := []rest.Option{
		rest.WithWarehouseLocation(p["warehouse"]), rest.WithOAuthToken(p["token"]), rest.WithCredential(p["credential"]), rest.WithScope(p["scope"]),
		rest.WithAudience(p["audience"]), rest.WithResource(p["resource"]), rest.WithAdditionalProps(p),
	}
	if at := p["oauth2-server-uri"]; at != "" {
		u, err := url.Parse(at)
		if err != nil {
			return nil, fmt.Errorf("read oauth2-server-uri: %w", err)
		}
		options = append(options, rest.WithAuthURI(u))
	}
	return rest.NewCatalog(ctx, Namespace, address, options...)
}
