"use strict";
// What all parts of the page share: what it knows, making elements (text is always text, never markup), drawing images,
// and asking the worker.
const known = JSON.parse(document.getElementById("known").textContent);
const [height, width, channels] = known.image_shape;
const pixels = height * width * channels;
const at = (id) => document.getElementById(id);
const spoken = (name) => known.spoken[name] ?? name;
const inCase = (purpose, i) => ({ ...purpose, ...purpose.cases[i] }); // a purpose in one of its cases
const state = { purpose: inCase(known.purposes[0], 0) };

function made(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}
const html = (tag, attributes = {}, ...children) => made(document.createElement(tag), attributes, children);
const svg = (tag, attributes = {}, ...children) =>
  made(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

// Three significant digits, without an exponent.
const short = (value) => (value === 0 ? "0" : String(Number(value.toPrecision(3))));
const large = (value) => value.toLocaleString("en");

// Outlines of the shapes of stages/draw/style.py but the circle "o", around 0: x and y of every corner.
const OUTLINES = {
  s: [-1, -1, 1, -1, 1, 1, -1, 1],
  D: [0, -1.2, 1.2, 0, 0, 1.2, -1.2, 0],
  "^": [0, -1.1, 1.1, 1, -1.1, 1],
  v: [0, 1.1, 1.1, -1, -1.1, -1],
  ">": [1.1, 0, -1, 1.1, -1, -1.1],
  "<": [-1.1, 0, 1, 1.1, 1, -1.1],
  P: [-0.4, -1.1, 0.4, -1.1, 0.4, -0.4, 1.1, -0.4, 1.1, 0.4, 0.4, 0.4,
    0.4, 1.1, -0.4, 1.1, -0.4, 0.4, -1.1, 0.4, -1.1, -0.4, -0.4, -0.4],
};
// A marker of a colour and a shape; black stands for the colour of text.
function mark([colour, shape], x, y, size) {
  const look = colour === "#000000" ? { class: "mark ink" } : { class: "mark", fill: colour };
  if (shape === "o") return svg("circle", { ...look, cx: x, cy: y, r: size });
  return svg("polygon", { ...look, points: OUTLINES[shape].map((end, i) => (i % 2 ? y : x) + size * end).join(" ") });
}
const look = (name) => known.looks[name] ?? ["#777777", "o"];
const chip = (which) => svg("svg", { class: "chip", viewBox: "0 0 12 12", "aria-hidden": "true" }, mark(which, 6, 6, 5));

// An image (numbers in [0, 1], rows, columns, channels, or one number a pixel) onto a canvas.
function paint(canvas, image) {
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  const drawn = new ImageData(width, height), depth = image.length / (height * width);
  for (let i = 0; i < height * width; i++) {
    for (let c = 0; c < 3; c++) drawn.data[4 * i + c] = 255 * image[i * depth + (depth === 3 ? c : 0)];
    drawn.data[4 * i + 3] = 255;
  }
  canvas.getContext("2d").putImageData(drawn, 0, 0);
  return canvas;
}
const picture = (image, label) => paint(html("canvas", { role: "img", "aria-label": label }), image);

const stored = engine.bytes(known.images);
const count = stored.length / pixels;
const testImage = (i) => Float32Array.from(stored.subarray(i * pixels, (i + 1) * pixels), (value) => value / 255);
const nameOfTest = (i) => `test image ${i}${known.labels ? `, ${known.classes[known.labels[i]]}` : ""}`;

// Numbers in [0, 1) that are the same for a seed (Steele et al. 2014, "Fast splittable pseudorandom number generators").
function random(seed) {
  let place = seed;
  return () => {
    place = (place + 0x6d2b79f5) | 0;
    let word = Math.imul(place ^ (place >>> 15), place | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  };
}

const worker = new Worker(
  URL.createObjectURL(new Blob([at("engine.js").textContent, at("worker").textContent], { type: "text/javascript" })),
);
const waiting = new Map();
worker.onmessage = ({ data }) => {
  waiting.get(data.id)(data);
  waiting.delete(data.id);
};
// The worker's answer to a question of a kind, and the milliseconds that it took.
let asked = 0;
function ask(kind, question) {
  return new Promise((resolve) => {
    waiting.set(++asked, resolve);
    worker.postMessage({ id: asked, kind, ...question });
  });
}
// Asks again and again as what it asks for changes, but never while an answer is out: the last question counts.
function latest(question, show) {
  let out = false, again = false;
  return async function refresh() {
    again = true;
    if (out) return;
    out = true;
    while (again) {
      again = false;
      show(await ask(...question()));
    }
    out = false;
  };
}
ask("load", { written: known.networks, imageShape: known.image_shape });
