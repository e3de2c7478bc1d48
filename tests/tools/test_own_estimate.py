"""Time and memory that a comparison of the user's images will take."""

import re

import pytest
from helpers import blobs
from own_folders import block_of, put, with_folder

from stages.train.settings import cell_of
from tools.own import estimate, memory, speed

SPEEDS = {name: speed.Speed(2, step) for name, step in (("pca", 0), ("vanilla", 0.001), ("residual", 0.1))}


@pytest.fixture
def photos(tmp_path):
    """The block of a folder of 300 images."""
    put(tmp_path / "images", blobs(300, (16, 16, 1)))
    return block_of(tmp_path / "images")


def test_the_time_grows_with_all_that_takes_time(params, photos):
    def seconds(speeds=SPEEDS, jobs=1, **changes):
        return estimate.seconds(params, photos.model_copy(update=changes), speeds, 4, jobs)

    usual = seconds()
    assert seconds(epochs=24) > usual < seconds(seeds=[0, 1, 2, 3, 4])
    assert seconds({"pca": SPEEDS["pca"]}) < usual and usual / 2 < seconds(jobs=2) < usual


def test_the_time_grows_with_images_also_where_no_network_is_in(params, photos):
    """A classifier, probes and nearest neighbours on the pixels of 100,000 images take longer than a small network."""

    def seconds(images, classes):
        data = with_folder(photos, images=images, classes=classes)
        return estimate.seconds(params, data, {"pca": SPEEDS["pca"]}, 4, 1)

    assert seconds(100_000, 10) > 5 * seconds(10_000, 10) > 5 * seconds(300, 10)
    assert seconds(100_000, 0) < seconds(100_000, 10) / 5


def test_the_time_of_large_images_is_not_that_of_all_their_components(params, photos):
    """16,384 pixels of 300 images have 300 components: minutes, not hours."""

    def seconds(size):
        return estimate.seconds(params, photos.model_copy(update={"image_size": size}), {"pca": speed.SOLVED}, 4, 1)

    assert seconds(32) < seconds(128) < 10 * seconds(32)
    many = with_folder(photos, images=20_000)
    assert estimate.seconds(params, many.model_copy(update={"image_size": 64}), {"pca": speed.SOLVED}, 4, 1) > seconds(
        64
    )


def test_a_classifier_and_probes_see_large_images_smaller(params, photos):
    def with_classes(size):
        data = with_folder(photos.model_copy(update={"image_size": size}), classes=10)
        counts = estimate.images_of(params, data)
        every = [estimate._references(params, with_folder(data, classes=n), counts, size**2) for n in (10, 0)]
        return every[0] - every[1]

    assert with_classes(64) == pytest.approx(with_classes(32)) and with_classes(32) > with_classes(16) > 0


def test_a_limit_cuts_until_it_fits(params, photos):
    whole = estimate.seconds(params, photos, SPEEDS, 4, 1)
    data, kept, taken, cut = estimate.fit(params, photos, SPEEDS, 4, 1, whole + 1)
    assert (data, kept, cut) == (photos, list(SPEEDS), []) and taken == whole
    data, kept, taken, cut = estimate.fit(params, photos, SPEEDS, 4, 1, 0.7 * whole)
    assert taken <= 0.7 * whole and data.epochs < photos.epochs and kept == list(SPEEDS) and "epochs" in cut[0]
    data, kept, taken, cut = estimate.fit(params, photos, SPEEDS, 4, 1, 1)
    assert len(data.seeds) == 2 and kept == ["pca", "vanilla"] and cut[-1] == "without residual" and taken > 1


def test_few_images_are_not_tuned_and_all_are_tested(params, photos):
    """Each seed has a split of its own, so that no limit cuts seeds."""
    few = with_folder(photos, images=60).model_copy(update={"seeds": list(range(5)), "batch_size": 8})
    published = with_folder(few, test=20)
    untuned = params | {"tuning": params["tuning"] | {"trials": 0}}
    for data, tuned in ((few, False), (published, True)):
        spent, without = (estimate.seconds(own, data, SPEEDS, 4, 1) for own in (params, untuned))
        assert (spent > without) == tuned
    assert len(estimate.fit(params, few, SPEEDS, 4, 1, 1)[0].seeds) == 5
    assert len(estimate.fit(params, published, SPEEDS, 4, 1, 1)[0].seeds) == 2


def test_memory_is_told_where_it_is_much_or_too_much(params, photos):
    assert memory.lines(params, photos, 1, limit=8e9) == []
    data = with_folder(photos, images=100_000, classes=10, channels=3).model_copy(update={"image_size": 32})
    assert memory.lines(params, data, 1, limit=8e9) == ["memory: about 3.6 GB"]
    line, advice = memory.lines(params, data, 2, limit=4e9)
    assert line == "memory: about 4.8 GB" and "4.0 GB" in advice
    size = int(re.search(r"SIZE=(\d+) JOBS=1", advice)[1])
    fits = [memory.peak(params, data.model_copy(update={"image_size": own}), 1) for own in (size, size + 4)]
    assert fits[0] <= 4e9 < fits[1]
    assert "fewer images" in memory.lines(params, data, 2, limit=1e9)[1]


def test_memory_for_patches_is_that_of_all_of_them(params, photos):
    """Smaller images have fewer patches; SIZE= is that of images, which no smaller patches are meant by."""
    data = with_folder(photos, images=20_000, whole=256).model_copy(update={"image_size": 64})
    advice = memory.lines(params, data, 2, limit=14e9)[1]
    size = int(re.search(r"SIZE=(\d+) JOBS=1", advice)[1])
    fits = [memory.peak(params, with_folder(data, whole=own), 1) for own in (size, size + 64)]
    assert size in (128, 192) and fits[0] <= 14e9 < fits[1]
    assert "fewer images" in memory.lines(params, data, 2, limit=1e9)[1]


@pytest.mark.parametrize(("size", "images", "measured"), [(64, 110, 1.26e9), (128, 300, 1.86e9)])
def test_memory_is_within_a_third_of_what_was_measured(params, photos, size, images, measured):
    """The most that any stage took, by /usr/bin/time, of grey images: references."""
    data = with_folder(photos, images=images).model_copy(update={"image_size": size})
    assert measured / 1.3 < memory.peak(params, data, 1) < 1.3 * measured


def test_speed_is_measured(params):
    params["data"]["digits"]["batch_size"] = 8
    measured = speed.measure(cell_of(params, "digits", "vanilla"), (16, 16, 1))
    assert 0 < measured.step < measured.start
    assert speed.measure(cell_of(params, "digits", "pca"), (16, 16, 1)) == speed.SOLVED
