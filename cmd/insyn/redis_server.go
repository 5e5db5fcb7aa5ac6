package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
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
	if err := s.client.Ping(ctx).Err(); err != nil {
		return []finding{{gradeFail, "Redis does not answer: look at REDIS_URL and whether the server runs", true}}
	}
	out := []finding{s.version(ctx)}
	policy, ok := s.config(ctx, "maxmemory-policy")
	switch {
	case !ok:
		out = append(out, finding{gradeWarn, "Redis does not tell its maxmemory-policy: make sure that it is noeviction", false})
	case policy != "noeviction":
		out = append(out, finding{gradeFail, fmt.Sprintf("Redis has maxmemory-policy %s and may drop work: set maxmemory-policy noeviction", policy), false})
	default:
		out = append(out, finding{gradeOK, "Redis evicts nothing", false})
	}
	aof, okAOF := s.config(ctx, "appendonly")
	switch {
	case !okAOF:
		out = append(out, finding{gradeWarn, "Redis does not tell whether it keeps its data: work that it loses is found again in the database, seconds later", false})
	case aof != "yes":
		out = append(out, finding{gradeWarn, "Redis keeps no append-only file: work that it loses is found again in the database, seconds later; set appendonly yes", false})
	default:
		out = append(out, finding{gradeOK, "Redis keeps an append-only file", false})
	}
	return out
}

func (s *redisServer) version(ctx context.Context) finding {
	info, err := s.client.Info(ctx, "server").Result()
	if err != nil {
		return finding{gradeWarn, "Redis does not tell its version: make sure that it is 6.2 or newer", false}
	}
	for line := range strings.Lines(info) {
		if v, ok := strings.CutPrefix(strings.TrimSpace(line), "redis_version:"); ok {
			if !atLeast(v, 6, 2) {
				return finding{gradeFail, fmt.Sprintf("Redis %s is too old: 6.2 or newer is needed", v), false}
			}
			return finding{gradeOK, "Redis " + v, false}
		}
	}
	return finding{gradeWarn, "Redis does not tell its version: make sure that it is 6.2 or newer", false}
}

func (s *redisServer) config(ctx context.Context, name string) (string, bool) {
	values, err := s.client.ConfigGet(ctx, name).Result()
	if err != nil {
		return "", false
	}
	v, ok := values[name]
	return v, ok
}

func atLeast(version string, major, minor int) bool {
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 {
		return false
	}
	a, errA := strconv.Atoi(parts[0])
	b, errB := strconv.Atoi(parts[1])
	return errA == nil && errB == nil && (a > major || a == major && b >= minor)
}
