# Node.js 22.18 or newer runs everything here: the machine's own, or one that lab/node.sh gets from npm.
SHELL := /bin/bash
NODE_BIN := $(shell sh lab/node.sh)
ifeq ($(NODE_BIN),)
$(error no Node.js 22.18 or newer: see above)
endif
export PATH := $(NODE_BIN):$(PATH)
STACK ?= lab

.PHONY: demo lab up preview destroy check test test-fast test-lab bench env clean distclean format plan-update comment-update

demo: lab
	@node lab/main.ts demo

lab: node_modules actions/dist rehearsal/dist
	@node lab/main.ts up

up preview destroy: node_modules actions/dist rehearsal/dist
	@node lab/main.ts stack $@ $(STACK) $(ARGS)

check: node_modules actions/dist rehearsal/dist
	npx tsc --noEmit -p tsconfig.json
	npx tsc --noEmit -p lab
	npx tsc --noEmit -p tests/lab
	npx tsc --noEmit -p tests/conformance
	npx tsc --noEmit -p preview-comment
	npx tsc --noEmit -p tests/preview-comment
	npx tsc --noEmit -p report
	npx tsc --noEmit -p tests/report
	npx eslint .
	npx prettier --check --log-level warn .
	$(MAKE) --no-print-directory test-fast

test: test-fast test-lab

test-fast: node_modules actions/dist rehearsal/dist
	npx mocha --config tests/fast.mocharc.json
	npx mocha --config tests/lab.mocharc.json

test-lab: node_modules actions/dist rehearsal/dist
	@node lab/main.ts test

# For a shell of one's own: eval "$(make env)"
env: node_modules
	@node lab/main.ts env

bench: lab
	@node lab/main.ts bench $(ARGS)

format: node_modules
	npx prettier --write --log-level warn .

plan-update: node_modules actions/dist rehearsal/dist
	UPDATE_PLANS=1 npx mocha --config tests/fast.mocharc.json --grep plan

comment-update: node_modules
	UPDATE_COMMENTS=1 npx mocha --no-config --extension ts tests/preview-comment/comment.test.ts

clean:
	@[ ! -d node_modules ] || node lab/main.ts down

distclean:
	@[ ! -d node_modules ] || node lab/main.ts distclean
	rm -rf node_modules actions/dist actions/tsconfig.tsbuildinfo rehearsal/dist rehearsal/tsconfig.tsbuildinfo

# --ignore-scripts: the install scripts of Pulumi's packages download plugins, which Pulumi itself does when it needs them.
node_modules: package.json actions/package.json lab/package.json preview-comment/package.json rehearsal/package.json report/package.json package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund
	@touch node_modules

actions/dist: $(shell find actions/src -name '*.ts') actions/tsconfig.json tsconfig.base.json node_modules
	npx tsc -b actions
	@touch actions/dist

# Webhook and router are one file each, so that ConfigMaps can carry them.
rehearsal/dist: $(shell find rehearsal/src -name '*.ts') rehearsal/bundle.mjs rehearsal/tsconfig.json tsconfig.base.json node_modules
	npx tsc -b rehearsal
	node rehearsal/bundle.mjs
	@touch rehearsal/dist
