"""The notebook way: Keras `fit` with float arrays and its defaults, on the same networks."""

import time

from benchmarks import turns
from stages.common.params import read_params
from stages.train import determinism


def main() -> None:
    job = turns.job()
    determinism.start(threads=1)
    import keras

    from stages.train.build import build

    train, validation = (images.astype("float32") / 255 for images in turns.images(job))
    built = build(read_params(), job["data_set"], job["network"], train.shape[1:])
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
    turns.serve({"parameters": model.count_params()}, measure)


if __name__ == "__main__":
    main()
