package iceberg

import (
	"context"
	"database/sql"
	"fmt"
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
// jdbc:sqlite:FILE; http://… and https://… a server of Iceberg's REST protocol. The metadata of tables lies below warehouse, a folder or s3://BUCKET/PREFIX, of which a
// server may have its own idea. Stores of S3 are told by the usual variables of the environment and by properties s3.endpoint, s3.region. A catalog of Hadoop on S3 is
// refused by the library, since two may win there at once.
func OpenCatalog(ctx context.Context, address, warehouse string, properties map[string]string) (catalog.Catalog, error) {
	p := iceberg.Properties{"warehouse": warehouse}
	for k, v := range properties {
		p[k] = v
	}
	switch {
	case address == "":
		return hadoop.NewCatalog(Namespace, warehouse, p)
	case strings.HasPrefix(address, "http://"), strings.HasPrefix(address, "https://"):
		return rest.NewCatalog(ctx, Namespace, address, rest.WithWarehouseLocation(warehouse), rest.WithAdditionalProps(p))
	}
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
