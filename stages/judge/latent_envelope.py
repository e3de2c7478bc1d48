"""Error against bits over all sizes of the latent: at each rate the highest PSNR of any network and size."""

import numpy as np

from stages.common.curves import mean_curve

TASK, RATES = "compression", 60  # at how many rates the envelope is read off


def mean_curves(scores: dict) -> dict[str, list[float]]:
    """rates in bits per pixel and psnrs in dB of the points of a curve, means over seeds."""
    return {key: mean_curve(scores[key]).tolist() for key in ("rates", "psnrs")}


def psnr_at(curve: dict, rates) -> np.ndarray:
    """PSNRs of a curve at rates in bits per pixel: linear on the logarithm of the rate between its points, minus
    infinity below its lowest rate and as at its highest above that."""
    return np.interp(np.log(rates), np.log(curve["rates"]), curve["psnrs"], left=-np.inf)


def curves(ablations: dict[str, tuple[dict, list[dict]]]) -> list[dict]:
    """A curve for every network and size of the latent, as compared and as varied: architecture, latent_size, rates in
    bits per pixel, and psnrs in dB, means over seeds. ablations: see `read_ablations`."""
    found = []
    for name, (base, rows) in ablations.items():
        sized = [(base["facts"], base["scores"].get(TASK))]
        sized += [(row["facts"], row["further"].get(TASK)) for row in rows if row["setting"] == "latent_size"]
        for facts, scores in sized:
            if scores:
                found.append({"architecture": name, "latent_size": facts["latent_size"][0]} | mean_curves(scores))
    return found


def envelope(of_sizes: list[dict]) -> list[dict]:
    """rate, psnr, and the architecture and latent_size that have it, at rates that are evenly spaced on the logarithm,
    from the lowest to the highest of the curves, see `psnr_at`."""
    if not of_sizes:
        return []
    ends = [rate for curve in of_sizes for rate in curve["rates"]]
    rates = np.geomspace(min(ends), max(ends), RATES)
    psnrs = [psnr_at(curve, rates) for curve in of_sizes]
    best = np.argmax(psnrs, axis=0)
    return [
        {"rate": rate, "psnr": float(psnrs[i][at])} | {key: of_sizes[i][key] for key in ("architecture", "latent_size")}
        for at, (rate, i) in enumerate(zip(rates.tolist(), best, strict=True))
    ]
