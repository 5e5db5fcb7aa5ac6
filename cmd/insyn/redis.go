package main

import (
	"crypto/tls"
	"errors"

	"github.com/hibiken/asynq"
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
	o, err := asynq.ParseRedisURI(c.RedisURL.reveal())
	if err != nil {
		return nil, errors.New("REDIS_URL is not an address of Redis: give redis://host:6379/0, rediss:// for TLS") // the library quotes the value
	}
	return o, nil
}
