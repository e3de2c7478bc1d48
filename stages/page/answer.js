// The answer for a purpose, the table behind it and the two charts.
const COLUMNS = [
  { heading: "architecture", key: "name" },
  { heading: "", key: "mean", show: (row) => short(row.mean) },
  { heading: `interval (${100 * known.level} %)`, key: "low", show: (row) => (row.low === null ? "" : `${short(row.low)} to ${short(row.high)}`) },
  { heading: "verdict", key: "verdict", word: true },
  { heading: "chance to be best", key: "p_best", show: (row) => `${Math.round(100 * row.p_best)} %` },
  { heading: "gain over classical", key: "gain", show: (row) => row.gain_words },
  { heading: "usable", key: "usable", word: true, show: (row) => (row.usable ? "yes" : "no") },
  { heading: "multiply-adds", key: "multiply_adds", show: (row) => large(row.multiply_adds) },
];
const EXAMPLES = 6;
let sorted = { column: null, down: false };

function showAnswer() {
  const { answer, about, summary } = state.purpose;
  const names = answer.names.flatMap((name, i) => [i ? " or " : "", spoken(name)]);
  const facts = { "how good": answer.good, "how sure": answer.sure, "what it costs": answer.cost, "gain over classical": answer.beats };
  const network = answer.names.length === 1 && known.networks[answer.names[0]];
  at("answer").replaceChildren(
    html("p", { class: "quiet" }, about[0].toUpperCase() + about.slice(1), "."),
    html("p", { class: "lead" }, answer.lead),
    names.length ? html("p", { class: "names" }, ...names) : "",
    network ? html("p", { class: "note" }, network.about, ".") : "",
    html("dl", {}, ...Object.entries(facts).filter(([, said]) => said).map(([fact, said]) =>
      html("div", {}, html("dt", {}, fact), html("dd", {}, said)))),
    summary ? html("p", {}, summary[0].toUpperCase() + summary.slice(1), ".") : "",
  );
}

// What the recommended network, or else the first that is here, makes of some test images.
async function showExamples() {
  const { purpose } = state;
  const name = [...purpose.answer.names, ...purpose.rows.map((row) => row.name)].find((one) => one in known.networks);
  if (!name) return;
  const images = Array.from({ length: Math.min(EXAMPLES, count) }, (_, i) => testImage(i));
  const { answer } = await ask("back", { name, images });
  const { latent_size: size, codebook_size: codes, code_size: length } = known.networks[name];
  const numbers = codes ? `${size / length} choices of one of ${codes} patterns` : `${size} numbers`;
  const squeezed = size ? ` from ${numbers}` : ", without squeezing them into fewer numbers";
  at("examples").replaceChildren(
    html("div", { class: "strip" }, ...images.map((image, i) => picture(image, nameOfTest(i))),
      ...answer.map((image, i) => picture(image, `test image ${i}, reconstructed`))),
    html("figcaption", { class: "note" }, `Above: images of ${pixels} numbers. Below: what ${spoken(name)} reconstructs${squeezed}.`),
  );
}

function showTable() {
  const { purpose } = state;
  const rows = [...purpose.rows];
  if (sorted.column) {
    const { key } = sorted.column, sign = sorted.down ? -1 : 1;
    const of = (row) => (key === "name" ? spoken(row.name).toLowerCase() : row[key]);
    const missing = (row) => of(row) === null || of(row) === undefined;
    rows.sort((a, b) => missing(a) - missing(b) || (missing(a) ? 0 : sign * (of(a) < of(b) ? -1 : of(a) > of(b) ? 1 : 0)));
  }
  const headings = COLUMNS.map((column) => {
    const direction = sorted.down ? "descending" : "ascending";
    const said = column.heading || purpose.measure;
    return html("th", { scope: "col", class: column.word ? "word" : null, "aria-sort": sorted.column === column ? direction : null },
      html("button", { type: "button", onclick: () => sortBy(column) }, said, sorted.column === column ? (sorted.down ? " ↓" : " ↑") : ""));
  });
  const lines = rows.map((row) => {
    const own = row.kind === "architecture";
    const kind = own ? (purpose.answer.names.includes(row.name) ? "taken" : null) : "plain";
    return html("tr", { class: kind },
      html("th", { scope: "row" }, own ? chip(look(row.name)) : "", spoken(row.name)),
      ...COLUMNS.slice(1).map((column) => {
        const there = row[column.key] !== null && row[column.key] !== undefined;
        return html("td", { class: column.word ? "word" : null }, there ? (column.show ? column.show(row) : row[column.key]) : "");
      }));
  });
  at("table").replaceChildren(
    html("caption", { class: "unseen" }, purpose.use),
    html("thead", {}, html("tr", {}, ...headings)),
    html("tbody", {}, ...lines),
  );
}

function sortBy(column) {
  sorted = { column, down: sorted.column === column && !sorted.down };
  showTable();
  at("table").querySelectorAll("thead button")[COLUMNS.indexOf(column)].focus();
}

function showCharts() {
  const { purpose } = state;
  const own = purpose.rows.filter((row) => row.kind === "architecture");
  at("cost-heading").textContent = `Quality against cost: ${purpose.measure} (${purpose.better} is better)`;
  chart(at("cost"), {
    about: `${purpose.use}: ${purpose.measure} against multiply-adds of ${own.length} architectures`,
    x: "multiply-adds an image",
    series: own.map((row) => ({
      label: `${spoken(row.name)}: ${short(row.mean)}, ${large(row.multiply_adds)} multiply-adds`,
      look: look(row.name),
      points: [[row.multiply_adds, row.mean]],
      big: purpose.answer.names.includes(row.name) && spoken(row.name),
    })),
  });
  chart(at("rates"), {
    about: "PSNR against bits a pixel of every architecture and of classical coders",
    x: "bits a pixel",
    series: Object.entries(known.curves).map(([name, points]) => ({
      label: `${spoken(name)}: ${short(points[0][1])} dB at ${short(points[0][0])} bits a pixel` +
        (points.length > 1 ? `, ${short(points.at(-1)[1])} dB at ${short(points.at(-1)[0])}` : ""),
      look: look(name),
      points,
      plain: !known.looks[name],
    })),
  });
}

function show(purpose) {
  state.purpose = purpose;
  at("behind-heading").textContent = `All of them: ${purpose.use.toLowerCase()}`;
  showAnswer();
  showExamples();
  showTable();
  showCharts();
  document.dispatchEvent(new Event("purpose"));
}

const choice = (name, said, checked, onchange) =>
  html("label", {}, html("input", { type: "radio", name, checked, onchange }), html("span", {}, said));
// A purpose and its cases to choose from; the first one is shown.
function choosePurpose(purpose) {
  const cases = purpose.cases.map((one, i) => choice("case", one.case, i === 0, () => show(inCase(purpose, i))));
  at("cases").hidden = cases.length < 2;
  at("cases").replaceChildren(html("legend", { class: "unseen" }, "Case"), ...cases);
  show(inCase(purpose, 0));
}

at("purposes").append(...known.purposes.map((purpose, i) =>
  choice("purpose", purpose.title, i === 0, () => choosePurpose(purpose))));
at("rates").parentElement.hidden = !Object.keys(known.curves).length;
choosePurpose(known.purposes[0]);
at("behind").open = innerWidth > 600; // on a phone the networks come first
at("behind").addEventListener("toggle", showCharts);
addEventListener("beforeprint", () => (at("behind").open = true));
let shownWidth = innerWidth;
addEventListener("resize", () => {
  if (innerWidth !== shownWidth) showCharts();
  shownWidth = innerWidth;
});
