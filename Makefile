# `make demo` shows it, `make test` checks it; both install what they need from npm. See README.md.
.PHONY: install build check test demo test-s3

TSX = npx tsx

install: node_modules/.installed
node_modules/.installed: package.json package-lock.json
	npm ci --ignore-scripts --no-fund --no-audit --loglevel=error
	@touch $@

build: install
	$(TSX) .tools/build.ts

check: install
	npx tsc
	npx biome check --error-on-warnings

# The number guards against tests that are lost without a sound; raise it with every new one.
test: check build
	$(TSX) .tools/test.ts --min 300

demo: build
	@$(TSX) fixtures/demo/demo.ts

# Against a real S3 server on loopback; installs Ceph from Debian's packages if it is not there, as root.
test-s3: install
	fixtures/s3/up.sh .build/s3
	$(TSX) .tools/test.ts --min 27 online/store/s3.live.ts; status=$$?; fixtures/s3/up.sh .build/s3 stop; exit $$status
