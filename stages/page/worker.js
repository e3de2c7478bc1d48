// What runs in the worker, behind engine.js, so that drawing never waits for a network. Every question has an id, which
// its answer repeats, with the milliseconds that it took.
const networks = {};

const ANSWERS = {
  async load({ written, imageShape }) {
    for (const [name, own] of Object.entries(written)) {
      networks[name] = await engine.load(own, imageShape);
      const { mixture, prior } = own; // none without a latent
      networks[name].draws = { mixture: mixture && engine.halves(mixture), prior: prior && engine.halves(prior) };
    }
  },

  // What every network makes of an image: the output, its error against the clean image, and the anomaly score of what
  // came in, null without a latent; where maps are asked for, the anomaly map as brightness, null without one.
  // bits: of a number of the latent, 0 for all; a discrete latent has its own.
  restore({ image, clean, bits, maps }) {
    return Object.entries(networks).map(([name, network]) => {
      const latents = network.encoder && engine.encode(network, image);
      const coarse = bits && latents && !network.codebook_size;
      const output = coarse
        ? engine.decode(network, engine.quantised(network, latents, bits))
        : engine.reconstruct(network, image);
      const score = latents && engine.anomalyScore(network, engine.error(output, image), latents);
      const map = maps && network.map && engine.asGrey(network.map, engine.anomalyMap(network, image, output));
      return { name, output, error: engine.error(output, clean), score, map };
    });
  },

  // What one network makes of images.
  back: ({ name, images }) => images.map((image) => engine.reconstruct(networks[name], image)),

  // Decoded points on the line between the latents of two images.
  between({ name, images, steps }) {
    const [first, second] = images.map((image) => engine.encode(networks[name], image));
    return Array.from({ length: steps }, (_, step) => {
      const share = steps > 1 ? step / (steps - 1) : 0;
      return engine.decode(networks[name], first.map((value, i) => (1 - share) * value + share * second[i]));
    });
  },

  // Decoded draws from the mixture or the prior: those at the given places.
  samples({ name, source, places }) {
    const { draws, latent_size: size } = networks[name];
    return places.map((place) => {
      const start = (place * size) % draws[source].length;
      return engine.decode(networks[name], draws[source].subarray(start, start + size));
    });
  },
};

async function answer({ id, kind, ...question }) {
  const start = performance.now();
  const found = await ANSWERS[kind](question);
  self.postMessage({ id, answer: found, milliseconds: performance.now() - start });
}
// One after the other: what is asked while networks are loading waits for them. An error is reported and ends one answer.
let last = Promise.resolve();
self.onmessage = ({ data }) => (last = last.then(() => answer(data)).catch(reportError));
