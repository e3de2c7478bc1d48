"""Shares of kinds of operations, of events as TensorFlow's profiler names them."""

import pytest

from benchmarks.profile import GROUPS, grouped, shares_of


def test_operations_alone_count():
    events = [
        ("ExecutorState::Process", 900),
        ("while/body/_1/while/encoder/Elu:_MklNativeFusedConv2D", 50),
        ("while/body/_1/gradient_tape/Conv2DBackpropInput:_MklNativeConv2DBackpropInput", 30),
        ("while/body/_1/while/latent/BiasAdd:_MklNativeFusedMatMul", 15),
        ("while/body/_1/while/Square:Square", 5),
        ("EagerLocalExecute: ReadVariableOp", 100),
    ]
    shares = shares_of(events)
    expected = {"FusedConv2D": 0.5, "Conv2DBackpropInput": 0.3, "FusedMatMul": 0.15, "Square": 0.05}
    assert shares == pytest.approx(expected)
    assert grouped(shares) == pytest.approx(
        dict.fromkeys(GROUPS, 0) | {"convolutions": 0.8, "matrix products": 0.15, "others": 0.05}
    )
