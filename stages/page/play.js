// Trying: an image that is drawn, picked or dropped; damage and compression; what every network makes of it.
const pad = at("pad");
const sliders = { noise: at("noise"), salt: at("salt"), block: at("block"), bits: at("bits") };
const MOST_BITS = Number(sliders.bits.max); // stands for all bits there are
const BRUSH = Math.max(0.8, 0.055 * Math.max(height, width)); // pixels
const names = Object.keys(known.networks);
let clean = testImage(0);
let cursor = null; // row and column, while the keyboard draws

// The image with the damage of the sliders, in whole steps of 1/255; the noise stays in place as its strength changes.
function damaged() {
  const noise = Number(sliders.noise.value), salt = Number(sliders.salt.value), block = Number(sliders.block.value);
  const dice = random(1), image = clean.slice();
  for (let i = 0; i < height * width; i++) {
    const chance = dice();
    for (let c = 0; c < channels; c++) {
      const normal = Math.sqrt(-2 * Math.log(1 - dice())) * Math.cos(2 * Math.PI * dice()); // Box and Muller 1958
      let value = image[i * channels + c] + noise * normal;
      if (chance < salt / 2) value = 1;
      else if (chance > 1 - salt / 2) value = 0;
      image[i * channels + c] = Math.round(255 * Math.min(1, Math.max(0, value))) / 255;
    }
  }
  const rows = Math.round(block * height), columns = Math.round(block * width);
  const top = (height - rows) >> 1, left = (width - columns) >> 1;
  for (let row = top; row < top + rows; row++) {
    image.fill(0, (row * width + left) * channels, (row * width + left + columns) * channels);
  }
  return image;
}

const seen = html("canvas", { id: "damaged", role: "img", "aria-label": "What the networks see" });
const seenTile = html("figure", {}, seen, html("figcaption", {}, html("b", {}, "what they see"), "drawing, with damage"));
const tiles = Object.fromEntries(names.map((name) => {
  const canvas = html("canvas", { role: "img" }), error = html("span"), word = html("span");
  const said = `anomaly map of ${spoken(name)}`;
  const map = html("canvas", { role: "img", class: "map", hidden: true, "aria-label": said });
  const figure = html("figure", {}, canvas, map,
    html("figcaption", {}, html("b", {}, spoken(name)), chip(look(name)), error, html("br"), word));
  return [name, { figure, canvas, map, error, word }];
}));

// How many normal images there are for one with an anomaly score, which is -log of its chance.
const oneIn = (score) => (score > Math.log(1e6) ? "over a million" : large(Number(Math.exp(score).toPrecision(2))));

const restore = latest(
  () => {
    const bits = Number(sliders.bits.value);
    const image = damaged();
    paint(pad, clean);
    paint(seen, image);
    if (cursor) outline();
    return ["restore", { image, clean, bits: bits < MOST_BITS ? bits : 0, maps: at("maps").checked }];
  },
  ({ answer, milliseconds }) => {
    const best = answer.reduce((a, b) => (b.error < a.error ? b : a));
    let unusual = 0, judged = 0;
    for (const { name, output, error, score, map } of answer) {
      const { figure, canvas, ...said } = tiles[name], { threshold } = known.networks[name];
      paint(canvas, output);
      said.map.hidden = !map;
      if (map) paint(said.map, map);
      canvas.setAttribute("aria-label", `reconstructed by ${spoken(name)}`);
      said.error.textContent = `error ${error.toFixed(4)}`;
      figure.classList.toggle("best", name === best.name);
      if (threshold === null) continue;
      judged++;
      unusual += score > threshold;
      said.word.textContent = score > threshold ? `unusual: one in ${oneIn(score)}` : "as usual";
    }
    at("told").textContent = `${answer.length} networks answered in ${Math.ceil(milliseconds)} ms. Lowest error: ` +
      `${spoken(best.name)}, ${best.error.toFixed(4)}.${judged ? ` ${unusual} of ${judged} find the image unusual.` : ""}`;
    at("told").dataset.milliseconds = milliseconds;
  },
);

function told() {
  for (const [name, slider] of Object.entries(sliders)) {
    const value = Number(slider.value), whole = name === "bits" && value === MOST_BITS;
    const said = name === "bits" ? (whole ? "all" : String(value)) : name === "noise" ? value.toFixed(2) : `${Math.round(100 * value)} %`;
    slider.nextElementSibling.textContent = said;
    slider.setAttribute("aria-valuetext", whole ? "all there are" : said);
  }
  restore();
}

function use(image) {
  clean = image;
  restore();
}

// Ink of a soft round brush, where it covers more than what is there; erasing takes away as much.
function dab(row, column) {
  const ink = channels === 3 ? [1, 3, 5].map((start) => parseInt(at("ink").value.slice(start, start + 2), 16) / 255) : [1];
  clean = clean.slice();
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const cover = Math.min(1, Math.max(0, BRUSH + 0.5 - Math.hypot(y + 0.5 - row, x + 0.5 - column)));
      for (let c = 0; c < channels; c++) {
        const place = (y * width + x) * channels + c;
        if (at("erase").checked) clean[place] *= 1 - cover;
        else if (channels === 1) clean[place] = Math.max(clean[place], cover);
        else clean[place] += cover * (ink[c] - clean[place]);
      }
    }
  }
}

// Dabs along a line, so that a quick stroke has no gaps.
function stroke([fromRow, fromColumn], [row, column]) {
  const steps = Math.max(1, Math.ceil(2 * Math.hypot(row - fromRow, column - fromColumn)));
  for (let i = 1; i <= steps; i++) {
    dab(fromRow + (i / steps) * (row - fromRow), fromColumn + (i / steps) * (column - fromColumn));
  }
  restore();
}

let pen = null;
function under(event) {
  const box = pad.getBoundingClientRect(), edge = pad.clientLeft;
  return [
    ((event.clientY - box.top - edge) / pad.clientHeight) * height,
    ((event.clientX - box.left - edge) / pad.clientWidth) * width,
  ];
}
pad.addEventListener("pointerdown", (event) => {
  pad.setPointerCapture(event.pointerId);
  cursor = null;
  pen = under(event);
  stroke(pen, pen);
});
pad.addEventListener("pointermove", (event) => {
  if (!pen) return;
  const next = under(event);
  stroke(pen, next);
  pen = next;
});
for (const end of ["pointerup", "pointercancel"]) pad.addEventListener(end, () => (pen = null));

function outline() {
  const context = pad.getContext("2d");
  context.fillStyle = "rgb(230 159 0 / 70%)";
  context.fillRect(cursor[1], cursor[0], 1, 1);
}
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
pad.addEventListener("keydown", (event) => {
  if (event.key in STEPS) {
    cursor ??= [height >> 1, width >> 1];
    const next = cursor.map((value, i) => Math.min([height, width][i] - 1, Math.max(0, value + STEPS[event.key][i])));
    cursor = next;
  } else if (event.key === " ") {
    cursor ??= [height >> 1, width >> 1];
    dab(cursor[0] + 0.5, cursor[1] + 0.5);
  } else if (event.key === "Delete") clean = new Float32Array(pixels);
  else return;
  event.preventDefault();
  restore();
});
pad.addEventListener("blur", () => {
  cursor = null;
  restore();
});

// A file as an image of the data set's size: cut to a square in the middle, grey where the data set is.
async function open(file) {
  try {
    const opened = await createImageBitmap(file);
    const side = Math.min(opened.width, opened.height), context = html("canvas", { width, height }).getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(opened, (opened.width - side) / 2, (opened.height - side) / 2, side, side, 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    const grey = (i) => (0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2]) / 255; // ITU-R BT.601
    use(Float32Array.from({ length: pixels }, (_, i) =>
      channels === 1 ? grey(i) : data[4 * Math.floor(i / channels) + (i % channels)] / 255));
    at("file-told").textContent = `${file.name}, made ${width} x ${height} pixels`;
  } catch {
    at("file-told").textContent = `${file.name} is no image that this browser can read`;
  }
}
at("file").addEventListener("change", () => at("file").files[0] && open(at("file").files[0]));
for (const [event, entering] of Object.entries({ dragover: true, dragleave: false, drop: false })) {
  addEventListener(event, (happened) => {
    happened.preventDefault();
    pad.classList.toggle("dropping", entering);
    if (event === "drop" && happened.dataTransfer.files[0]) open(happened.dataTransfer.files[0]);
  });
}

let first = 0;
function showPicks() {
  const chosen = Array.from({ length: Math.min(18, count) }, (_, i) => (first + i) % count);
  at("picks").replaceChildren(...chosen.map((i) => {
    const canvas = paint(html("canvas"), testImage(i));
    return html("button", { type: "button", "aria-label": nameOfTest(i), onclick: () => use(testImage(i)) }, canvas);
  }));
}
at("shuffle").addEventListener("click", () => {
  first = (first + 18) % count;
  showPicks();
});
at("clear").addEventListener("click", () => use(new Float32Array(pixels)));
at("invert").addEventListener("click", () => use(clean.map((value) => 1 - value)));
at("undo").addEventListener("click", () => {
  for (const slider of Object.values(sliders)) slider.value = slider === sliders.bits ? MOST_BITS : 0;
  told();
});
for (const slider of Object.values(sliders)) slider.addEventListener("input", told);
at("maps").addEventListener("change", restore);

// The order of tiles is that of the ranks for the purpose.
function arrange() {
  const ranked = state.purpose.rows.map((row) => row.name).filter((name) => name in tiles);
  const others = names.filter((name) => !ranked.includes(name));
  at("tiles").replaceChildren(seenTile, ...[...ranked, ...others].map((name) => tiles[name].figure));
}
document.addEventListener("purpose", arrange);

at("ink-label").hidden = channels !== 3;
at("maps-label").hidden = known.quantile === null;
pad.setAttribute("aria-label", `Drawing of ${width} by ${height} pixels`);
if (known.left_out.length) {
  at("left-out").hidden = false;
  at("left-out").textContent = `Too large for this page: ${known.left_out.map(spoken).join(", ")}.`;
}
arrange();
showPicks();
told();
