.PHONY: install build test demo check

install: node_modules/.installed
node_modules/.installed: package-lock.json
	npm ci --ignore-scripts --no-fund --no-audit --loglevel=error
	@touch $@

build: install
	npx tsx .tools/build.ts

check: install
	npx tsc
	npx biome check

test: install build
	npx tsx .tools/test.ts
