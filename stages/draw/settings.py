"""Settings of pictures."""

from stages.common.settings import Block, Names


class Figures(Block):
    """Pictures of a single architecture, and those that compare architectures on a data set."""

    single: Names
    dataset: Names
