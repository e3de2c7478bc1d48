# make demo               set up, then compare all architectures on the bundled digits (no download)
# make own NAME=photos FOLDER=path   the same on a folder of your own images: docs/own-images.md
# make remove NAME=photos   such a data set taken out, with all that belongs to it; its images stay
# make test               set up, also what only tests need, then run the tests that take seconds
# make slow               the tests that take minutes
# make fuzz               settings, damaged images and files of architectures (a tenth as many) at random through the
#                         checks, EXAMPLES=2000 of them; with FIXED=1 the same ones at every run
# make lint               ruff, and mypy on stages/ and tools/
# make reproduce          everything: all data sets, all architectures; hours
# make page               the live page of every data set whose models are here: open it, try every network
# make plots              all charts and comparing pictures as one page that needs no internet connection
# make readme             the takeaways of REPORT.md and some scores, copied to README.md
# make published          published figures that take minutes, measured anew; all others: dvc repro published
# make benchmark          speed of training against a notebook and PyTorch; most of an hour on an idle machine
# make setup              set up .venv; setup-dev: also what only tests and the notebook need; export: also what
#                         exporting a model to ONNX needs
# make requirements       requirements.txt anew, after a change of uv.lock
# JOBS=4                  how many cells run side by side (default: the number of cores)
# PYTHON=...              the Python (3.11 to 3.13) to set up with
#
# All other commands: python -m tools

PYTHON ?= python3
EXAMPLES ?= 2000
JOBS ?= $(shell getconf _NPROCESSORS_ONLN)
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export UV_SYSTEM_CERTS ?= 1

.PHONY: setup setup-dev export requirements demo own remove reproduce test slow fuzz lint plots readme page published \
  benchmark

setup: .venv/ready

setup-dev: .venv/ready-dev

export: .venv/ready-export

pip := .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r
# The uv of uv.lock, for pip.
uv_pinned := .venv/bin/python -c 'import tomllib; \
  [uv] = (it for it in tomllib.load(open("uv.lock", "rb"))["package"] if it["name"] == "uv"); \
  print("uv==" + uv["version"], *("--hash=" + wheel["hash"] for wheel in uv["wheels"]))'
# Packages of uv.lock into .venv, beside those that are there. uv reads no settings of pip, and goes to the addresses in
# the lock: where a network lets only pip through, to a mirror, pip does it.
sync := UV_PROJECT_ENVIRONMENT=.venv uv sync --quiet --frozen --inexact --python .venv --compile-bytecode
with_pip := echo "uv cannot set up .venv here: pip tries, which takes longer"
group = command -v uv > /dev/null || \
  { echo "error: this needs uv, which pip could not set up: put it in PATH"; exit 1; }; \
  $(sync) --group $(1) || \
  { $(with_pip); uv export --quiet --frozen --group $(1) -o .venv/$(1).txt && $(pip) .venv/$(1).txt; }

.venv/ready: requirements.txt
	@rm -rf .venv
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
	  { echo "error: this needs Python 3.11 to 3.13; name one: make demo PYTHON=python3.12"; exit 1; }
	@echo "setting up .venv (TensorFlow is large: minutes on a first run)"
	@uv venv --quiet --seed --python $(PYTHON) .venv 2> /dev/null || $(PYTHON) -m venv .venv
	@if ! command -v uv > /dev/null; then $(uv_pinned) > .venv/uv.txt && $(pip) .venv/uv.txt 2> /dev/null; fi && \
	  $(sync) || { $(with_pip); $(pip) requirements.txt; }
	@.venv/bin/python -m tools plots --template
	@git config merge.dvc-lock.driver '.venv/bin/python -m tools merge-lock %O %A %B' || true
	@touch .venv/ready

.venv/ready-dev: .venv/ready uv.lock
	@echo "setting up what only tests and the notebook need"
	@$(call group,dev)
	@touch .venv/ready-dev

.venv/ready-export: .venv/ready uv.lock
	@echo "setting up what exporting a model needs"
	@$(call group,export)
	@touch .venv/ready-export

requirements: setup
	@uv export --quiet --frozen --no-annotate -o requirements.txt

# DVC has no words for a list in params.yaml that is none, so it is looked at first.
# A fresh clone has committed metrics but no models: whatever writes something that Git does not keep runs there. The
# last two alone: they depend on the metrics of all data sets, which are not to be run here.
demo: setup
	@python -m stages.check --lists
	@python -m tools run --jobs $(JOBS) illustrate@digits describe@digits
	@dvc repro -s judge_across report
	@echo "read $(CURDIR)/REPORT.md and $(CURDIR)/plots/digits/README.md; pictures of single architectures: data/digits/pictures/, all in one page: make plots"

# The shell reads the values from its environment, where make puts them: no quote or space in a path does harm.
own: setup
	@python -m tools own --name="$${NAME-}" --folder="$${FOLDER-}" --anomalies="$${ANOMALIES-}" --group="$${GROUP-}" \
	  --fit="$${FIT-}" --architectures="$${ARCHITECTURES-}" --size="$${SIZE-}" --patch="$${PATCH-}" \
	  --latent="$${LATENT-}" --seeds="$${SEEDS-}" --minutes="$${MINUTES-}" --classes="$${CLASSES-}" \
	  --white="$${WHITE-}" --black="$${BLACK-}" --private="$${PRIVATE-}" --jobs=$(JOBS)

remove: setup
	@python -m tools remove --name="$${NAME-}"

reproduce: setup
	@python -m stages.check --lists
	@python -m tools run --jobs $(JOBS)

test: setup-dev
	@python -m pytest -n $(JOBS) --dist worksteal -m "not slow and not data"

slow: setup-dev export
	@python -m pytest -n $(JOBS) --dist loadfile --durations 20 -m "slow and not data"

fuzz: setup-dev
	@FUZZ=$(EXAMPLES) python -m pytest -n $(JOBS) tests/check/test_fuzz.py tests/check/test_fuzz_items.py tests/prepare/test_reader.py

plots: setup
	@python -m tools plots

page: setup
	@python -m tools page

readme: setup
	@python -m tools readme

# Forced: what has been measured from the same code and data is not stale.
QUICK := pca_mnist pca_fashion_mnist pca_cifar10 clusters_mnist_pca clusters_fashion_mnist_pca squared_error_pca \
  novelty_fashion_mnist_pca
published: setup
	@python -m tools run --jobs $(JOBS) prepare@mnist prepare@fashion_mnist prepare@cifar10
	@dvc repro --force --single-item $(addprefix replicate@,$(QUICK))
	@dvc repro --single-item published

benchmarks/.venv/ready: uv.lock | .venv/ready
	@echo "setting up benchmarks/.venv (PyTorch is larger still)"
	@uv venv --quiet --clear --python .venv benchmarks/.venv
	@uv pip install --quiet --python benchmarks/.venv --group benchmarks --constraints requirements.txt
	@touch benchmarks/.venv/ready

benchmark: setup benchmarks/.venv/ready
	@python -m tools run --jobs $(JOBS) prepare@mnist prepare@cifar10
	@python -m benchmarks

lint: setup-dev
	@ruff check . && ruff format --check . && mypy
