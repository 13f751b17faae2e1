# `make demo` shows a whole issuance, `make test` tests the code. Both install packages from npm; see README.md.
# The targets below the line take longer, or need Debian packages. `.ci/run` runs a time-limited version of each.
.PHONY: install build check test demo playground signer-hash size bench fuzz fuzz-python kill-test soak race-test simulate test-programs test-s3 test-nodes test-browser release release-test \
  laptop-image laptop-image-test

TSX = npx tsx

# npm writes this file when all packages are installed, so a manual `npm ci` counts too.
install: node_modules/.package-lock.json
node_modules/.package-lock.json: package.json package-lock.json
	npm ci --ignore-scripts --no-fund --no-audit --loglevel=error
	@touch $@

build: install
	$(TSX) .tools/build.ts

check: install
	npx tsc
	npx tsc -p online/transfer/courier
	npx tsc -p online/holders/page
	npx biome check --error-on-warnings
	$(TSX) .tools/prose/check.ts
	$(TSX) .tools/check-signer.ts

# A run with fewer tests fails, because tests could be lost unnoticed. Raise the number with new tests.
test: check build
	$(TSX) .tools/test.ts --code --min 2500

demo: build
	@$(TSX) fixtures/demo/demo.ts

# Starts the node of the last demo again.
playground: build
	@$(TSX) fixtures/demo/start-playground.ts

# ---------------------------------------------------------------------------------------------------------------------

# Tests the built programs in parallel: whole issuances, every command of the handbook, hundreds of wrong inputs.
test-programs: build
	$(TSX) .tools/test.ts --programs --min 600

# Writes the new hashes after an intended change of the laptop's programs; commit them with the change.
signer-hash: install
	$(TSX) .tools/check-signer.ts --write

size: build
	$(TSX) .tools/bench/size.ts

# Measures speed; BENCH=--quick runs fewer measurements, BENCH=--write updates the published table. Signing by camera
# and the page for token holders need Debian's chromium.
bench: build
	$(TSX) .tools/bench/run.ts $(BENCH)
	$(TSX) .tools/bench/qr.ts
	$(TSX) .tools/bench/holders.ts $(filter --quick,$(BENCH))

# Random inputs, then random chains of redemptions; SEED=N repeats a run.
FUZZ_SECONDS = 300
CHAIN_SECONDS = 30
fuzz: install
	$(TSX) .tools/fuzz/fuzz.ts --seconds $(FUZZ_SECONDS) $(if $(SEED),--seed $(SEED))
	$(TSX) .tools/fuzz/redemption-chains.ts --seconds $(CHAIN_SECONDS) $(if $(SEED),--seed $(SEED))

# Compares mappings in random layouts with CPython's json. Needs python3.
fuzz-python: install
	$(TSX) fixtures/python/compare-with-python.ts --seconds $(FUZZ_SECONDS) $(if $(SEED),--seed $(SEED))

# Kills the program, or fails its disk or network, at every step. SECONDS_MAX=300 limits the time.
kill-test: build
	$(TSX) fixtures/kill/kill.ts $(if $(SECONDS_MAX),--seconds $(SECONDS_MAX))

# Issuances in alternating roles under random faults. SEED=N repeats a run, SECONDS_MAX stops early.
soak: build
	$(TSX) fixtures/soak/soak.ts --issuances $(or $(ISSUANCES),200) $(if $(SEED),--seed $(SEED)) \
	  $(if $(SECONDS_MAX),--seconds $(SECONDS_MAX))

# Random schedules of the protocol in one process. MUTANTS=1 tests that the simulation finds deliberate faults.
simulate: install
	$(TSX) fixtures/simulation/$(if $(MUTANTS),mutants/main.ts,main.ts) --seconds $(or $(SECONDS),20) --seed $(or $(SEED),1) $(SIMULATE)

race-test: build
	RACE_SECONDS=$(or $(RACE_SECONDS),120) $(TSX) .tools/test.ts --min 1 fixtures/races/races.live.ts

# Tests with a real S3 server on loopback. Installs Ceph from Debian's packages as root, if needed. The test of a page
# in a bucket needs chromium and firefox-esr.
test-s3: build
	fixtures/s3/up.sh .build/s3
	RACE_SECONDS=$(or $(RACE_SECONDS),120) $(TSX) .tools/test.ts --min 34 online/store/s3/s3.live.ts fixtures/races/s3.live.ts \
	  online/cli/commands/setup/init.live.ts fixtures/walkthrough/s3.live.ts online/holders/tests/bucket.live.ts; \
	status=$$?; fixtures/s3/up.sh .build/s3 stop; exit $$status

# All tests on newer Node versions, whose binaries come from npm (Linux on x64). TESTS="shared offline" MIN=900 runs a part.
test-nodes: build
	npm ci --ignore-scripts --no-fund --no-audit --loglevel=error --prefix .tools/nodes
	for version in $(or $(NODES),22 24); do \
	  PATH="$(CURDIR)/.tools/nodes/node_modules/node-$$version/bin:$$PATH" node --import tsx .tools/test.ts --min $(or $(MIN),3000) $(TESTS) \
	  || exit 1; done

# Browser tests in Chromium and Firefox; needs Debian's chromium and firefox-esr. Tests that do not depend on the
# browser run in Chromium only. The longest files come first, so that two cores end at the same time.
test-browser: build
	$(TSX) .tools/test.ts --min 109 $(addprefix online/transfer/courier/tests/,firefox.live.ts courier.live.ts issuance.live.ts screen-pixels.live.ts page.live.ts) \
		$(addprefix online/holders/tests/,chromium.live.ts firefox.live.ts)

# Makes the release for controllers in release/. SIGN_KEY=FILE signs it with an SSH key; IMAGE=1 adds the laptop's image.
release: $(if $(IMAGE),laptop-image,build)
	$(TSX) .tools/release/release.ts $(if $(IMAGE),--image .build/image/countersign-laptop.iso)

# Builds the release in another folder and with newer Node versions, compares the bytes, and installs it without a
# network. Needs npm, python3, unzip and ssh-keygen.
release-test: build
	npm ci --ignore-scripts --no-fund --no-audit --loglevel=error --prefix .tools/nodes
	$(TSX) .tools/test.ts --min 11 .tools/release/release.live.ts

# Builds the laptop's boot image from Debian packages (needs apt, no root). UPDATE=1 writes new lists of packages.
laptop-image: build
	npm ci --ignore-scripts --no-fund --no-audit --loglevel=error --prefix .tools/nodes
	$(TSX) .tools/release/image/image.ts $(if $(UPDATE),--update)

# Starts the image in QEMU. FULL=1 also builds the image twice, and tests damaged sticks and a power cut. Installs QEMU
# as root.
laptop-image-test: build
	npm ci --ignore-scripts --no-fund --no-audit --loglevel=error --prefix .tools/nodes
	offline/image/testing/install
	$(TSX) .tools/release/image/image.ts --or-newer --out .build/image/laptop.iso
	$(TSX) .tools/test.ts --limit $(if $(FULL),3000,1500) --min $(if $(FULL),19,12) $(addprefix offline/image/testing/,start.live.ts $(if $(FULL),hostile.live.ts))
