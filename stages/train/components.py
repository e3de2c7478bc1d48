"""Principal components of many or few images of many or few pixels: which of scikit-learn's solvers takes how long."""

MOST = 4096  # features, or images, of which an exact decomposition is taken in less than a minute


def solver(images: int, features: int) -> str:
    """The `svd_solver` of scikit-learn's PCA that fits the shape of the data.

    The covariance of the features takes their third power, a singular value decomposition that of the smaller side;
    both are exact. Where the smaller side is above MOST, few components come by randomised projections (Halko et al.
    2011).
    """
    if min(images, features) > MOST:
        return "randomized"
    return "covariance_eigh" if features <= images else "full"
