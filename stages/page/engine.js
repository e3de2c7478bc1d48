"use strict";
// Networks of Keras layers, run on one image at a time.
//
// Arrays are Float32Array in the order of Keras: rows, columns, channels. A layer is a function of the options that
// networks/layers.py writes, its inputs and their shapes; it fills and returns an array of the layer's own shape.
// Sums run over whole rows of a kernel at once, whose numbers lie side by side, and skip inputs that are zero.
const engine = (() => {
  const ACTIVATIONS = {
    linear: null,
    relu: (x) => (x > 0 ? x : 0),
    leaky_relu: (x) => (x > 0 ? x : 0.2 * x),
    elu: (x) => (x > 0 ? x : Math.expm1(x)),
    gelu: (x) => (x / 2) * (1 + erf(x / Math.SQRT2)),
    silu: (x) => x / (1 + Math.exp(-x)),
    tanh: Math.tanh,
    sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  };

  // The error function to 1.2e-7 (Press et al. 1992, "Numerical recipes in C", section 6.2: Chebyshev fit of erfc).
  const ERFC = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
    0.17087277,
  ];
  function erf(x) {
    const t = 1 / (1 + Math.abs(x) / 2);
    const series = ERFC.reduceRight((sum, coefficient) => coefficient + t * sum, 0);
    const tail = t * Math.exp(-x * x + series);
    return x >= 0 ? 1 - tail : tail - 1;
  }

  // Bias and activation of a layer whose last axis is as long as the bias.
  function finished(layer, out) {
    const bias = layer.weights[1], channels = layer.shape.at(-1), activation = ACTIVATIONS[layer.activation];
    if (bias) for (let i = 0; i < out.length; i++) out[i] += bias[i % channels];
    if (activation) for (let i = 0; i < out.length; i++) out[i] = activation(out[i]);
    return out;
  }

  // Rows or columns that padding puts before an image of `size`: none where the kernel stays within it ("valid").
  const padding = (size, kernel, stride, outSize) => Math.max((outSize - 1) * stride + kernel - size, 0) >> 1;

  // Calls visit(output place, input place, kernel place), in pixels, wherever a kernel lies within the image.
  function slide([height, width], [outHeight, outWidth], [kernelHeight, kernelWidth], [down, right], visit) {
    const top = padding(height, kernelHeight, down, outHeight), left = padding(width, kernelWidth, right, outWidth);
    for (let row = 0; row < outHeight; row++) {
      for (let column = 0; column < outWidth; column++) {
        for (let i = 0; i < kernelHeight; i++) {
          const y = row * down + i - top;
          if (y < 0 || y >= height) continue;
          for (let j = 0; j < kernelWidth; j++) {
            const x = column * right + j - left;
            if (x >= 0 && x < width) visit(row * outWidth + column, y * width + x, i * kernelWidth + j);
          }
        }
      }
    }
  }

  const LAYERS = {
    Activation: (layer, [x], shapes, out) => (out.set(x), finished(layer, out)),
    Add(layer, inputs, shapes, out) {
      for (const x of inputs) for (let i = 0; i < out.length; i++) out[i] += x[i];
      return out;
    },
    Codebook(layer, [x], shapes, out) {
      const size = layer.code_size, codes = layer.weights[0];
      for (let start = 0; start < x.length; start += size) {
        let nearest = 0, least = Infinity;
        for (let code = 0; code < codes.length; code += size) {
          let distance = 0;
          for (let i = 0; i < size; i++) distance += (x[start + i] - codes[code + i]) ** 2;
          if (distance < least) [nearest, least] = [code, distance];
        }
        out.set(codes.subarray(nearest, nearest + size), start);
      }
      return out;
    },
    Conv2D(layer, [x], [shape], out) {
      const kernel = layer.weights[0], depth = shape[2], channels = layer.shape[2];
      slide(shape, layer.shape, layer.kernel_size, layer.strides, (to, from, place) => {
        for (let i = 0; i < depth; i++) {
          const value = x[from * depth + i];
          if (value === 0) continue;
          const start = to * channels, row = (place * depth + i) * channels;
          for (let o = 0; o < channels; o++) out[start + o] += value * kernel[row + o];
        }
      });
      return finished(layer, out);
    },
    // The gradient of a convolution from the output's size to the input's: what that reads is written here.
    Conv2DTranspose(layer, [x], [shape], out) {
      const kernel = layer.weights[0], depth = shape[2], channels = layer.shape[2];
      slide(layer.shape, shape, layer.kernel_size, layer.strides, (from, to, place) => {
        for (let o = 0; o < channels; o++) {
          const start = from * depth, row = (place * channels + o) * depth;
          let sum = 0;
          for (let i = 0; i < depth; i++) sum += x[start + i] * kernel[row + i];
          out[to * channels + o] += sum;
        }
      });
      return finished(layer, out);
    },
    Cropping2D(layer, [x], [shape], out) {
      const [height, width, channels] = layer.shape, [[top], [left]] = layer.cropping;
      for (let row = 0; row < height; row++) {
        const start = ((row + top) * shape[1] + left) * channels;
        out.set(x.subarray(start, start + width * channels), row * width * channels);
      }
      return out;
    },
    Dense(layer, [x], shapes, out) {
      const kernel = layer.weights[0], units = layer.shape.at(-1);
      const depth = shapes[0].at(-1), rows = x.length / depth;
      for (let row = 0; row < rows; row++) {
        for (let i = 0; i < depth; i++) {
          const value = x[row * depth + i];
          if (value === 0) continue;
          for (let o = 0; o < units; o++) out[row * units + o] += value * kernel[i * units + o];
        }
      }
      return finished(layer, out);
    },
    Dropout: (layer, [x]) => x,
    Flatten: (layer, [x]) => x,
    LayerNormalization(layer, [x], shapes, out) {
      const [scale, shift] = layer.weights, channels = scale.length;
      for (let start = 0; start < x.length; start += channels) {
        let mean = 0, variance = 0;
        for (let i = 0; i < channels; i++) mean += x[start + i] / channels;
        for (let i = 0; i < channels; i++) variance += (x[start + i] - mean) ** 2 / channels;
        const factor = 1 / Math.sqrt(variance + layer.epsilon);
        for (let i = 0; i < channels; i++) out[start + i] = (x[start + i] - mean) * factor * scale[i] + shift[i];
      }
      return out;
    },
    MaxPooling2D(layer, [x], [shape], out) {
      const channels = layer.shape[2];
      out.fill(-Infinity);
      slide(shape, layer.shape, layer.pool_size, layer.strides, (to, from) => {
        for (let i = 0; i < channels; i++) {
          out[to * channels + i] = Math.max(out[to * channels + i], x[from * channels + i]);
        }
      });
      return out;
    },
    Permute(layer, [x], [shape], out) {
      const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
      const steps = layer.dims.map((axis) => strides[axis - 1]);
      for (let place = 0; place < out.length; place++) {
        let rest = place, from = 0;
        for (let axis = steps.length - 1; axis >= 0; axis--) {
          from += (rest % layer.shape[axis]) * steps[axis];
          rest = Math.floor(rest / layer.shape[axis]);
        }
        out[place] = x[from];
      }
      return out;
    },
    Reshape: (layer, [x]) => x,
    UpSampling2D(layer, [x], [shape], out) {
      const [height, width, channels] = layer.shape, [down, right] = layer.size;
      for (let place = 0; place < height * width; place++) {
        const row = Math.floor(Math.floor(place / width) / down), column = Math.floor((place % width) / right);
        const from = (row * shape[1] + column) * channels;
        out.set(x.subarray(from, from + channels), place * channels);
      }
      return out;
    },
  };

  const length = (shape) => shape.reduce((a, b) => a * b, 1);

  // The output of layers for an input of a shape.
  function run(layers, input, shape) {
    const values = [input], shapes = [shape];
    for (const layer of layers) {
      const inputs = layer.inputs.map((place) => values[place]);
      const own = layer.inputs.map((place) => shapes[place]);
      values.push(LAYERS[layer.kind](layer, inputs, own, new Float32Array(length(layer.shape))));
      shapes.push(layer.shape);
    }
    return values.at(-1);
  }

  function bytes(text) {
    const letters = atob(text), found = new Uint8Array(letters.length);
    for (let i = 0; i < found.length; i++) found[i] = letters.charCodeAt(i);
    return found;
  }

  // Every number that half precision has (IEEE 754, binary16), in the order of its bits.
  const HALVES = Float32Array.from({ length: 1 << 16 }, (_, word) => {
    const exponent = (word >> 10) & 31, fraction = word & 1023;
    const size = exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : (2 ** -14 * fraction) / 1024;
    return word >> 15 ? -size : size;
  });

  // Numbers in half precision, in base 64.
  function halves(text) {
    const words = new Uint16Array(bytes(text).buffer), found = new Float32Array(words.length);
    for (let i = 0; i < found.length; i++) found[i] = HALVES[words[i]];
    return found;
  }

  // Numbers in half precision as networks/layers.py packs them: base 85 with "," for "<", deflated, high bytes before
  // low ones.
  const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;,=>?@^_`{|}~";
  async function unpacked(text) {
    const digits = new Uint8Array(128), deflated = new Uint8Array(4 * Math.ceil(text.length / 5));
    for (let i = 0; i < 85; i++) digits[LETTERS.charCodeAt(i)] = i;
    const view = new DataView(deflated.buffer);
    for (let start = 0, to = 0; start < text.length; start += 5, to += 4) {
      let word = 0;  // a group that is cut short is read as if the highest digits followed
      for (let i = start; i < start + 5; i++) word = 85 * word + (i < text.length ? digits[text.charCodeAt(i)] : 84);
      view.setUint32(to, word);
    }
    const cut = deflated.subarray(0, Math.floor((4 * text.length) / 5));
    const stream = new Blob([cut]).stream().pipeThrough(new DecompressionStream("deflate"));
    const planes = new Uint8Array(await new Response(stream).arrayBuffer()), count = planes.length / 2;
    return Float32Array.from({ length: count }, (_, i) => HALVES[(planes[i] << 8) | planes[count + i]]);
  }

  // A network as networks/export.py writes it, with the weights of each layer in `weights`.
  async function load(written, imageShape) {
    const numbers = await unpacked(written.weights);
    let start = 0;
    const weighted = (layer) => ({
      ...layer,
      weights: layer.sizes.map((size) => numbers.subarray(start, (start += size))),
    });
    const encoder = written.encoder && written.encoder.map(weighted);
    const score = written.score && { ...written.score, numbers: await unpacked(written.score.numbers) };
    const map = written.map && { ...written.map, mean: halves(written.map.mean) };
    return { ...written, imageShape, score, map, encoder, decoder: written.decoder.map(weighted) };
  }

  // Image -> latents. A variational encoder gives means and then log variances: the means are the latents. Those of a
  // discrete latent are codes, which the decoder looks up first.
  function encode(network, image) {
    const latents = run(network.encoder, image, network.imageShape).subarray(0, network.latent_size);
    const [first] = network.decoder;
    return first.kind === "Codebook" ? run([first], latents, [latents.length]) : latents;
  }

  const clipped = (image) => image.map((value) => Math.min(1, Math.max(0, value)));

  // Latents -> image within [0, 1].
  const decode = (network, latents) => clipped(run(network.decoder, latents, [latents.length]));

  // Image -> what the network makes of it, within [0, 1]. One without a latent has no encoder.
  const reconstruct = (network, image) =>
    network.encoder
      ? decode(network, encode(network, image))
      : clipped(run(network.decoder, image, network.imageShape));

  // Latents in as many bits each: the nearest of 2 ** bits values, evenly spaced over the range of training latents.
  function quantised(network, latents, bits) {
    const most = 2 ** bits - 1;
    return latents.map((value, i) => {
      const low = network.low[i], step = (network.high[i] - low) / most;
      return step > 0 ? low + step * Math.min(most, Math.max(0, Math.round((value - low) / step))) : low;
    });
  }

  // What stages/evaluate/measures/anomaly_score.py defines, with the arrays that networks/export.py writes.
  //
  // -log of the density of a mixture of Gaussians, whose factors are triangular, along some axes.
  function negativeLogDensity({ scale, heights, numbers, size }, latents) {
    const inner = new Float64Array(size), centred = new Float64Array(size);
    latents.forEach((value, i) => {
      for (let j = 0; j < size; j++) inner[j] += (value / scale) * numbers[i * size + j];
    });
    const means = numbers.subarray(latents.length * size), factors = means.subarray(heights.length * size);
    const logs = heights.map((height, m) => {
      for (let i = 0; i < size; i++) centred[i] = inner[i] - means[m * size + i];
      const factor = factors.subarray(m * size * size);
      let distance = 0;
      for (let j = 0; j < size; j++) {
        let whitened = 0;
        for (let i = 0; i <= j; i++) whitened += centred[i] * factor[i * size + j];
        distance += whitened ** 2;
      }
      return height - distance / 2;
    });
    const top = Math.max(...logs);
    return -top - Math.log(logs.reduce((sum, log) => sum + Math.exp(log - top), 0));
  }

  // -log of the chance that a normal image exceeds a value.
  function surprisal({ knots, low, high, slope }, value) {
    const last = knots.length - 1, knot = knots.findLastIndex((known) => known < value);
    if (knot < 0) return low;
    if (knot === last) return high + slope * (value - knots[last]);
    return low + ((high - low) / last) * (knot + (value - knots[knot]) / (knots[knot + 1] - knots[knot]));
  }

  // The anomaly score of an image with a reconstruction error and latents.
  const anomalyScore = ({ score }, error, latents) =>
    Math.max(surprisal(score.error, error), surprisal(score.density, negativeLogDensity(score, latents)));

  // What stages/evaluate/measures/anomaly_map.py defines, with what networks/export.py writes.
  //
  // The weights of a Gaussian around each place of a line, whose sum is one.
  function gaussian(length, sigma) {
    return Array.from({ length }, (_, place) => {
      const weights = Float64Array.from({ length }, (_, i) => Math.exp(-((i - place) ** 2) / (2 * sigma ** 2)));
      const sum = weights.reduce((total, weight) => total + weight);
      return weights.map((weight) => weight / sum);
    });
  }

  // Rows of values, each the mean of those around it.
  function smoothed(values, height, width, sigma) {
    const rows = gaussian(height, sigma), columns = gaussian(width, sigma);
    const mean = (from, start, step, weights) =>
      weights.reduce((sum, weight, i) => sum + weight * from[start + i * step], 0);
    const across = values.map((_, i) => mean(values, i - (i % width), 1, columns[i % width]));
    return values.map((_, i) => mean(across, i % width, width, rows[Math.floor(i / width)]));
  }

  // The anomaly map of an image and its reconstruction, rows of one number a pixel.
  function anomalyMap({ map, imageShape: [height, width, channels] }, image, output) {
    const squares = new Float64Array(height * width), steepness = new Float64Array(height * width);
    for (let i = 0; i < image.length; i++) {
      const place = Math.floor(i / channels), row = Math.floor(place / width), column = place % width;
      const change = (index, length, step) =>
        (output[i + (index < length - 1 ? step : 0)] - output[i - (index > 0 ? step : 0)]) / 2;
      squares[place] += (image[i] - output[i]) ** 2 / channels;
      steepness[place] += (change(row, height, width * channels) ** 2 + change(column, width, channels) ** 2) / channels;
    }
    const edges = smoothed(steepness, height, width, map.sigmas[1]);
    return smoothed(squares, height, width, map.sigmas[0]).map(
      (value, i) => (2 * value) / (map.flat * (map.mean[i] + 1) + map.slope * edges[i]),
    );
  }

  // An anomaly map as brightness in [0, 1], in steps of 1/255: 128 of them are the threshold.
  const asGrey = ({ threshold }, values) =>
    values.map((value) => Math.min(255, Math.floor(value * (128 / threshold))) / 255);

  // Mean squared error per pixel and channel.
  function error(a, b) {
    let sum = 0;
    for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
    return sum / a.length;
  }

  return { anomalyMap, anomalyScore, asGrey, bytes, decode, encode, error, halves, load, quantised, reconstruct, run, unpacked };
})();
