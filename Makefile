# `make demo` shows it, `make test` checks it; both install what they need from npm. See README.md.
# The targets below the line take longer, or need Debian's packages; `.ci/run` runs a time-boxed version of each.
.PHONY: install build check test demo playground signer-hash size bench fuzz fuzz-python kill-test soak race-test simulate test-s3 test-nodes test-browser release release-test \
  laptop-image laptop-image-test

TSX = npx tsx

# npm writes this file itself once all packages are there, so `npm ci` by hand counts too.
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

# The number guards against tests that are lost without a sound; raise it with new ones.
test: check build
	$(TSX) .tools/test.ts --min 2900

demo: build
	@$(TSX) fixtures/demo/demo.ts

# What the last demo left, with its node started again.
playground: build
	@$(TSX) fixtures/demo/play.ts

# ---------------------------------------------------------------------------------------------------------------------

# After a change of the signer that is meant: the new hash, to be committed with it.
signer-hash: install
	$(TSX) .tools/check-signer.ts --write

size: build
	$(TSX) .tools/bench/size.ts

# The table of speed; BENCH=--quick for a short one, BENCH=--write puts it where it is published. Then the figures of
# signing by camera and of the page for token holders, which need Debian's chromium.
bench: build
	$(TSX) .tools/bench/run.ts $(BENCH)
	$(TSX) .tools/bench/qr.ts
	$(TSX) .tools/bench/holders.ts $(filter --quick,$(BENCH))

# Random inputs, then random chains of redemptions; SEED=N repeats a run.
FUZZ_SECONDS = 300
CHAIN_SECONDS = 30
fuzz: install
	$(TSX) .tools/fuzz/fuzz.ts --seconds $(FUZZ_SECONDS) $(if $(SEED),--seed $(SEED))
	$(TSX) .tools/fuzz/chains.ts --seconds $(CHAIN_SECONDS) $(if $(SEED),--seed $(SEED))

# Mappings in random layouts against CPython's json; needs python3.
fuzz-python: install
	$(TSX) fixtures/python/compare.ts --seconds $(FUZZ_SECONDS) $(if $(SEED),--seed $(SEED))

# Every step killed and failing; SECONDS_MAX=300 takes as many of them, evenly spread, as that allows.
kill-test: build
	$(TSX) fixtures/kill/kill.ts $(if $(SECONDS_MAX),--seconds $(SECONDS_MAX))

# Issuances by alternating roles under random faults; SEED=N repeats a run, SECONDS_MAX stops early with what there is.
soak: build
	$(TSX) fixtures/soak/soak.ts --issuances $(or $(ISSUANCES),200) $(if $(SEED),--seed $(SEED)) \
	  $(if $(SECONDS_MAX),--seconds $(SECONDS_MAX))

# Schedules of the protocol in one process, chosen by a seed; MUTANTS=1 proves that it finds deliberate faults.
simulate: install
	$(TSX) fixtures/simulation/$(if $(MUTANTS),mutants/main.ts,main.ts) --seconds $(or $(SECONDS),20) --seed $(or $(SEED),1) $(SIMULATE)

race-test: build
	RACE_SECONDS=$(or $(RACE_SECONDS),120) $(TSX) .tools/test.ts --min 1 fixtures/races/races.live.ts

# Against a real S3 server on loopback; installs Ceph from Debian's packages if it is not there, as root. The page in a bucket
# needs chromium and firefox-esr.
test-s3: build
	fixtures/s3/up.sh .build/s3
	RACE_SECONDS=$(or $(RACE_SECONDS),120) $(TSX) .tools/test.ts --min 34 online/store/s3/s3.live.ts fixtures/races/s3.live.ts \
	  online/cli/commands/setup/init.live.ts fixtures/walkthrough/s3.live.ts online/holders/tests/bucket.live.ts; \
	status=$$?; fixtures/s3/up.sh .build/s3 stop; exit $$status

# Every test on newer Nodes too, whose binaries come from npm (Linux on x64). TESTS="shared offline" MIN=900 runs a part.
test-nodes: build
	npm ci --ignore-scripts --no-fund --no-audit --loglevel=error --prefix .tools/nodes
	for version in $(or $(NODES),22 24); do \
	  PATH="$(CURDIR)/.tools/nodes/node_modules/node-$$version/bin:$$PATH" node --import tsx .tools/test.ts --min $(or $(MIN),2900) $(TESTS) \
	  || exit 1; done

# In a real Chromium and a real Firefox; needs Debian's chromium and firefox-esr. What does not depend on the browser is
# tested in Chromium alone. The longest files come first, so that two cores end at the same time.
test-browser: build
	$(TSX) .tools/test.ts --min 103 $(addprefix online/transfer/courier/tests/,firefox.live.ts courier.live.ts issuance.live.ts screen.live.ts page.live.ts) \
		$(addprefix online/holders/tests/,chromium.live.ts firefox.live.ts)

# What is given to controllers, in release/; SIGN_KEY=FILE signs it with an SSH key.
release: build
	$(TSX) .tools/release/release.ts

# The same bytes from another folder and with newer Nodes, installed without a network; needs npm, python3, unzip and ssh-keygen.
release-test: build
	npm ci --ignore-scripts --no-fund --no-audit --loglevel=error --prefix .tools/nodes
	$(TSX) .tools/test.ts --min 8 .tools/release/release.live.ts

# The image that a laptop starts from, beside the release, from Debian's packages (apt, no root). UPDATE=1 writes new lists of them.
laptop-image: build
	npm ci --ignore-scripts --no-fund --no-audit --loglevel=error --prefix .tools/nodes
	$(TSX) .tools/release/image/image.ts $(if $(UPDATE),--update)

# The image as it starts, in QEMU; FULL=1 also builds it twice, and tries damaged sticks and a pulled plug. Installs QEMU as root.
laptop-image-test: build
	npm ci --ignore-scripts --no-fund --no-audit --loglevel=error --prefix .tools/nodes
	offline/image/testing/install
	$(TSX) .tools/release/image/image.ts --or-newer --out .build/image/laptop.iso
	FULL=$(FULL) $(TSX) .tools/test.ts --limit 1500 --min $(if $(FULL),14,8) $(addprefix offline/image/testing/,bios.live.ts uefi.live.ts \
	  $(if $(FULL),hostile.live.ts twice.live.ts))
