# make demo   see it work         make test   all tests        make bench  figures
# make lint   linters             make deps   what tests need  make build  the binary
# make mentions  how well one person is found in labelled texts
# make bench-large  large figures make schemas  two foreign schemas
# make schemas  the data map on two systems that we did not design
SHELL := /bin/bash

# step,what,command: does it and says how long it took
step = printf '%-26s … ' '$(1)'; begun=$${EPOCHREALTIME/./}; $(2) && \
	awk -v a=$$begun -v b=$${EPOCHREALTIME/./} 'BEGIN { printf "%5.1f s\n", (b - a) / 1000000 }'

.PHONY: demo build test mentions bench bench-large schemas lint deps config-table

demo:
	@$(call step,Go packages,go mod download)
	@$(call step,build,go build -o bin/insyn ./cmd/insyn)
	@exec ./bin/insyn demo $(ARGS)

build:
	go build -trimpath -o bin/insyn ./cmd/insyn

# -p: packages at once; several share one PostgreSQL and, in the walk, a browser. The last one measures how fast lost work is found again: alone.
test: deps mentions
	@go vet ./...
	@go test -timeout 20m -p 4 $$(go list ./... | grep -v '/e2e$$'); rest=$$?; go test -timeout 20m ./cmd/insyn/e2e && [ $$rest = 0 ] && \
		echo "All tests passed." || { echo "Some tests failed: see FAIL above."; exit 1; }

# How well one person is found in labelled texts; fails under the gate.
mentions: deps
	@bash .ci/mentions.sh

# Beside the floor in hand-written SQL. INSYN_BENCH_PERSONS and INSYN_BENCH_HISTORY ask for another CRM than 20,000 persons with 1,000,000 history rows. Memory as a worker has it.
bench: deps
	@GOGC=400 GOMEMLIMIT=112MiB go test -run '^$$' -bench 'Figures' -benchtime 1x -timeout 60m ./cmd/insyn/bench

# A person with a million rows, and CRMs of 100,000 to 10,000,000 history rows: an hour, 20 GB of disk the first time.
bench-large: deps
	@GOGC=400 GOMEMLIMIT=112MiB go test -run '^$$' -bench 'Largest|CollectLarge|Growth|Candidates' -benchtime 1x -timeout 180m -v ./cmd/insyn/bench

# The data map on Request Tracker and Redmine, whose schemas come from their Debian packages.
schemas: deps
	@bash .ci/schemas.sh
	@go test -tags schemas -count 1 -v -timeout 20m ./cmd/insyn/schemas

lint:
	@bash .ci/lint.sh

deps:
	@bash .ci/deps.sh

# Writes the table of environment variables into the README; a test holds it to the code.
config-table:
	@table=$$(go run ./cmd/insyn help config) && printf '%s\n' "$$table" | sed -i -e '/<!-- config -->/,/<!-- \/config -->/{//!d}' -e '/<!-- config -->/r /dev/stdin' README.md
