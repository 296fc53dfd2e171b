// Package s3 keeps lakes, and finds captures, in Amazon S3 and in whatever speaks its protocol.
package s3

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/pcaplake/pcaplake/etl/lake"
)

// Scheme is that of the URLs: s3://BUCKET/KEY.
const Scheme = "s3"

// Options say where S3 is. The zero value is Amazon's, and asks it for the region of each bucket.
type Options struct {
	Endpoint  string // URL of the server: http://127.0.0.1:7070; "": Amazon's
	Region    string // "": the server is asked
	PathStyle bool   // the bucket is part of the path; so it is always where the endpoint is told by address

	Credentials *credentials.Credentials // nil: the usual chain: AWS_ACCESS_KEY_ID…, ~/.aws/credentials with AWS_PROFILE, web identity, ECS, EC2
	Transport   http.RoundTripper        // nil: the default
}

// identityTimeout is how long the services of a cloud that give credentials are waited for: outside a cloud nobody answers.
const identityTimeout = 5 * time.Second

// A remote is S3 as lake.Remote.
type remote struct {
	client *minio.Client // tries again by itself
	once   *minio.Client // does not, where it matters whether a request was sent twice
}

// New returns S3. Nothing is connected to yet.
func New(o Options) (lake.Remote, error) {
	at := &url.URL{Scheme: "https", Host: "s3.amazonaws.com"}
	if o.Endpoint != "" {
		var err error
		if at, err = url.Parse(o.Endpoint); err != nil || at.Host == "" || at.Scheme != "http" && at.Scheme != "https" || strings.Trim(at.Path, "/") != "" {
			return nil, fmt.Errorf("endpoint of S3 %q: a URL such as https://s3.example.org or http://127.0.0.1:7070", o.Endpoint)
		}
	}
	if o.Credentials == nil {
		o.Credentials = credentials.NewChainCredentials([]credentials.Provider{
			&credentials.EnvAWS{}, &credentials.FileAWSCredentials{}, &credentials.IAM{Client: &http.Client{Timeout: identityTimeout}, Region: o.Region},
		})
	}
	if o.Transport == nil {
		transport, err := minio.DefaultTransport(at.Scheme == "https")
		if err != nil {
			return nil, fmt.Errorf("set up S3: %w", err)
		}
		transport.MaxIdleConnsPerHost = transport.MaxIdleConns // many requests at once to one server, again and again
		o.Transport = transport
	}
	m := minio.Options{Creds: o.Credentials, Secure: at.Scheme == "https", Region: o.Region, Transport: o.Transport}
	if o.PathStyle {
		m.BucketLookup = minio.BucketLookupPath
	}
	client, err := minio.New(at.Host, &m)
	if err != nil {
		return nil, fmt.Errorf("set up S3: %w", err)
	}
	m.MaxRetries = 1
	once, err := minio.New(at.Host, &m)
	if err != nil {
		return nil, fmt.Errorf("set up S3: %w", err)
	}
	return &remote{client, once}, nil
}

// FromEnv returns what the environment says of S3, as Amazon's own tools read it: AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, AWS_REGION, AWS_DEFAULT_REGION.
func FromEnv() Options {
	first := func(names ...string) string {
		for _, name := range names {
			if v := os.Getenv(name); v != "" {
				return v
			}
		}
		return ""
	}
	return Options{Endpoint: first("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"), Region: first("AWS_REGION", "AWS_DEFAULT_REGION")}
}

// parse splits s3://BUCKET/KEY; the key has no slash at its ends.
func parse(told string) (bucket, key string, err error) {
	rest, ok := strings.CutPrefix(told, Scheme+"://")
	bucket, key, _ = strings.Cut(rest, "/")
	if !ok || bucket == "" {
		return "", "", fmt.Errorf("%q: %w: a bucket and a prefix such as s3://bucket/prefix", told, fs.ErrInvalid)
	}
	if key = strings.Trim(path.Clean("/"+key), "/"); strings.ContainsAny(bucket, "?#@:") {
		return "", "", fmt.Errorf("%q: %w: no bucket is called so", told, fs.ErrInvalid)
	}
	return bucket, key, nil
}

// Store is that of lake.Remote.
func (r *remote) Store(told string) (lake.Store, error) {
	bucket, prefix, err := parse(told)
	if err != nil {
		return nil, err
	}
	return &store{remote: r, bucket: bucket, prefix: prefix}, nil
}

// Each is that of lake.Remote.
func (r *remote) Each(ctx context.Context, told string, visit func(lake.Object) error) error {
	bucket, key, err := parse(told)
	if err != nil {
		return err
	}
	if key != "" && !strings.HasSuffix(told, "/") {
		info, err := r.client.StatObject(ctx, bucket, key, minio.StatObjectOptions{})
		switch err = translate(err, bucket, key); {
		case err == nil:
			return visit(object(Scheme+"://"+bucket+"/"+key, &info))
		case !errors.Is(err, fs.ErrNotExist):
			return err
		}
		key += "/"
	} else if key != "" {
		key += "/"
	}
	return r.list(ctx, bucket, key, true, func(info *minio.ObjectInfo) error { return visit(object(Scheme+"://"+bucket+"/"+info.Key, info)) })
}

// Open is that of lake.Remote.
func (r *remote) Open(ctx context.Context, told string) (lake.Content, lake.Object, error) {
	bucket, key, err := parse(told)
	if err != nil {
		return nil, lake.Object{}, err
	}
	in, err := r.open(ctx, bucket, key, firstBlock)
	if err != nil {
		return nil, lake.Object{}, err
	}
	return in, object(told, &in.info), nil
}

// Remove is that of lake.Remote.
func (r *remote) Remove(ctx context.Context, told string) error {
	bucket, key, err := parse(told)
	if err != nil {
		return err
	}
	return translate(r.client.RemoveObject(ctx, bucket, key, minio.RemoveObjectOptions{}), bucket, key)
}

// list calls visit for the objects whose keys begin with prefix: all, or those without a further slash.
func (r *remote) list(ctx context.Context, bucket, prefix string, deep bool, visit func(*minio.ObjectInfo) error) error {
	ctx, stop := context.WithCancel(ctx) // ends the listing
	defer stop()
	for info := range r.client.ListObjects(ctx, bucket, minio.ListObjectsOptions{Prefix: prefix, Recursive: deep}) {
		if info.Err != nil {
			return translate(info.Err, bucket, prefix)
		}
		if strings.HasSuffix(info.Key, "/") { // a common prefix, or what consoles make to stand for a folder
			continue
		}
		if err := visit(&info); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func object(name string, info *minio.ObjectInfo) lake.Object {
	return lake.Object{Name: name, Bytes: info.Size, Changed: info.LastModified}
}

// translate gives the server's refusals the meanings that callers look for.
func translate(err error, bucket, key string) error {
	if err == nil {
		return nil
	}
	op := &fs.PathError{Op: "read", Path: Scheme + "://" + bucket + "/" + key, Err: err}
	switch answer := minio.ToErrorResponse(err); {
	case answer.Code == minio.NoSuchBucket:
		return fmt.Errorf("there is no bucket %s", bucket)
	case answer.StatusCode == http.StatusNotFound, answer.Code == minio.NoSuchKey:
		op.Err = fs.ErrNotExist
	case answer.StatusCode == http.StatusForbidden:
		return fmt.Errorf("s3://%s/%s: %w: %s", bucket, key, fs.ErrPermission, answer.Message)
	case answer.StatusCode == http.StatusPreconditionFailed:
		op.Err = fs.ErrExist
	case !answered(err) && !errors.Is(err, context.Canceled):
		op.Err = fmt.Errorf("%w: %w", lake.ErrNoAnswer, err)
	}
	return op
}
