"""Every use orders a perfect, a degraded and a useless code rightly, and agrees with reference implementations."""

import io
import itertools

import numpy as np
import pytest
from conftest import ROOT, blobs
from PIL import Image
from scipy.linalg import sqrtm
from sklearn.decomposition import PCA
from sklearn.metrics import roc_auc_score

from stages import entropy
from stages.baselines import baselines
from stages.catalogue import load, names, read_params
from stages.cell import Data, Functions
from stages.corruptions import corrupted
from stages.health import health, prior_gap, sparsity
from stages.measures import psnr
from stages.sampling import RESAMPLES, resampled, resampled_means, spread
from stages.tasks import anomaly, compression, denoising, features, generation, reconstruction
from stages.trained import draw, fit_mixture

SHAPE = (12, 12, 1)


def bars(n, image_shape, seed):
    """uint8 images of a horizontal or vertical bar, and which it is."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, 2, n)
    images = blobs(n, image_shape, seed).astype(int)
    for image, label in zip(images, labels, strict=True):
        place = random.integers(2, min(image_shape[:2]) - 3)
        bar = image[place : place + 2] if label else image[:, place : place + 2]
        bar += 150
    return np.clip(images, 0, 255).astype(np.uint8), labels


def flat(images):
    return images.reshape(len(images), -1) / np.float32(255)


def make_data(image_shape=SHAPE, labelled=True):
    parts = {
        name: bars(n, image_shape, seed)
        for seed, (name, n) in enumerate({"train": 400, "validation": 90, "test": 200}.items())
    }
    labels = [parts[name][1] if labelled else None for name in parts]
    random = np.random.default_rng(9)
    projection = random.normal(size=(np.prod(image_shape), 8))
    return Data(
        *(parts[name][0] for name in parts),
        *labels,
        showcase=np.arange(5),
        outliers=random.integers(0, 256, (150, *image_shape)).astype(np.uint8),
        features=lambda images: np.maximum(
            flat(np.asarray(images) * (1 if images.dtype == np.uint8 else 255)) @ projection, 0
        ),
    )


def principal(data, k=12):
    """A linear autoencoder in numpy."""
    shape = data.train.shape[1:]
    pca = PCA(k, random_state=0).fit(flat(data.train))

    def decode(latents):
        return pca.inverse_transform(latents).reshape(-1, *shape).astype(np.float32)

    def encode(images):
        return pca.transform(flat(images)).astype(np.float32)

    mixture = fit_mixture(encode(data.train), 0)
    return Functions(encode, decode, sample_mixture=lambda n, seed: decode(draw(mixture, n, seed)))


@pytest.fixture(scope="module")
def tasks():
    return read_params(ROOT / "params.yaml")["tasks"]


@pytest.fixture(scope="module")
def data(tasks):
    plain = make_data()
    return with_baselines(plain, tasks)


def with_baselines(data, tasks):
    scores = baselines(data, tasks, [0])["scores"]
    first = {t: {n: {m: v[0] for m, v in own.items()} for n, own in by_name.items()} for t, by_name in scores.items()}
    return data._replace(baselines=first)


# What every task has to keep


@pytest.mark.parametrize("task", names("tasks"))
@pytest.mark.parametrize(("image_shape", "labelled"), [(SHAPE, True), ((9, 14, 3), False)])
def test_contract(task, image_shape, labelled, tasks):
    module = load("tasks", task)
    assert module.MAIN in module.HEADLINE and module.MARGIN in ("relative", "absolute")
    data = with_baselines(make_data(image_shape, labelled), tasks)
    model = principal(data)
    scores = module.score(model, data, 0, **tasks[task])
    if task == "features" and not labelled:
        assert scores == {} and data.baselines[task] == {}
        return
    assert set(module.HEADLINE) <= set(scores)
    for name, value in scores.items():
        assert isinstance(value, float | list), name
        assert not isinstance(value, float) or np.isfinite(value), name
    for own in [scores, *data.baselines[task].values()]:
        values = own[f"{module.MAIN}_resampled"]
        assert len(values) == RESAMPLES and np.isfinite(values).all()
        if task != "generation":  # the Frechet distance of resampled images is larger, as it should be
            assert np.mean(values) == pytest.approx(own[module.MAIN], rel=0.1, abs=0.2)
    assert set(module.REFERENCES) <= set(data.baselines[task])
    assert module.score(model, data, 0, **tasks[task]) == scores


def test_reconstruction_has_the_mean_image_as_its_floor(data):
    found = reconstruction.baselines(data, 0)["mean_image"]
    by_hand = np.mean((flat(data.test) - flat(data.train).mean(axis=0)) ** 2)
    assert found["mse"] == pytest.approx(by_hand, rel=1e-5)
    assert reconstruction.score(principal(data), data, 0)["mse"] < found["mse"]


# Compression


def test_coder_gives_back_every_number_in_about_as_many_bits_as_the_entropy():
    random = np.random.default_rng(0)
    shape = (5000, 3)
    train, test = (np.rint(random.normal(0, (1, 5, 0.01), shape)).astype(int) for _ in range(2))
    tables = entropy.tables_of(train)
    test = entropy.clipped(test, tables)
    stream = entropy.encoded(test, tables)
    np.testing.assert_array_equal(entropy.decoded(stream, len(test), tables), test)
    bits = 0.0
    for column in test.T:
        shares = np.unique(column, return_counts=True)[1] / len(column)
        bits -= len(column) * np.sum(shares * np.log2(shares))
    assert bits * 0.995 < 32 * len(stream) < bits * 1.02 + 64


def test_coder_of_a_codebook_takes_codes_never_seen():
    tables = entropy.tables_of(np.zeros((10, 2), int), size=4)
    numbers = np.array([[3, 0], [1, 2]])
    np.testing.assert_array_equal(entropy.decoded(entropy.encoded(numbers, tables), 2, tables), numbers)


def test_compression_orders_codes(data, tasks):
    """The components themselves; the same, drowned in useless dimensions; a constant."""
    good = principal(data)
    random = np.random.default_rng(0)

    def padded(images):
        return np.hstack([good.encode(images), random.normal(0, 3, (len(images), 12)).astype(np.float32)])

    models = {
        "good": good,
        "padded": Functions(padded, lambda latents: good.decode(latents[:, :12])),
        "constant": Functions(lambda x: np.zeros((len(x), 4), np.float32), lambda z: np.full((len(z), *SHAPE), 0.5)),
    }
    gains = {n: compression.score(m, data, 0, **tasks["compression"])["psnr_gain"] for n, m in models.items()}
    assert gains["good"] > gains["padded"] > gains["constant"]
    assert data.baselines["compression"]["pca_coder"]["psnr_gain"] == pytest.approx(0)


def test_more_bits_cost_more_and_look_better(data, tasks):
    scores = compression.score(principal(data), data, 0, **tasks["compression"])
    assert (np.diff(scores["rates"]) > 0).all() and scores["psnrs"][-1] > scores["psnrs"][0]
    model = principal(data)
    exact = psnr(data.test / 255, np.clip(model.decode(model.encode(data.test)), 0, 1)).mean()
    assert scores["psnrs"][-1] == pytest.approx(exact, abs=0.1)


def test_a_discrete_code_is_counted_by_its_indices(data, tasks):
    random = np.random.default_rng(0)
    model = principal(data)._replace(code=lambda images: random.integers(0, 16, (len(images), 9)), codebook_size=16)
    scores = compression.score(model, data, 0, **tasks["compression"])
    assert scores["bits_per_pixel"] == pytest.approx(9 * 4 / np.prod(SHAPE[:2]), rel=0.05)
    assert len(scores["rates"]) == 1


def test_jpeg_without_header_leaves_out_what_all_files_share():
    images = blobs(2, (16, 16, 1))
    files = []
    for image in images:
        file = io.BytesIO()
        Image.fromarray(image.squeeze()).save(file, "JPEG", quality=50)
        files.append(file.getvalue())
    headers = {file[: len(file) - 2 - compression._scan_length(file)] for file in files}
    assert len(headers) == 1 and len(headers.pop()) > 300
    assert all(0 < compression._scan_length(file) < 200 for file in files)


# Denoising


def test_damage_is_what_it_says():
    images = np.full((200, 20, 20, 1), 128, np.uint8)
    noisy = corrupted(images, "gaussian", 0.1, 0)
    assert noisy.std() / 255 == pytest.approx(0.1, rel=0.02)
    salted = corrupted(images, "salt_and_pepper", 0.1, 0)
    assert np.mean(salted == 255) == pytest.approx(0.05, abs=0.005) and np.mean(salted == 0) == pytest.approx(
        0.05, abs=0.005
    )
    assert np.mean(corrupted(images, "block", 0.4, 0) == 0) == pytest.approx(0.16)
    edge = np.tile(np.repeat([0, 255], 10)[None, :, None], (20, 1, 1)).astype(np.uint8)[None]
    assert corrupted(edge, "blur", 0.1, 0).std() < edge.std()
    np.testing.assert_array_equal(corrupted(images, "gaussian", 0.1, 0), noisy)
    assert (images == 128).all()
    with pytest.raises(ValueError, match="no corruption 'rain'"):
        corrupted(images, "rain", 0.1, 0)


def test_denoising_orders_restorers(data, tasks):
    clean = flat(data.test)

    def oracle(damaged):
        return clean[np.argmin(((flat(damaged)[:, None] - clean[None]) ** 2).sum(-1), axis=1)].reshape(-1, *SHAPE)

    models = {
        "oracle": Functions(lambda x: x, oracle),
        "linear": principal(data),
        "identity": Functions(lambda x: x, lambda x: x / np.float32(255)),
    }
    gains = {n: denoising.score(m, data, 0, **tasks["denoising"])["psnr_gain"] for n, m in models.items()}
    assert gains["oracle"] > 20 and gains["oracle"] > gains["linear"] > gains["identity"]
    assert gains["identity"] == pytest.approx(0, abs=1e-9)


# Anomaly detection


def test_auroc_is_that_of_scikit_learn():
    random = np.random.default_rng(0)
    normal, anomalous = np.round(random.normal(0, 1, 300), 1), np.round(random.normal(0.5, 1, 200), 1)
    truth = np.repeat([0, 1], [300, 200])
    expected = roc_auc_score(truth, np.concatenate([normal, anomalous]))
    assert anomaly.auroc(normal, anomalous) == pytest.approx(expected, abs=1e-12)


def test_anomaly_orders_detectors(data, tasks):
    train = {image.tobytes() for split in (data.train, data.validation, data.test) for image in split}
    random = np.random.default_rng(0)

    def knows(images):
        return np.array([[image.tobytes() in train] for image in images], np.float32)

    def blind(latents):
        return random.random((len(latents), *SHAPE))

    perfect = Functions(
        lambda x: np.hstack([flat(x), knows(x)]), lambda z: z[:, :-1].reshape(-1, *SHAPE) * z[:, -1, None, None, None]
    )
    useless = Functions(lambda x: random.normal(size=(len(x), 3)), blind)
    scores = {
        n: anomaly.score(m, data, 0, **tasks["anomaly"])
        for n, m in {"perfect": perfect, "linear": principal(data), "useless": useless}.items()
    }
    assert scores["perfect"]["auroc"] > 0.99 > scores["linear"]["auroc"] > scores["useless"]["auroc"]
    assert scores["perfect"]["detected"] > 0.95 and scores["perfect"]["average_precision"] > 0.99
    assert scores["linear"]["false_alarms"] == pytest.approx(0.05, abs=0.05)


def test_the_threshold_comes_from_validation(data):
    """A detector that cannot tell anything raises about as many alarms on anomalies as on normal images."""
    random = np.random.default_rng(0)
    found = anomaly._scores(data, 0, 2000, 0.9, lambda pictures: random.normal(size=(1, len(pictures))), ("dice",))
    assert found["auroc"] == pytest.approx(0.5, abs=0.05) and found["detected"] == pytest.approx(0.1, abs=0.07)


# Features


def test_features_order_codes(data):
    random = np.random.default_rng(0)
    labels = {split.tobytes(): own for split, own in ((data.train, data.train_labels), (data.test, data.test_labels))}

    def coded(noise):
        def encode(images):
            return np.eye(2)[labels[images.tobytes()]] + random.normal(0, noise, (len(images), 2))

        return features.score(Functions(encode, None), data, 0)

    perfect, degraded, useless = coded(0.01), coded(0.6), coded(100)
    for measure in ("probe_100", "probe_1000", "probe_all", "neighbours", "kmeans", "nmi"):
        assert perfect[measure] > 0.99 > degraded[measure] > useless[measure], measure
    assert useless["probe_all"] == pytest.approx(0.5, abs=0.1) and useless["nmi"] < 0.05


def test_clustering_accuracy_tries_all_matchings():
    random = np.random.default_rng(0)
    labels, clusters = random.integers(0, 4, 60), random.integers(0, 4, 60)
    best = max(np.mean(np.array(matching)[clusters] == labels) for matching in itertools.permutations(range(4)))
    assert features.clustering_accuracy(labels, clusters) == pytest.approx(best)


# Generation


def test_frechet_distance_is_that_of_the_formula():
    random = np.random.default_rng(0)
    real, fake = random.normal(size=(300, 5)), random.normal(1, 2, size=(200, 5)) @ random.normal(size=(5, 5))
    first, second = np.cov(real.T), np.cov(fake.T)
    shift = np.sum((real.mean(axis=0) - fake.mean(axis=0)) ** 2)
    expected = shift + np.trace(first + second - 2 * sqrtm(first @ second).real)
    assert generation.frechet_distance(real, fake) == pytest.approx(expected, rel=1e-6)
    assert generation.frechet_distance(real, real) == pytest.approx(0, abs=1e-8)


def test_density_and_coverage_by_the_definition():
    random = np.random.default_rng(0)
    real, fake = random.normal(size=(60, 3)), random.normal(0.3, 1, size=(60, 3))
    radius = np.array([np.sort(np.linalg.norm(real - one, axis=1))[5] for one in real])
    inside = np.array([[np.linalg.norm(f - r) <= s for f in fake] for r, s in zip(real, radius, strict=True)])
    expected = inside.sum() / 5 / 60, inside.any(axis=1).mean()
    assert generation.density_and_coverage(real, fake) == pytest.approx(expected)


def test_density_and_coverage_of_equal_distributions_are_near_one():
    random = np.random.default_rng(0)
    density, coverage = generation.density_and_coverage(*random.normal(size=(2, 1000, 4)))
    assert density == pytest.approx(1, abs=0.1) and coverage > 0.94


def test_generation_orders_samplers(data, tasks):
    real = bars(2000, SHAPE, seed=77)[0] / np.float32(255)
    random = np.random.default_rng(0)
    noisy = np.clip(real + random.normal(0, 0.4, real.shape), 0, 1)
    constant = np.broadcast_to(real[:1], real.shape)
    copies = data.train[random.integers(0, len(data.train), 2000)] / np.float32(255)
    samples = {"real": real, "noisy": noisy, "constant": constant, "copies": copies}
    found = {
        name: generation.score(
            Functions(None, None, sample_mixture=lambda n, seed, own=own: own[:n]), data, 0, **tasks["generation"]
        )
        for name, own in samples.items()
    }
    assert (
        found["real"]["frechet"] < found["noisy"]["frechet"] and found["real"]["frechet"] < found["constant"]["frechet"]
    )
    assert found["real"]["coverage"] > 0.9 > found["constant"]["coverage"]
    assert found["copies"]["nearest"] == pytest.approx(0, abs=1e-3) and found["real"]["nearest"] > 0.02
    assert "frechet_prior" not in found["real"]


def test_the_prior_is_scored_where_there_is_one(data, tasks):
    model = principal(data)
    with_prior = generation.score(model._replace(sample=model.sample_mixture), data, 0, **tasks["generation"])
    assert with_prior["frechet_prior"] == with_prior["frechet"]
    assert with_prior["coverage_prior"] == with_prior["coverage"]


# Health


def test_health_of_a_known_posterior(data):
    random = np.random.default_rng(0)
    means = np.hstack([random.normal(0, 0.9, (len(data.test), 2)), np.zeros((len(data.test), 3))])
    log_variances = np.log(np.array([0.19, 0.19, 1, 1, 1.0]))[None].repeat(len(data.test), axis=0)
    width = data.test.shape[1:]
    model = Functions(
        encode=lambda x: means,
        decode=lambda latents: np.full((len(latents), *width), 0.5),
        posterior=lambda x: (means[: len(x)], log_variances[: len(x)]),
        sample=lambda n, seed: None,
    )
    found = health(model, data, 0)
    assert found["active_units"] == 2 and found["dead_units"] == 3
    expected = (means**2 + np.exp(log_variances) - 1 - log_variances).sum() / 2 / len(means)
    assert found["kl"] == pytest.approx(expected) and found["kl_by_dimension"][2:] == pytest.approx([0, 0, 0])
    assert found["prior_gap"] < 0.05
    coins = -np.prod(width) * np.log(2)  # every pixel by a coin; the estimate lies below
    assert coins - 2 < found["log_likelihood"] <= coins


def test_health_of_a_discrete_code(data):
    model = principal(data)._replace(code=lambda x: np.arange(4 * len(x)).reshape(-1, 4) % 8, codebook_size=10)
    found = health(model, data, 0)
    assert found["perplexity"] == pytest.approx(8) and found["dead_codes"] == 2


def test_sparsity_and_prior_gap_by_hand():
    assert sparsity(np.eye(4)) == pytest.approx(1) and sparsity(np.ones((3, 4))) == pytest.approx(0)
    random = np.random.default_rng(0)
    assert prior_gap(random.normal(size=(50_000, 3))) == pytest.approx(0, abs=1e-3)
    shifted = random.normal(2, 0.5, size=(50_000, 3))  # KL(N(2, 1/4) || N(0, 1))
    assert prior_gap(shifted) == pytest.approx((0.25 + 4 - 1 - np.log(0.25)) / 2, rel=0.02)


# Sampling


def test_resamples_show_the_standard_error_and_pair_up():
    random = np.random.default_rng(0)
    values = random.normal(0, 1, 400)
    assert np.std(resampled_means(values)) == pytest.approx(values.std() / 20, rel=0.25)
    shifted = np.subtract(resampled_means(values + 0.1), resampled_means(values))
    np.testing.assert_allclose(shifted, 0.1, atol=1e-12)
    spreads = np.std(resampled(lambda a, b: a.mean() - b.mean(), values, random.normal(0, 1, 400)))
    assert spreads == pytest.approx(np.sqrt(2) / 20, rel=0.25)


def test_spread_is_even_and_whole():
    assert spread(3, 5).tolist() == [0, 2, 4] and spread(10, 4).tolist() == [0, 1, 2, 3]
