"""Compression: codes in the right order, bits that are really needed, and nobody compared where it has no rate."""

import numpy as np
import pytest
from helpers import SHAPE, flat, principal
from sklearn.decomposition import PCA

from stages.check.blocks import keywords, parse
from stages.common.json_file import gathered
from stages.common.stage import UserError
from stages.evaluate.measures import latent_coder
from stages.evaluate.measures.codecs import CODECS
from stages.evaluate.measures.image_quality import psnr
from stages.evaluate.measures.latent_codec import Quantiser, decoded, encoded
from stages.evaluate.measures.rate_distortion import Point, gains, ordered, psnrs_at_most
from stages.evaluate.task_interface import Functions
from stages.evaluate.tasks import compression


@pytest.fixture
def options(tasks):
    """Rates that twelve latents of a small image have."""
    return tasks["compression"] | {"rates": [0.1, 0.2, 0.5]}


@pytest.fixture
def data(data, options):
    """With references measured at these rates."""
    return data._replace(references={"compression": compression.references(data, [0], **options)[0]})


def test_compression_orders_codes(data, options):
    """The components themselves; the same, drowned in useless dimensions; a constant."""
    good = principal(data)
    random = np.random.default_rng(0)

    def drowned(images):
        """Noise that the decoder hears a little, so that no step can leave it out."""
        return np.hstack([good.encode(images), random.normal(0, 3, (len(images), 12)).astype(np.float32)])

    def decode(latents):
        return good.decode(latents[:, :12] + 0.1 * latents[:, 12:])

    models = {
        "good": good,
        "drowned": Functions(drowned, decode),
        "constant": Functions(lambda x: np.zeros((len(x), 4), np.float32), lambda z: np.full((len(z), *SHAPE), 0.5)),
    }
    scores = {name: compression.score(model, data, 0, **options) for name, model in models.items()}
    gains = [own["psnr_gain"] for own in scores.values()]
    assert gains == sorted(gains, reverse=True) and gains[0] > gains[1] + 0.5 and gains[1] > gains[2]
    assert all(own["overlap"] == pytest.approx(1) for own in scores.values())
    changes = [scores[name]["rate_change"] for name in ("good", "drowned")]
    assert changes[0] < changes[1] and changes[1] > 20


def test_the_pca_coder_is_what_all_are_measured_by(data):
    own = data.references["compression"]["pca_coder"]
    assert own["psnr_gain"] == pytest.approx(0) and own["rate_change"] == pytest.approx(0)
    assert (np.diff(own["rates"]) > 0).all() and (np.diff(own["psnrs"]) > 0).all()
    for name in CODECS:
        assert data.references["compression"][name]["psnr_gain"] < 0, "blobs are no match for block transforms"


def test_without_a_pca_coder_the_rest_is_measured(data, options):
    """It is left out of references.json where it is not finite."""
    model, others = principal(data), {k: v for k, v in data.references["compression"].items() if k != "pca_coder"}
    scores = compression.score(model, data, 0, **options)
    alone = compression.score(model, data._replace(references={"compression": others}), 0, **options)
    assert set(scores) - set(alone) == {"psnr_gain", "rate_change"}
    assert alone["psnr_0.2"] == pytest.approx(scores["psnr_0.2"], abs=0.5)


def test_dimensions_that_the_decoder_does_not_hear_cost_nothing(data, options):
    good = principal(data)
    random = np.random.default_rng(0)

    def padded(images):
        return np.hstack([good.encode(images), random.normal(0, 3, (len(images), 12)).astype(np.float32)])

    deaf = Functions(padded, lambda latents: good.decode(latents[:, :12]))
    scores, alone = (compression.score(model, data, 0, **options) for model in (deaf, good))
    assert scores["psnr_gain"] == pytest.approx(alone["psnr_gain"], abs=0.02)


def test_the_scale_of_a_latent_does_not_matter(data, options):
    """Steps fit the decoder, so a dimension that is written larger is not quantised finer."""
    good = principal(data)
    scale = np.geomspace(0.01, 100, 12).astype(np.float32)
    scaled = Functions(lambda x: good.encode(x) * scale, lambda z: good.decode(z / scale))
    scores, alone = (compression.score(model, data, 0, **options) for model in (scaled, good))
    assert scores["psnr_gain"] == pytest.approx(alone["psnr_gain"], abs=0.02)


def test_more_bits_look_better_up_to_what_the_latent_holds(data, options):
    model = principal(data)
    scores = compression.score(model, data, 0, **options)
    assert np.allclose(scores["rates"], np.geomspace(0.1, 0.5, compression.SHOWN))
    assert (np.diff(scores["psnrs"]) > 0).all()
    ends = [scores["psnr_0.1"], scores["psnr_0.5"]]
    assert ends == pytest.approx([scores["psnrs"][0], scores["psnrs"][-1]], abs=0.1), "its step just reaches the rate"
    exact = psnr(data.test / 255, model.decode(model.encode(data.test))).mean()
    generous = compression.score(model, data, 0, **options | {"rates": [0.1, 1.0, 3.0]})
    assert scores["psnr_0.5"] < exact and generous["psnr_3.0"] == pytest.approx(exact, abs=0.1)


def test_a_discrete_code_is_compared_at_its_own_rate(data, options):
    random = np.random.default_rng(0)
    codes = {len(split): random.integers(0, 16, (len(split), 9)) for split in (data.train, data.validation, data.test)}
    model = principal(data)._replace(code=lambda images: codes[len(images)], codebook_size=16)
    scores = compression.score(model, data, 0, **options)
    assert scores["bits_per_pixel"] == pytest.approx(9 * 4 / np.prod(SHAPE[:2]), rel=0.05)
    assert scores["rates"] == [scores["bits_per_pixel"]] and scores["overlap"] == 0
    assert "psnr_0.1" not in scores and "psnr_0.2" not in scores and scores["psnr_0.5"] == scores["psnrs"][0]
    assert scores["stream_bits"] == pytest.approx(scores["bits_per_pixel"] * np.prod(data.test.shape[:3]))
    assert scores["stream_psnr"] == pytest.approx(scores["psnrs"][0]) and scores["step"] == scores["dead_zone"] == []
    codec = compression.codec(model, data, step=[], dead_zone=[])
    assert codec.quantiser is None and codec.bits(codec.numbers(model.code(data.test))) == scores["stream_bits"]
    coder = data.references["compression"]["pca_coder"]
    reference = np.interp(np.log(scores["rates"][0]), np.log(coder["rates"]), coder["psnrs"])
    assert scores["psnr_gain"] == pytest.approx(scores["psnrs"][0] - reference, abs=0.3)


def test_the_codec_that_is_kept_takes_the_bits_that_are_told(data, options):
    """About the middle rate, and the PSNR of a curve at that rate; its bits are those of a stream that comes back."""
    model = principal(data)
    scores = compression.score(model, data, 0, **options)
    codec = compression.codec(model, data, step=scores["step"], dead_zone=scores["dead_zone"])
    numbers = codec.numbers(model.encode(data.test))
    stream = encoded(numbers, codec.tables)
    assert scores["stream_bits"] == 32 * len(stream)
    rate = scores["stream_bits"] / np.prod(data.test.shape[:3])
    assert rate == pytest.approx(options["rates"][1], rel=0.1)
    restored = model.decode(codec.quantiser.values(decoded(stream, len(data.test), codec.tables)))
    assert scores["stream_psnr"] == pytest.approx(psnr(data.test / np.float32(255), restored).mean())
    read_off = np.interp(np.log(rate), np.log(scores["rates"]), scores["psnrs"])
    assert scores["stream_psnr"] == pytest.approx(read_off, abs=0.3)


def test_the_step_that_is_kept_is_chosen_on_validation(data, options):
    """No test image has a say; on validation the rate is the middle one, or a little less."""
    model, twisted = principal(data), data._replace(test=data.test[:, ::-1], test_labels=None)
    first, other = (compression.score(model, own, 0, **options) for own in (data, twisted))
    assert first["step"] == other["step"] and first["stream_bits"] != other["stream_bits"]
    codec = compression.codec(model, data, step=first["step"], dead_zone=first["dead_zone"])
    bits = codec.bits(codec.numbers(model.encode(data.validation)))
    assert 0.95 * options["rates"][1] < bits / np.prod(data.validation.shape[:3]) <= options["rates"][1]


def test_rates_that_no_step_has(data):
    """The finest step where the rate is beyond all, the coarsest where none is below it."""
    model = principal(data)
    latents = model.encode(data.train)
    coder = latent_coder.coder_of(latents, model.decode, np.ones(12, np.float32))
    assert coder.step_for(latents, np.inf, 1.0) == pytest.approx(latent_coder.STEPS[-1], rel=0.01)
    assert coder.step_for(latents, -1, 1.0) == latent_coder.STEPS[0]


def test_a_coder_is_compared_over_the_rates_that_it_has(data):
    def point(rate, quality):
        return Point(rate, np.full(5, quality), np.ones(5))

    reference = ordered([0.1, 0.2, 0.4], [20.0, 22.0, 24.0])
    late = [point(0.2, 23.0), point(0.4, 25.0)]
    scores = gains(late, reference, [0.1, 0.2, 0.4])
    assert scores["psnr_gain"] == pytest.approx(1) and scores["overlap"] == pytest.approx(0.5)
    assert "psnr_0.1" not in scores and scores["psnr_0.2"] == pytest.approx(23)
    beyond = gains([point(0.5, 23.0), point(0.6, 25.0)], reference, [0.1, 0.2, 0.4])
    assert beyond["psnr_gain"] == pytest.approx(-1) and beyond["overlap"] == 0 and beyond["bits_per_pixel"] == 0.5
    early = gains([point(0.01, 20.0), point(0.1, 21.0)], reference, [0.1, 0.2, 0.4])
    assert early["psnr_0.4"] == pytest.approx(21), "it may spend fewer bits"


def test_rates_of_the_pca_coder_are_those_of_the_numbers(data):
    """A point of its curve again, from the entropy of the numbers and the pictures that they give."""
    pca = PCA(np.prod(SHAPE)).fit(flat(data.train))
    own = data.references["compression"]["pca_coder"]
    centre = np.median(pca.transform(flat(data.train)), axis=0)
    for step in (1.0, 0.5):
        quantiser = Quantiser(centre, step, own["dead_zone"][0])
        numbers = quantiser.numbers(pca.transform(flat(data.test)))
        decoded = np.clip(pca.inverse_transform(quantiser.values(numbers)), 0, 1).reshape(data.test.shape)
        quality = psnr(data.test / 255, decoded).mean()
        place = int(np.argmin(np.abs(np.array(own["psnrs"]) - quality)))
        assert own["psnrs"][place] == pytest.approx(quality, abs=0.1)
        counts = [np.unique(column, return_counts=True)[1] / len(column) for column in numbers.T]
        bits = -sum(np.sum(shares * np.log2(shares)) for shares in counts)
        assert bits < own["rates"][place] * np.prod(SHAPE[:2]) < 1.5 * bits


def test_rates_have_to_rise():
    with pytest.raises(UserError, match="numbers that rise"):
        parse(keywords(compression.score), {"rates": [0.2, 0.1, 0.3], "images": 10}, "tasks.compression")


def random_points(random, count):
    """Operating points in any order, of which more bits need not look better."""
    return [Point(float(rate), random.normal(25 + rate, 3, 8), np.ones(8)) for rate in random.uniform(0, 2, count)]


def test_at_most_so_many_bits_is_what_all_points_tried_one_by_one_give():
    random = np.random.default_rng(0)
    for count in (1, 2, 7, 30):
        points, rates = random_points(random, count), sorted(random.uniform(0, 2, 4).tolist())
        rates[0] = min(point.rate for point in points)  # exactly as many are enough
        found = psnrs_at_most(points, rates)
        for rate in rates:
            best = None
            for point in points:
                if point.rate <= rate and (best is None or point.psnr.mean() > best):
                    best = point.psnr.mean()
            assert found.get(f"psnr_{rate}") == (None if best is None else pytest.approx(best))
        known = [found[f"psnr_{rate}"] for rate in rates if f"psnr_{rate}" in found]
        assert known and known == sorted(known), "more bits are never worse"


def test_who_needs_more_bits_is_not_in_a_case():
    point = Point(0.2, np.array([20.0, 22.0]), np.ones(2))
    just, above = psnrs_at_most([point], [0.1, 0.2]), psnrs_at_most([point._replace(rate=0.2 + 1e-9)], [0.1, 0.2])
    assert set(just) == {"psnr_0.2", "psnr_0.2_resampled"} and above == {}
    assert just["psnr_0.2"] == 21 and {20, 22} <= {min(just["psnr_0.2_resampled"]), max(just["psnr_0.2_resampled"])}
    assert gathered([just, above]) == {}, "nor who needs more with one seed"


def test_every_coder_uses_no_more_than_the_bits_of_its_case(data, options):
    """And nearly all of them: the step, or the quality, that just reaches the rate is among its points."""
    coder = data.references["compression"]["pca_coder"]
    for rate in options["rates"]:
        within = [own for own in coder["rates"] if own <= rate]
        assert 0.9 * rate < max(within)
        assert coder[f"psnr_{rate}"] == pytest.approx(max(coder["psnrs"][: len(within)]))
    for name in CODECS:
        own = data.references["compression"][name]
        assert ("psnr_0.1" in own) == (min(own["rates"]) <= 0.1)


def test_the_cases_are_the_rates(options):
    cases = compression.cases(**options)
    assert cases[0][:2] == ("at most 0.1 bits per pixel", "psnr_0.1")
    assert [case.level for case in cases] == options["rates"]
