"""This project's way: its own `build` and `fit`, with its settings."""

import time

from benchmarks import timing_loop
from stages.common.params import read_params
from stages.train import determinism
from stages.train.settings import cell_of


def main() -> None:
    job = timing_loop.job()
    cell = cell_of(read_params(), job["data_set"], job["network"])
    determinism.start(threads=1)
    from stages.train.build import build
    from stages.train.fit import fit, trainer_of

    train, validation = timing_loop.images(job)
    determinism.reseed(0, cell.training.precision)
    model = build(cell, train.shape[1:])
    model.start_at_mean(train)
    training = cell.training.model_copy(update={"patience": 1_000_000})
    trainer = trainer_of(model, training)

    def seconds(epochs: int, train, validation) -> float:
        budget = cell.budget.model_copy(update={"epochs": epochs, "passes_per_epoch": 1})
        start = time.monotonic()
        fit(trainer, train, validation, budget, training, 0, "benchmark")
        return time.monotonic() - start

    def measure() -> float:
        """The steady state: the graphs are there."""
        return job["images"] * job["epochs"] / seconds(job["epochs"], train, validation)

    seconds(1, train[: job["batch_size"]], validation[: job["batch_size"]])
    parts = (model.encoder, model.decoder)
    timing_loop.serve({"parameters": sum(part.count_params() for part in parts)}, measure)


if __name__ == "__main__":
    main()
