// Charts: points and curves with axes, whose values show under the pointer and at the keyboard's focus.
const GAP = { left: 46, right: 16, top: 14, bottom: 44 };

// Round values within a range: 1, 2 or 5 times a power of ten, on the logarithm in each of its decades.
function ticks(low, high, logarithmic) {
  if (logarithmic) {
    const found = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
      for (const factor of [1, 2, 5]) if (factor * 10 ** power >= low && factor * 10 ** power <= high) found.push(factor * 10 ** power);
    }
    const skipped = Math.ceil(found.length / 7);
    return found.filter((_, i) => i % skipped === 0);
  }
  const rough = (high - low) / 5, power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough);
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => (first + i) * step);
}

const brief = (value) => {
  const [size, letter] = [[1e6, "M"], [1e3, "k"]].find(([unit]) => value >= unit) ?? [1, ""];
  return `${Number((value / size).toPrecision(3))}${letter}`;
};

function axis(values, logarithmic) {
  const on = (value) => (logarithmic ? Math.log(value) : value), back = (value) => (logarithmic ? Math.exp(value) : value);
  const low = Math.min(...values.map(on)), high = Math.max(...values.map(on)), margin = 0.08 * (high - low || 1);
  const share = (value) => (on(value) - low + margin) / (high - low + 2 * margin);
  return { share, ticks: ticks(back(low - margin), back(high + margin), logarithmic) };
}

// series: label, look, points [[x, y], ...] (one is a mark, more are a curve); plain: dashed, and cut where it leaves the
// range of the others; big: a text beside a large mark
function chart(place, { about, x, series }) {
  const wide = Math.max(280, place.clientWidth), high = Math.min(360, Math.max(260, 0.62 * wide));
  const inside = series.filter((own) => !own.plain).flatMap((own) => own.points);
  const across = axis(inside.map((point) => point[0]), true), up = axis(inside.map((point) => point[1]), false);
  const left = (value) => GAP.left + across.share(value) * (wide - GAP.left - GAP.right);
  const top = (value) => high - GAP.bottom - up.share(value) * (high - GAP.top - GAP.bottom);
  const drawn = svg("svg", { class: "chart", viewBox: `0 0 ${wide} ${high}`, role: "group", "aria-label": about });
  const frame = { x: GAP.left, y: GAP.top, width: wide - GAP.left - GAP.right, height: high - GAP.top - GAP.bottom };
  const cut = `${place.id}-cut`;
  drawn.append(svg("clipPath", { id: cut }, svg("rect", frame)));
  for (const value of up.ticks) {
    drawn.append(svg("line", { class: "grid", x1: GAP.left, x2: wide - GAP.right, y1: top(value), y2: top(value) }));
    drawn.append(svg("text", { x: GAP.left - 6, y: top(value) + 4, "text-anchor": "end" }, short(value)));
  }
  for (const value of across.ticks) {
    drawn.append(svg("text", { x: left(value), y: high - GAP.bottom + 18, "text-anchor": "middle" }, brief(value)));
  }
  drawn.append(svg("text", { x: (wide + GAP.left) / 2, y: high - 6, "text-anchor": "middle" }, x));
  for (const { label, look, points, plain, big } of series) {
    const places = points.map((point) => [left(point[0]), top(point[1])]);
    const group = svg("g", { tabindex: "0", role: "img", "aria-label": label, "clip-path": plain ? `url(#${cut})` : null });
    if (places.length > 1) {
      const colour = look[0] === "#000000" ? "currentColor" : look[0];
      group.append(svg("polyline", { class: plain ? "curve plain" : "curve", stroke: colour, points: places.join(" ") }));
    } else {
      group.append(svg("circle", { class: "hit", cx: places[0][0], cy: places[0][1], r: 14 }));
      group.append(mark(look, ...places[0], big ? 8 : 5.5));
    }
    hinted(group, label);
    drawn.append(group);
    if (big) {
      const end = places[0][0] > wide / 2;
      drawn.append(svg("text", { class: "label", x: places[0][0] + (end ? -13 : 13), y: places[0][1] + 4, "text-anchor": end ? "end" : "start" }, big));
    }
  }
  place.replaceChildren(drawn);
}

// A text beside an element while the pointer is on it or it has the focus.
function hinted(element, text) {
  const tip = at("tip");
  const show = (x, y) => {
    tip.textContent = text;
    tip.hidden = false;
    const box = tip.getBoundingClientRect();
    tip.style.left = `${Math.max(4, Math.min(x + 14, innerWidth - box.width - 4))}px`;
    tip.style.top = `${y - box.height - 10 > 0 ? y - box.height - 10 : y + 18}px`;
  };
  const hide = () => (tip.hidden = true);
  element.addEventListener("pointermove", (event) => show(event.clientX, event.clientY));
  element.addEventListener("pointerleave", hide);
  element.addEventListener("focus", () => {
    const box = element.getBoundingClientRect();
    show(box.x + box.width / 2, box.y);
  });
  element.addEventListener("blur", hide);
}
