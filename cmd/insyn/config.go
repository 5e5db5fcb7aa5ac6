package main

import "time"

// The processes, as the `for` tags name them.
const (
	procWeb       = "web"
	procShare     = "share"
	procWorker    = "worker"
	procScheduler = "scheduler"
	procMigrate   = "migrate"
	procExpire    = "expire" // not a process that stays: the command, and the scheduler's way into the sources
)

// Config is every setting of Insyn. Facts about the company are not here: they stand in the database and are answered
// under Settings. The tag `for` names the processes that read a variable; the others never see it. Any variable may be
// given as NAME_FILE instead, the path of a file that holds the value.
type Config struct {
	DatabaseURL     secret `env:"INSYN_DATABASE_URL" for:"web share worker scheduler migrate expire" doc:"PostgreSQL with Insyn's own tables, postgres://login@host:port/database; several hosts may be named. Each process can have its own: INSYN_WEB_DATABASE_URL, INSYN_SHARE_DATABASE_URL, INSYN_WORKER_DATABASE_URL, INSYN_SCHEDULER_DATABASE_URL, INSYN_MIGRATE_DATABASE_URL, INSYN_EXPIRE_DATABASE_URL."`
	Map             string `env:"INSYN_MAP" for:"web worker scheduler migrate expire" doc:"Path of the data map. Each source in it names the variable with its address (dsn_env), such as INSYN_CRM_DSN; a process can have its own, such as INSYN_WORKER_CRM_DSN. Rows that a law keeps are erased with an address of its own alone, such as INSYN_EXPIRE_CRM_DSN (group insyn_expire): where the scheduler finds it, it does so each night."`
	RegisterDSN     secret `env:"INSYN_REGISTER_DSN" for:"web worker" doc:"PostgreSQL address of the reference register. Empty: none is searched."`
	RegisterName    string `env:"INSYN_REGISTER_NAME" for:"web worker" doc:"Who runs that register: shown as the source of what it says."`
	RegisterContact string `env:"INSYN_REGISTER_CONTACT" for:"web worker" doc:"Where a person turns to about it: they answer for their data, not we."`
	Key             secret `env:"INSYN_KEY" for:"web worker" doc:"32 random bytes in base64 or hex that seal personal data in Insyn's own tables: openssl rand -base64 32. Without it sealed values are lost for good, so keep a copy apart from the database's backups."`

	LedgerFile string `env:"INSYN_LEDGER_FILE" for:"worker" doc:"Path of a file on a disk that no database backup covers, where each erasure and each objection leaves a line of keyed hashes, so that insyn replay can repeat them after a restore. All workers of a machine share it. Empty: none, and confirmations do not promise it."`

	RedisURL       secret   `env:"REDIS_URL" for:"web worker" doc:"Redis, such as redis://localhost:6379/0 or rediss://… Not with REDIS_SENTINELS or REDIS_CLUSTER."`
	RedisSentinels []string `env:"REDIS_SENTINELS" for:"web worker" doc:"Addresses of Sentinels, host:port, separated by commas; with REDIS_MASTER."`
	RedisMaster    string   `env:"REDIS_MASTER" for:"web worker" doc:"Name of the master that the Sentinels watch."`
	RedisCluster   []string `env:"REDIS_CLUSTER" for:"web worker" doc:"Addresses of some nodes of a Redis Cluster, host:port, separated by commas."`
	RedisUser      string   `env:"REDIS_USER" for:"web worker" doc:"Login for Sentinel and Cluster; REDIS_URL holds its own."`
	RedisPassword  secret   `env:"REDIS_PASSWORD" for:"web worker" doc:"Password for Sentinel and Cluster."`
	RedisTLS       bool     `env:"REDIS_TLS" envDefault:"false" for:"web worker" doc:"TLS for Sentinel and Cluster; REDIS_URL says it with rediss."`

	WebAddr     string   `env:"INSYN_WEB_ADDR" envDefault:"127.0.0.1:8080" for:"web" doc:"Where the pages for the company listen."`
	WebURL      string   `env:"INSYN_WEB_URL" for:"web worker" doc:"Address of those pages as a browser sees it; https unless on loopback. Mails to handlers link to it."`
	Proxies     []string `env:"INSYN_TRUSTED_PROXIES" for:"web" doc:"Addresses or networks (10.0.0.0/8) of the proxies before those pages, separated by commas. Only from them is X-Forwarded-For believed, which failed logins are counted by."`
	ShareAddr   string   `env:"INSYN_SHARE_ADDR" envDefault:"127.0.0.1:8081" for:"share" doc:"Where the page for customers listens."`
	ShareURL    string   `env:"INSYN_SHARE_URL" for:"web share worker" doc:"Address of that page as a browser sees it; https unless on loopback, its own host name, under 57 characters so that no mail client breaks a link."`
	CookieKey   secret   `env:"INSYN_SHARE_COOKIE_KEY" for:"share" doc:"32 random bytes in base64 or hex for the cookies of the page for customers. Not INSYN_KEY."`
	MetricsAddr string   `env:"INSYN_METRICS_ADDR" for:"web share worker scheduler" doc:"Loopback address for /livez, /readyz and /metrics; off switches it off. Empty: 127.0.0.1 with port 9080 (web), 9081 (share), 9082 (worker), 9083 (scheduler). Each process can have its own, such as INSYN_WORKER_METRICS_ADDR."`

	SMTPHost     string `env:"INSYN_SMTP_HOST" for:"worker" doc:"Mail server that takes what Insyn sends."`
	SMTPPort     int    `env:"INSYN_SMTP_PORT" envDefault:"587" for:"worker" doc:"Its port."`
	SMTPUser     string `env:"INSYN_SMTP_USER" for:"worker" doc:"Login, where it wants one."`
	SMTPPassword secret `env:"INSYN_SMTP_PASSWORD" for:"worker" doc:"Password of the login."`
	SMTPTLS      string `env:"INSYN_SMTP_TLS" envDefault:"mandatory" for:"worker" doc:"mandatory (STARTTLS or no mail), implicit (TLS from the first byte, port 465) or off (loopback only). Certificates are checked, and nothing is ever sent in clear over a network."`
	SMTPFrom     string `env:"INSYN_SMTP_FROM" for:"worker" doc:"Sender's address. Answers go to the data protection mailbox of the settings."`
	SMTPHelo     string `env:"INSYN_SMTP_HELO" for:"worker" doc:"Name that Insyn gives itself to the mail server. Empty: the host of INSYN_SMTP_FROM."`

	Concurrency  int           `env:"INSYN_CONCURRENCY" envDefault:"8" for:"worker" doc:"Jobs that a worker process does at once, 1 to 64."`
	PoolSize     int32         `env:"INSYN_POOL_SIZE" envDefault:"0" for:"web share worker scheduler" doc:"Connections to each database at most. 0: 10, and for the worker INSYN_CONCURRENCY + 6."`
	DrainTimeout time.Duration `env:"INSYN_DRAIN_TIMEOUT" envDefault:"10s" for:"web share worker scheduler" doc:"How long work in hand may take after SIGTERM, 1s to 60s; what is not done by then starts again elsewhere."`
	LogFormat    string        `env:"INSYN_LOG_FORMAT" envDefault:"json" for:"web share worker scheduler" doc:"json or text. Logs hold ids, counts and codes only."`
	LogLevel     string        `env:"INSYN_LOG_LEVEL" envDefault:"info" for:"web share worker scheduler" doc:"debug, info, warn or error."`

	process string
	env     environ
}
