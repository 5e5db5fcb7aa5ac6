package main

import (
	"crypto/tls"
	"errors"

	"github.com/hibiken/asynq"
	goredis "github.com/redis/go-redis/v9"
)

// redis says how to reach Redis: one server, Sentinel or Cluster.
func (c Config) redis() (asynq.RedisConnOpt, error) {
	ways := 0
	for _, set := range []bool{!c.RedisURL.empty(), len(c.RedisSentinels) > 0, len(c.RedisCluster) > 0} {
		if set {
			ways++
		}
	}
	if ways == 0 {
		return nil, errors.New("REDIS_URL is not set: give redis://host:6379/0, or REDIS_SENTINELS with REDIS_MASTER, or REDIS_CLUSTER")
	}
	if ways > 1 {
		return nil, errors.New("more than one of REDIS_URL, REDIS_SENTINELS and REDIS_CLUSTER is set: keep one")
	}
	var secure *tls.Config
	if c.RedisTLS {
		secure = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	switch {
	case len(c.RedisSentinels) > 0:
		if c.RedisMaster == "" {
			return nil, errors.New("REDIS_MASTER is not set: name the master that the Sentinels watch")
		}
		return asynq.RedisFailoverClientOpt{
			MasterName: c.RedisMaster, SentinelAddrs: c.RedisSentinels,
			Username: c.RedisUser, Password: c.RedisPassword.reveal(), TLSConfig: secure,
		}, nil
	case len(c.RedisCluster) > 0:
		return asynq.RedisClusterClientOpt{
			Addrs: c.RedisCluster, Username: c.RedisUser, Password: c.RedisPassword.reveal(), TLSConfig: secure,
		}, nil
	}
	return c.redisURL()
}

// redisURL reads REDIS_URL. The queue library's own reader drops the login's name and wants a port. Errors do not quote
// the value, which may hold a password.
func (c Config) redisURL() (asynq.RedisConnOpt, error) {
	o, err := goredis.ParseURL(c.RedisURL.reveal())
	if err != nil {
		return nil, errors.New("REDIS_URL is not an address of Redis: give redis://host:6379/0, rediss:// for TLS")
	}
	switch {
	case c.RedisUser != "" || !c.RedisPassword.empty():
		return nil, errors.New("REDIS_USER and REDIS_PASSWORD are for Sentinel and Cluster: write redis://user:password@host:6379/0 in REDIS_URL")
	case c.RedisTLS && o.TLSConfig == nil:
		return nil, errors.New("REDIS_TLS is set but REDIS_URL has none: begin it with rediss://")
	case o.TLSConfig != nil && o.TLSConfig.InsecureSkipVerify:
		return nil, errors.New("REDIS_URL has skip_verify: certificates are checked, take it out")
	}
	return asynq.RedisClientOpt{
		Network: o.Network, Addr: o.Addr, Username: o.Username, Password: o.Password, DB: o.DB,
		DialTimeout: o.DialTimeout, ReadTimeout: o.ReadTimeout, WriteTimeout: o.WriteTimeout, PoolSize: o.PoolSize,
		TLSConfig: o.TLSConfig,
	}, nil
}
