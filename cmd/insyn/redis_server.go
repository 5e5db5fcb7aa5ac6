package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hibiken/asynq"
	goredis "github.com/redis/go-redis/v9"

	"insyn/internal/metrics"
)

// redisServer is a Redis that was looked at.
type redisServer struct {
	option asynq.RedisConnOpt
	client goredis.UniversalClient
}

const redisTimeout = 3 * time.Second

// redis looks at Redis at start. One that evicts keys is refused: it would drop work without a word. The rest are warnings,
// also a Redis that is away: requests are accepted and wait for it.
func (p *parts) redis(ctx context.Context) (*redisServer, error) {
	s, err := connectRedis(p.cfg)
	if err != nil {
		return nil, err
	}
	p.later(func() { _ = s.client.Close() })
	for _, f := range s.look(ctx) {
		switch f.grade {
		case gradeFail:
			if f.away {
				p.log.Warn("redis is away", "component", "redis")
				continue
			}
			return nil, errors.New(f.text)
		case gradeWarn:
			p.log.Warn(f.text, "component", "redis")
		}
	}
	return s, nil
}

func connectRedis(cfg Config) (*redisServer, error) {
	o, err := cfg.redis()
	if err != nil {
		return nil, err
	}
	client, ok := o.MakeRedisClient().(goredis.UniversalClient)
	if !ok {
		return nil, errors.New("REDIS_URL: not a kind of Redis that Insyn knows")
	}
	return &redisServer{option: o, client: client}, nil
}

func (s *redisServer) check() metrics.Check {
	return metrics.Check{Name: "redis", Ping: func(ctx context.Context) error { return s.client.Ping(ctx).Err() }}
}

// look asks for version, eviction and persistence. Managed servers and the demo's own do not answer everything.
func (s *redisServer) look(ctx context.Context) []finding {
	ctx, cancel := context.WithTimeout(ctx, redisTimeout)
	defer cancel()
	err := s.client.Ping(ctx).Err()
	switch {
	case goredis.IsAuthError(err) || goredis.IsPermissionError(err):
		return []finding{{gradeFail, "Redis refuses the login: look at user and password in REDIS_URL, or at REDIS_USER and REDIS_PASSWORD", false}}
	case err != nil:
		return []finding{{gradeFail, "Redis does not answer: look at REDIS_URL, REDIS_SENTINELS or REDIS_CLUSTER and whether the server runs", true}}
	}
	nodes := s.nodes(ctx)
	return []finding{worst(nodes, redisNode.ofVersion), worst(nodes, redisNode.ofPolicy), worst(nodes, redisNode.ofAppendOnly)}
}

// nodes asks each server: a cluster hands a question to any one of its nodes, and each has settings of its own.
func (s *redisServer) nodes(ctx context.Context) []redisNode {
	cluster, ok := s.client.(*goredis.ClusterClient)
	if !ok {
		return []redisNode{askNode(ctx, "Redis", s.client)}
	}
	var mu sync.Mutex
	var out []redisNode
	err := cluster.ForEachShard(ctx, func(ctx context.Context, c *goredis.Client) error {
		n := askNode(ctx, "Redis node "+c.Options().Addr, c)
		mu.Lock()
		defer mu.Unlock()
		out = append(out, n)
		return nil
	})
	if err != nil || len(out) == 0 {
		return []redisNode{{name: "Redis Cluster"}} // it answered a moment ago and tells nothing now: warnings
	}
	slices.SortFunc(out, func(a, b redisNode) int { return strings.Compare(a.name, b.name) })
	return out
}
