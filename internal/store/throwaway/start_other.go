//go:build !unix

package throwaway

import "context"

// start knows only Unix; elsewhere TEST_DATABASE_URL names a server.
func start(context.Context, string, []string) (*Cluster, error) { return nil, ErrNotFound }

func (*Cluster) replica(context.Context, string) (*Cluster, error) { return nil, ErrNotFound }

func pool(context.Context, string, string, string) (*Pooler, error) { return nil, ErrNoPooler }
