package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	goredis "github.com/redis/go-redis/v9"
)

// redisNode is what one server tells of itself; "" where it does not.
type redisNode struct{ name, version, policy, appendOnly string }

func askNode(ctx context.Context, name string, c goredis.Cmdable) redisNode {
	n := redisNode{name: name, policy: setting(ctx, c, "maxmemory-policy"), appendOnly: setting(ctx, c, "appendonly")}
	info, err := c.Info(ctx, "server").Result()
	if err != nil {
		return n
	}
	for line := range strings.Lines(info) {
		if v, ok := strings.CutPrefix(strings.TrimSpace(line), "redis_version:"); ok {
			n.version = v
		}
	}
	return n
}

func setting(ctx context.Context, c goredis.Cmdable, name string) string {
	values, err := c.ConfigGet(ctx, name).Result()
	if err != nil {
		return ""
	}
	return values[name]
}

func (n redisNode) ofVersion() finding {
	switch {
	case n.version == "":
		return finding{gradeWarn, n.name + " does not tell its version: make sure that it is 6.2 or newer", false}
	case !atLeast(n.version, 6, 2):
		return finding{gradeFail, fmt.Sprintf("%s has version %s, which is too old: 6.2 or newer is needed", n.name, n.version), false}
	}
	return finding{gradeOK, "Redis " + n.version, false}
}

func (n redisNode) ofPolicy() finding {
	switch n.policy {
	case "":
		return finding{gradeWarn, n.name + " does not tell its maxmemory-policy: make sure that it is noeviction", false}
	case "noeviction":
		return finding{gradeOK, "Redis evicts nothing", false}
	}
	return finding{gradeFail, fmt.Sprintf("%s has maxmemory-policy %s and may drop work: set maxmemory-policy noeviction", n.name, n.policy), false}
}

func (n redisNode) ofAppendOnly() finding {
	switch n.appendOnly {
	case "":
		return finding{gradeWarn, n.name + " does not tell whether it keeps its data: work that it loses is found again in the database, seconds later", false}
	case "yes":
		return finding{gradeOK, "Redis keeps an append-only file", false}
	}
	return finding{gradeWarn, n.name + " keeps no append-only file: work that it loses is found again in the database, seconds later; set appendonly yes", false}
}

// worst is the finding that matters most among the nodes: a refusal before a warning, the first of its grade.
func worst(nodes []redisNode, of func(redisNode) finding) finding {
	out := of(nodes[0])
	for _, n := range nodes[1:] {
		f := of(n)
		if f.grade == gradeFail && out.grade != gradeFail || f.grade == gradeWarn && out.grade == gradeOK {
			out = f
		}
	}
	return out
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
