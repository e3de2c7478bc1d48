# make demo               set up, then compare all architectures on the bundled digits (no download)
# make test               set up, then run the tests that take seconds
# make reproduce          everything: all data sets, all architectures; hours
# make diff BASE=main     what changed since a revision, in Markdown, and whether it is real
# make compare BASE=main  the same, with the digits run from scratch at both commits; also as a page with pictures
# make experiments        the experiments since the last commit, as readable tables
# make plots              all charts and comparing pictures as one page that needs no network
# make plots BASE=main    the same with those of a revision beside them
# make readme             bring the report's takeaways to README.md
# make check-lock         do the committed results belong to the committed code and settings?
# make share              push all runs to the DVC remote, so that another clone trains nothing
# JOBS=4                  how many cells run side by side (default: the number of cores)
# PYTHON=...              the Python (3.11 to 3.13) to set up with

PYTHON ?= python3
BASE ?= main
JOBS ?= $(shell getconf _NPROCESSORS_ONLN)
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.PHONY: setup demo reproduce test slow lint diff compare experiments plots readme check-lock share

setup: .venv/ready

.venv/ready: requirements.txt
	@rm -rf .venv
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
	  { echo "error: this needs Python 3.11 to 3.13; name one: make demo PYTHON=python3.12"; exit 1; }
	@echo "setting up .venv (TensorFlow is large: minutes on a first run)"
	@if command -v uv > /dev/null; then \
	  uv venv --quiet --python $(PYTHON) .venv && \
	  uv pip install --quiet --python .venv --compile-bytecode --require-hashes -r requirements.txt; \
	else \
	  $(PYTHON) -m venv .venv && \
	  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt; \
	fi
	@.venv/bin/python -m tools.page --template
	@touch .venv/ready

# A fresh clone has committed metrics but no models: whatever writes something that Git does not keep runs there. The
# report alone: it depends on the metrics of all data sets, which are not to be run here.
demo: setup
	@python -m tools.run --jobs $(JOBS) illustrate@digits compare@digits
	@dvc repro -s report
	@echo "read $(CURDIR)/REPORT.md; pictures of single architectures: data/pictures/digits/, all in one page: make plots"

reproduce: setup
	@python -m tools.run --jobs $(JOBS)

test: setup
	@python -m pytest -n $(JOBS) --dist worksteal -m "not slow and not data"

slow: setup
	@python -m pytest -n $(JOBS) --dist loadfile -m "slow and not data"

diff: setup
	@python -m tools.diff --base $(BASE) $(if $(HEAD),--head $(HEAD)) $(if $(ADDRESS),--address $(ADDRESS))

compare: setup
	@python -m tools.pull_request --base $(BASE) $(if $(HEAD),--head $(HEAD)) --jobs $(JOBS) \
	  $(if $(ADDRESS),--address $(ADDRESS))

# BASE has a default, which is for `make diff`.
experiments: setup
	@python -m tools.experiments $(if $(filter-out file,$(origin BASE)),--base $(BASE))

plots: setup
	@python -m tools.page $(if $(filter-out file,$(origin BASE)),--base $(BASE))

# The takeaways, date and machine in README.md, from REPORT.md.
readme: setup
	@python -m tools.readme

check-lock: setup
	@python -m tools.check_lock

share: setup
	@dvc push --no-run-cache && python -m tools.share

lint: setup
	@ruff check . && ruff format --check .
