"""This project's way: its own `build` and `fit`, with its settings."""

import time

from benchmarks import turns
from stages.common.params import read_params
from stages.train import determinism


def main() -> None:
    job, params = turns.job(), read_params()
    determinism.start(threads=1)
    from stages.evaluate.measures.cost import multiply_adds
    from stages.train.build import build
    from stages.train.fit import fit, trainer_of

    train, validation = turns.images(job)
    determinism.reseed(0, params["training"]["precision"])
    model = build(params, job["data_set"], job["network"], train.shape[1:])
    model.start_at_mean(train)
    training = params["training"] | {"patience": 1_000_000}
    trainer = trainer_of(model, training)

    def seconds(epochs: int, train, validation) -> float:
        data = params["data"][job["data_set"]] | {"epochs": epochs, "passes_per_epoch": 1}
        start = time.monotonic()
        fit(trainer, train, validation, data, training, 0, "benchmark")
        return time.monotonic() - start

    def measure() -> float:
        """The steady state: the graphs are there."""
        return job["images"] * job["epochs"] / seconds(job["epochs"], train, validation)

    seconds(1, train[: job["batch_size"]], validation[: job["batch_size"]])
    parts = (model.encoder, model.decoder)
    turns.serve(
        {
            "parameters": sum(part.count_params() for part in parts),
            "multiply_adds": sum(multiply_adds(part) for part in parts),
        },
        measure,
    )


if __name__ == "__main__":
    main()
