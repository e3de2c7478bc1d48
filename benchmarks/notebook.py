"""The notebook way: Keras `fit` with float arrays and its defaults, on the same networks."""

import time

from benchmarks import timing_loop
from stages.common.params import read_params
from stages.train import determinism
from stages.train.settings import cell_of


def main() -> None:
    job = timing_loop.job()
    determinism.start(threads=1)
    import keras

    from stages.train.build import build

    train, validation = (images.astype("float32") / 255 for images in timing_loop.images(job))
    built = build(cell_of(read_params(), job["data_set"], job["network"]), train.shape[1:])
    model = keras.Model(built.encoder.input, built.decoder(built.encoder.output))
    model.compile("adam", "mse")

    def fit(epochs: int, train, validation) -> None:
        model.fit(
            train,
            train,
            batch_size=job["batch_size"],
            epochs=epochs,
            validation_data=(validation, validation),
            verbose=0,
        )

    def measure() -> float:
        start = time.monotonic()
        fit(job["epochs"], train, validation)
        return job["images"] * job["epochs"] / (time.monotonic() - start)

    fit(1, train[: job["batch_size"]], validation[: job["batch_size"]])
    timing_loop.serve({"parameters": model.count_params()}, measure)


if __name__ == "__main__":
    main()
