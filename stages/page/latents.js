// Latents: a map of test images, what lies between two of them, and samples.
const SIDE = 460, EDGE = 16, STEPS_BETWEEN = 10, SAMPLES = 12;
const chooser = at("network"), ends = [at("from"), at("to")];
const classLook = (i) => known.palette[(known.labels ? known.labels[i] + 1 : 5) % known.palette.length];
let spots = []; // places of test images on the map

function drawMap() {
  const { points } = known.networks[chooser.value];
  const scales = [0, 1].map((axis) => {
    const values = points.map((point) => point[axis]), low = Math.min(...values), high = Math.max(...values);
    return (value) => EDGE + ((value - low) / (high - low || 1)) * (SIDE - 2 * EDGE);
  });
  spots = points.map(([x, y]) => [scales[0](x), SIDE - scales[1](y)]);
  const drawn = svg("svg", { class: "chart", viewBox: `0 0 ${SIDE} ${SIDE}`, role: "img", "aria-label": `Map of ${spots.length} test images; the numbers below choose two of them` });
  spots.forEach(([x, y], i) => drawn.append(mark(classLook(i), x, y, 4.5)));
  drawn.append(svg("line", { class: "path" }), svg("circle", { class: "ends", r: 9 }), svg("circle", { class: "ends", r: 9 }));
  const legend = known.labels
    ? html("ul", { class: "legend" }, ...known.classes.map((name, i) =>
        html("li", {}, chip(known.palette[(i + 1) % known.palette.length]), String(name))))
    : "";
  at("map").replaceChildren(drawn, legend);
  drawn.addEventListener("pointerdown", (event) => {
    drawn.setPointerCapture(event.pointerId);
    choose(nearest(drawn, event), null);
  });
  drawn.addEventListener("pointermove", (event) => drawn.hasPointerCapture(event.pointerId) && choose(null, nearest(drawn, event)));
}

function nearest(drawn, event) {
  const box = drawn.getBoundingClientRect();
  const x = ((event.clientX - box.left) / box.width) * SIDE, y = ((event.clientY - box.top) / box.height) * SIDE;
  const distances = spots.map(([a, b]) => Math.hypot(a - x, b - y));
  return distances.indexOf(Math.min(...distances));
}

// Sets the first of the two test images, with the second to the same, or the second alone.
function choose(from, to) {
  if (from !== null) ends[0].value = ends[1].value = from;
  if (to !== null) ends[1].value = to;
  showBetween();
}
const chosen = () => ends.map((end) => Math.min(count - 1, Math.max(0, Math.floor(Number(end.value)) || 0)));

const decodeBetween = latest(
  () => ["between", { name: chooser.value, images: chosen().map(testImage), steps: STEPS_BETWEEN }],
  ({ answer }) => {
    const [from, to] = chosen().map(nameOfTest);
    const shown = answer.map((image, i) => picture(image, `step ${i + 1} of ${STEPS_BETWEEN}`));
    at("between").replaceChildren(picture(testImage(chosen()[0]), from), ...shown, picture(testImage(chosen()[1]), to));
  },
);

function showBetween() {
  const places = chosen().map((i) => spots[i]);
  const line = at("map").querySelector(".path");
  const [[x1, y1], [x2, y2]] = places;
  for (const [name, value] of Object.entries({ x1, y1, x2, y2 })) line.setAttribute(name, value);
  at("map").querySelectorAll(".ends").forEach((ring, i) => {
    ring.setAttribute("cx", places[i][0]);
    ring.setAttribute("cy", places[i][1]);
  });
  decodeBetween();
}

let drawnSoFar = 0;
async function showSamples(source) {
  const places = Array.from({ length: SAMPLES }, (_, i) => drawnSoFar + i);
  drawnSoFar += SAMPLES;
  const { answer } = await ask("samples", { name: chooser.value, source, places });
  at("samples").replaceChildren(...answer.map((image, i) => picture(image, `sample ${i + 1} from the ${source}`)));
}

function showNetwork() {
  const sources = ["mixture", ...(known.networks[chooser.value].prior ? ["prior"] : [])];
  at("sources").replaceChildren(...sources.map((source) =>
    html("button", { type: "button", onclick: () => showSamples(source) }, `New ones from the ${source}`)));
  drawMap();
  showBetween();
  showSamples(sources[0]);
}

const withLatent = names.filter((name) => known.networks[name].latent_size);
chooser.append(...withLatent.map((name) => html("option", { value: name }, spoken(name))));
chooser.value = state.purpose.answer.names.find((name) => withLatent.includes(name)) ?? withLatent[0];
chooser.addEventListener("change", showNetwork);
for (const end of ends) {
  end.max = count - 1;
  end.addEventListener("input", showBetween);
}
at("take").addEventListener("click", () => {
  use(testImage(chosen()[0]));
  at("play").scrollIntoView();
});
if (withLatent.length) showNetwork();
else at("latents").hidden = true;
