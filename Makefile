# Both ways in do their own set-up: `make run` to try Roster, `make test` to prove it.

LISTEN       ?= 127.0.0.1:8080
DATABASE_URL ?= roster-demo.db

# One throwaway Postgres for all packages, or the one that TEST_DATABASE_URL names; without either, SQLite alone.
withpg := go run ./internal/store/storetest/withpg

# Nobody without a network is to wait for npm.
npm := npm --loglevel=error --prefer-offline --fetch-retries=1 --fetch-retry-mintimeout=1000 --fetch-timeout=30000

# The race detector looks at everything but SQLite's own code, which is C, translated to Go by a program: under it the tests
# take twice as long. What SQLite locks with is looked at; without that, the detector sees races where there are none.
# It does not look at the hash of a password either, a sum that shares nothing with anybody, nor at what reads a mail byte by
# byte: what Roster does with the mail is looked at.
race := -race -gcflags=modernc.org/sqlite/lib=-race=false -gcflags=golang.org/x/crypto/argon2=-race=false \
	-gcflags=github.com/emersion/go-smtp=-race=false

.DEFAULT_GOAL := help
.PHONY: help run test soak bench check clients generate graphiql browser

help: ## Say what can be made.
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 12

run: graphiql ## Serve the demo: practices, clients and people in every state. LISTEN and DATABASE_URL can be set.
	@[ -f bin/roster ] || echo 'Building Roster. The first time takes a few minutes.'
	@go build -o bin/roster ./cmd/roster
	@LISTEN='$(LISTEN)' DATABASE_URL='$(DATABASE_URL)' bin/roster demo

# The browser's part comes alone, since it is slow beside others, and says what it saw or what it lacks.
test: graphiql browser ## Test everything: on SQLite, on Postgres where it is found, in a browser where Chromium is found.
	@$(withpg) sh -ec 'go test $(race) -timeout 40m $$(go list ./... | grep -v /internal/web/browser$$); \
		go test $(race) -timeout 40m -count=1 -v ./internal/web/browser'

soak: graphiql browser ## Test for hours what minutes cannot show: races, faults, many rows.
	@SOAK=1 $(withpg) go test $(race) -timeout 0 -count=1 -p 1 ./...

bench: ## Measure Roster beside a bare handler, and beside PostGraphile where npm can fetch it. BENCH can hold flags: -only switcher.
	@if command -v npm >/dev/null && [ ! -d web/bench/node_modules ]; then $(npm) ci --prefix web/bench >/dev/null 2>&1 || true; fi
	@go run ./internal/bench -write internal/bench/figures.txt $(BENCH)

check: ## Check form, sense and known weaknesses, and that generating again changes nothing.
	@bash .ci/check

clients: browser ## Check the schema and what clients make of it: lint, breaking changes, Relay, TypeScript.
	@npm run --silent --prefix web/clients check

generate: ## Make again what programs make: the entities' code, the API's, and the migrations.
	@go generate ./ent
	@go generate ./graph
	@go generate ./internal/store

graphiql: ## Build GraphiQL by npm, so that it works without a network.
	@if [ -z "$$(find web/package-lock.json web/vite.config.js web/src -newer web/dist/graphiql/manifest.json 2>&1)" ]; then exit 0; fi; \
	if command -v npm >/dev/null && $(npm) ci --prefix web >/dev/null 2>&1 && npm run --silent --prefix web build; then exit 0; fi; \
	echo 'GraphiQL cannot be built, so it will come from a public CDN: npm is missing, is older than Node.js 20.19, or cannot reach its'; \
	echo 'registry. `npm ci --prefix web && npm run build --prefix web` says why.'

browser: # What it lacks, the test says.
	@for folder in browser audit clients; do \
		if [ web/$$folder/node_modules/.package-lock.json -nt web/$$folder/package-lock.json ]; then continue; fi; \
		if command -v npm >/dev/null; then $(npm) ci --prefix web/$$folder >/dev/null 2>&1 || true; fi; \
	done
