"""Libraries of stages that need TensorFlow, for the process that forked.py forks; importing this loads them."""

import signal
from importlib import import_module

from stages.common.params import read_params
from stages.train import determinism

# Ctrl-C ends whoever started this, and with that this process.
heard = signal.signal(signal.SIGINT, signal.SIG_IGN)
determinism.start(read_params()["training"]["threads"])
for name in ("sklearn.linear_model", "sklearn.mixture", "sklearn.neighbors", "skimage.restoration", "PIL.Image"):
    import_module(name)
signal.signal(signal.SIGINT, heard)
