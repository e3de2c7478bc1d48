"""Determinism: threads, seeds and precision, fixed so that the same commit on the same machine gives the same bytes."""

import contextlib
import logging
import os
from collections.abc import Iterator

from threadpoolctl import threadpool_limits


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Hides what TensorFlow writes past Python, while it loads, about GPUs that are not there."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def start(threads: int) -> None:
    """Fix the number of threads: it changes the last bits of every sum.

    More cores are used by running cells side by side. Libraries that are loaded later read the environment.
    """
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # TensorFlow leaves it out where there is no AVX-512
    os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), str(threads))
    with _quiet():
        import keras

    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # it takes many models in one process for a mistake
    if keras.backend.backend() == "tensorflow":
        import tensorflow

        tensorflow.config.threading.set_intra_op_parallelism_threads(threads)
        tensorflow.config.threading.set_inter_op_parallelism_threads(1)
    threadpool_limits(threads)


def reseed(seed: int, precision: str = "float32") -> None:
    """Start afresh from a seed: weights, order of the images, noise, and the names that Keras gives to layers."""
    import keras

    keras.backend.clear_session(free_memory=False)  # it forgets the precision as well
    keras.config.set_dtype_policy(precision)
    keras.utils.set_random_seed(seed)
