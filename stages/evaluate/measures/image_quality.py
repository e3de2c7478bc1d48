"""Image quality: MSE, MAE, PSNR and SSIM of float images (n, height, width, channels) in [0, 1]."""

import numpy as np

SSIM_SIGMA = 1.5
SSIM_WINDOW = 11  # pixels; smaller images take the largest odd window that fits


def mse(images: np.ndarray, reconstructions: np.ndarray) -> np.ndarray:
    """Mean squared error per pixel and channel, (n,)."""
    return np.mean(np.square(images - reconstructions, dtype=np.float64), axis=(1, 2, 3))


def mae(images: np.ndarray, reconstructions: np.ndarray) -> np.ndarray:
    """Mean absolute error per pixel and channel, (n,)."""
    return np.mean(np.abs(images - reconstructions, dtype=np.float64), axis=(1, 2, 3))


def psnr(images: np.ndarray, reconstructions: np.ndarray) -> np.ndarray:
    """Peak signal-to-noise ratio of every image in dB, (n,); 100 dB stands for a perfect copy."""
    return -10 * np.log10(np.maximum(mse(images, reconstructions), 1e-10))


def _gaussian_rows(length: int, window: int) -> np.ndarray:
    """The matrix [length - window + 1, length] that filters a row with a Gaussian, where the window fits wholly."""
    offsets = np.arange(window) - window // 2
    weights = np.exp(-(offsets**2) / (2 * SSIM_SIGMA**2))
    rows = np.zeros((length - window + 1, length))
    for i in range(len(rows)):
        rows[i, i : i + window] = weights / weights.sum()
    return rows


def ssim_window(height: int, width: int) -> int:
    """Side of the window that SSIM uses: 11, or the largest odd number of pixels that fits."""
    return min(SSIM_WINDOW, height - (height + 1) % 2, width - (width + 1) % 2)


def ssim_windows(height: int, width: int) -> int:
    """Windows that fit into an image, one at every pixel where it lies wholly inside: SSIM is their mean."""
    window = ssim_window(height, width)
    return (height - window + 1) * (width - window + 1)


def ssim(images: np.ndarray, reconstructions: np.ndarray, batch_size: int = 500) -> np.ndarray:
    """Structural similarity, (n,): Gaussian window, sigma 1.5, 11 x 11, data range 1, averaged over channels.

    Wang et al. 2004, "Image quality assessment: from error visibility to structural similarity", equation 13. Equal to
    skimage.metrics.structural_similarity(gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=1)
    to rounding, about ten times as fast.
    """
    height, width = images.shape[1:3]
    window = ssim_window(height, width)
    down, across = _gaussian_rows(height, window), _gaussian_rows(width, window).T

    def local_mean(values):
        return down @ values @ across

    results = []
    for i in range(0, len(images), batch_size):
        x, y = (np.moveaxis(a[i : i + batch_size].astype(np.float64), 3, 1) for a in (images, reconstructions))
        mean_x, mean_y = local_mean(x), local_mean(y)
        variance_x = local_mean(x * x) - mean_x**2
        variance_y = local_mean(y * y) - mean_y**2
        covariance = local_mean(x * y) - mean_x * mean_y
        c1, c2 = 0.01**2, 0.03**2
        numerator = (2 * mean_x * mean_y + c1) * (2 * covariance + c2)
        denominator = (mean_x**2 + mean_y**2 + c1) * (variance_x + variance_y + c2)
        results.append((numerator / denominator).mean(axis=(1, 2, 3)))
    return np.concatenate(results)
