"""The entropy coder: every number comes back, in about as many bits as there have to be."""

import numpy as np

from stages.evaluate.measures import latent_codec as coding


def test_coder_gives_back_every_number_in_about_as_many_bits_as_the_entropy():
    random = np.random.default_rng(0)
    shape = (5000, 3)
    train, test = (np.rint(random.normal(0, (1, 5, 0.01), shape)).astype(int) for _ in range(2))
    tables = coding.tables_of(train)
    test = coding.clipped(test, tables)
    stream = coding.encoded(test, tables)
    np.testing.assert_array_equal(coding.decoded(stream, len(test), tables), test)
    bits = 0.0
    for column in test.T:
        shares = np.unique(column, return_counts=True)[1] / len(column)
        bits -= len(column) * np.sum(shares * np.log2(shares))
    assert bits * 0.995 < 32 * len(stream) < bits * 1.02 + 64


def test_coder_of_a_codebook_takes_codes_never_seen():
    tables = coding.tables_of(np.zeros((10, 2), int), size=4)
    numbers = np.array([[3, 0], [1, 2]])
    np.testing.assert_array_equal(coding.decoded(coding.encoded(numbers, tables), 2, tables), numbers)
