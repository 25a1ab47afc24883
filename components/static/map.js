/* The map's drawing. Geometry and state come over HTTP, once per hash; a step in time changes attributes of paths that stand already.
 *
 * One SVG holds everything. Shapes are projected once (Web Mercator, integers around a local origin) and a zoom only changes the
 * transform of their group; strokes do not scale, patterns are scaled back. Signs (numbers, badges, names) stand in layer points.
 *
 * Channel (BroadcastChannel, one name per page view):
 *   in   {type: "month", month: "2024-10"}        show this month, nobody asks the server
 *        {type: "ask"}                            say again what is shown
 *   out  {type: "hello"}                          the map is ready; whoever plays should say the month again
 *   out  {type: "shown", month, keys: [...]}      what is on the map now, by legend key
 *   out  {type: "failed"}                         there will be no map; its text says so
 */
(() => {
  "use strict";
  const SVG = "http://www.w3.org/2000/svg";
  const FIRST_CHAR = 35, SKIPPED = 57, CHARS = 91;   // the code alphabet: "#" to "~" without the backslash
  const BORDER = { colour: "#b9b3a6", width: 0.6 };
  const FAR_ZOOM = 7;                                // below it the nation's municipalities are a few pixels wide
  const fetched = new Map();

  function grab(url) {
    if (!fetched.has(url)) {
      fetched.set(url, fetch(url).then((answer) => {
        if (!answer.ok) throw new Error(`${url}: HTTP ${answer.status}`);
        return answer.json();
      }).catch((error) => { fetched.delete(url); throw error; }));
    }
    return fetched.get(url);
  }

  // Geometry starts to travel before Leaflet is there: the script's own address names it.
  const early = (document.currentScript?.src ?? "").split("#")[1];
  if (early) grab(decodeURIComponent(early)).catch(() => undefined);

  const el = (name, attributes = {}, parent = null) => {
    const node = document.createElementNS(SVG, name);
    for (const key in attributes) node.setAttribute(key, attributes[key]);
    if (parent) parent.appendChild(node);
    return node;
  };
  const monthNumber = (text) => { const [y, m] = text.split("-"); return y * 12 + (m - 1); };

  /* ---------- geometry ---------- */

  const mercator = (degrees) => Math.log(Math.tan(Math.PI / 4 + degrees * Math.PI / 360)) * 180 / Math.PI;

  class Shapes {
    constructor(payload) {
      const { scale, bounds } = payload;
      this.scale = scale;
      this.lon0 = (bounds[0][1] + bounds[1][1]) / 2;
      this.lat0 = (bounds[0][0] + bounds[1][0]) / 2;
      this.merc0 = mercator(this.lat0);
      this.x = (lon) => Math.round((lon - this.lon0) / scale);
      this.y = (lat) => Math.round((this.merc0 - mercator(lat)) / scale);
      this.units = payload.units.map(([code, name, department, seat, polygons]) => {
        const rings = polygons.flatMap((polygon) => polygon.map((ring) => this.ring(ring)));
        return { code, name, department, seat: [this.x(seat[0]), this.y(seat[1])], rings, box: this.box(rings), largest: this.largest(rings) };
      });
      this.index = new Map(this.units.map((unit, i) => [unit.code, i]));
      this.inOrder = [...this.index.keys()].sort().map((code) => this.index.get(code));
      this.lines = payload.lines ?? {};
    }

    ring(flat) {
      const out = new Int32Array(flat.length);
      let lon = 0, lat = 0;
      for (let i = 0; i < flat.length; i += 2) {
        lon += flat[i]; lat += flat[i + 1];
        out[i] = this.x(lon * this.scale); out[i + 1] = this.y(lat * this.scale);
      }
      return out;
    }

    box(rings) {
      let [w, n, e, s] = [Infinity, Infinity, -Infinity, -Infinity];
      for (const r of rings) for (let i = 0; i < r.length; i += 2) {
        if (r[i] < w) w = r[i]; if (r[i] > e) e = r[i];
        if (r[i + 1] < n) n = r[i + 1]; if (r[i + 1] > s) s = r[i + 1];
      }
      return { w, n, e, s };
    }

    largest(rings) {
      let best = null, size = -1;
      for (const r of rings) {
        const b = this.box([r]), area = (b.e - b.w) * (b.s - b.n);
        if (area > size) { size = area; best = b; }
      }
      return best;
    }

    /* Where a name fits best in a unit: the middle of the longest horizontal line inside its largest ring. */
    spot(i) {
      const unit = this.units[i];
      if (unit.spot) return unit.spot;
      const ring = unit.ring ??= unit.rings.find((r) => { const b = this.box([r]); return b.w === unit.largest.w && b.n === unit.largest.n; });
      const { n, s } = unit.largest;
      let best = { at: unit.seat, width: 0 }, score = 0;
      for (let t = 0.2; t < 0.81; t += 0.075) {
        const y = n + (s - n) * t + 0.31, cuts = [];
        for (let k = 0, j = ring.length - 2; k < ring.length; j = k, k += 2) {
          if ((ring[k + 1] > y) !== (ring[j + 1] > y)) cuts.push(ring[k] + (y - ring[k + 1]) * (ring[j] - ring[k]) / (ring[j + 1] - ring[k + 1]));
        }
        cuts.sort((a, b) => a - b);
        for (let c = 0; c + 1 < cuts.length; c += 2) {
          const width = cuts[c + 1] - cuts[c], value = width * (1 - 0.5 * Math.abs(t - 0.5));
          if (value > score) { score = value; best = { at: [(cuts[c] + cuts[c + 1]) / 2, y], width }; }
        }
      }
      return unit.spot = best;
    }

    /* Departments with the place and the room for their names, the largest first. */
    departments() {
      const found = new Map();
      for (const { department, largest: b } of this.units) {
        if (!b) continue;
        const area = (b.e - b.w) * (b.s - b.n);
        const d = found.get(department) ?? { x: 0, y: 0, area: 0, w: Infinity, e: -Infinity };
        d.x += (b.w + b.e) / 2 * area; d.y += (b.n + b.s) / 2 * area; d.area += area; d.w = Math.min(d.w, b.w); d.e = Math.max(d.e, b.e);
        found.set(department, d);
      }
      return [...found].sort((a, b) => b[1].area - a[1].area)
        .map(([name, d]) => ({ name, at: [d.x / d.area, d.y / d.area], width: (d.e - d.w) * 0.95 }));
    }

    static path(ring, closed = true) {
      let d = `M${ring[0]} ${ring[1]}l`;
      for (let i = 2; i < ring.length; i += 2) d += `${ring[i] - ring[i - 2]} ${ring[i + 1] - ring[i - 1]} `;
      return closed ? d + "z" : d;
    }

    d(i) { return this.units[i].rings.map((ring) => Shapes.path(ring)).join(""); }

    /* For each edge of each ring, the unit on its other side (-1: none). Shared borders have the same vertices on both sides. */
    get neighbours() {
      if (this._neighbours) return this._neighbours;
      const points = new Map(), edges = new Map();
      const id = (x, y) => {
        const key = (x + 2e6) * 4194304 + (y + 2e6);
        let value = points.get(key);
        if (value === undefined) points.set(key, value = points.size);
        return value;
      };
      const all = this.units.map((unit) => unit.rings.map((ring) => {
        const n = ring.length / 2, keys = new Float64Array(n);
        let from = id(ring[0], ring[1]);
        for (let k = 0; k < n; k++) {
          const j = (k + 1) % n, to = id(ring[2 * j], ring[2 * j + 1]);
          keys[k] = from < to ? from * 1048576 + to : to * 1048576 + from;
          from = to;
        }
        return keys;
      }));
      all.forEach((rings, unit) => rings.forEach((keys) => keys.forEach((key) => {
        const sides = edges.get(key);
        if (sides === undefined) edges.set(key, [unit, -1]); else if (sides[0] !== unit) sides[1] = unit;
      })));
      this._neighbours = all.map((rings, unit) => rings.map((keys) => Int16Array.from(keys, (key) => {
        const [a, b] = edges.get(key);
        return a === unit ? b : a;
      })));
      this.adjacent = this._neighbours.map((rings) => [...new Set(rings.flatMap((r) => [...r]))].filter((j) => j >= 0));
      return this._neighbours;
    }

    /* The outline of a set of units without the borders inside it. */
    outline(members) {
      const inside = new Uint8Array(this.units.length);
      for (const i of members) inside[i] = 1;
      const sides = this.neighbours;
      let d = "";
      for (const i of members) this.units[i].rings.forEach((ring, r) => {
        const other = sides[i][r], n = other.length;
        let drawing = false;
        for (let k = 0; k < n; k++) {
          const open = other[k] < 0 || !inside[other[k]];
          if (open) {
            if (!drawing) d += `M${ring[2 * k]} ${ring[2 * k + 1]}`;
            const j = (k + 1) % n;
            d += `L${ring[2 * j]} ${ring[2 * j + 1]}`;
          }
          drawing = open;
        }
      });
      return d;
    }

    /* Connected parts of a set of units, each with its north-eastern corner and its size. */
    parts(members) {
      void this.neighbours;
      const left = new Set(members), parts = [];
      while (left.size) {
        const [first] = left, stack = [first], part = [];
        left.delete(first);
        while (stack.length) {
          const i = stack.pop();
          part.push(i);
          for (const j of this.adjacent[i]) if (left.delete(j)) stack.push(j);
        }
        let corner = null, best = -Infinity, [w, n, e, s] = [Infinity, Infinity, -Infinity, -Infinity];
        for (const i of part) {
          const b = this.units[i].box;
          w = Math.min(w, b.w); n = Math.min(n, b.n); e = Math.max(e, b.e); s = Math.max(s, b.s);
          for (const ring of this.units[i].rings) for (let k = 0; k < ring.length; k += 2) {
            if (ring[k] - ring[k + 1] > best) { best = ring[k] - ring[k + 1]; corner = [ring[k], ring[k + 1]]; }
          }
        }
        if (corner) parts.push({ corner, width: e - w, height: s - n });
      }
      return parts.sort((a, b) => b.width * b.height - a.width * a.height);
    }
  }

  /* ---------- state ---------- */

  class Layer {
    constructor(payload, shapes) {
      this.first = monthNumber(payload.months[0]);
      this.count = payload.months[1];
      this.cells = payload.cells;
      this.styles = payload.styles;
      this.labels = payload.labels;
      this.keys = payload.keys;
      this.single = !payload.units;   // one month for the map's own units, in their order
      this.units = payload.units?.map((code) => shapes.index.get(code) ?? -1) ?? shapes.inOrder;
      this.codes = payload.codes;
      this.width = payload.width;
      this.at = new Int32Array(shapes.units.length).fill(-1);
      this.units.forEach((unit, k) => { if (unit >= 0) this.at[unit] = k; });
    }

    /* The code of the n-th cell, read where it is asked for: a month needs a column, not the whole matrix. */
    code(n) {
      let value = 0;
      for (let i = n * this.width, end = i + this.width; i < end; i++) {
        const c = this.codes.charCodeAt(i) - FIRST_CHAR;
        value = value * CHARS + (c > SKIPPED ? c - 1 : c);
      }
      return value;
    }

    column(month) { const c = month - this.first; return c >= 0 && c < this.count ? c : -1; }

    /* The cell of a unit: [[style, ...], label], or null when there is nothing to draw. */
    cell(unit, column) {
      const k = this.at[unit];
      if (k < 0 || column < 0) return null;
      const code = this.code(k * this.count + column);
      return code ? this.cells[code - 1] : null;
    }
  }

  /* ---------- the stage: one SVG that follows the map ---------- */

  function makeStage(paz) {
    return L.SVG.extend({
      onAdd() {
        L.SVG.prototype.onAdd.call(this);
        this._container.setAttribute("aria-hidden", "true");
        paz.build(this._rootGroup, this._container);
        paz.place();
      },
      _update() {
        if (this._map._animatingZoom && this._bounds) return;
        L.SVG.prototype._update.call(this);
        paz.place();
      },
    });
  }

  class Paz {
    constructor(map, config) {
      this.map = map;
      this.config = config;
      // Borders without their colours would be read as "nothing reported": nothing shows before everything does.
      map.getContainer().style.opacity = 0;
      this.texts = config.texts;
      this.patterns = new Map();
      this.compiled = new Map();
      this.parsed = new Map();
      this.widths = new Map();
      this.layers = {};
      this.overlays = new Set();
      this.selected = [];
      this.month = null;
      this.scrubbing = false;
      this.moved = false;
      this.turn = 0;
      this.steps = [];
      this.shownKeys = "";
      this.furnish();
      this.channel = new BroadcastChannel(config.channel);
      this.channel.onmessage = (event) => this.hear(event.data);
      this.ready = grab(config.geometry).then((payload) => this.open(payload)).catch((error) => this.fail(error));
    }

    /* Controls, keyboard and texts around the drawing. */
    furnish() {
      const { map, texts, config } = this;
      const box = map.getContainer();
      box.setAttribute("role", "application");
      box.setAttribute("aria-label", texts.label);
      document.documentElement.lang = texts.lang;
      document.title = texts.label;
      L.control.zoom({ position: "topright", zoomInTitle: texts.zoomIn, zoomOutTitle: texts.zoomOut }).addTo(map);
      if (config.kind === "geo") L.control.scale({ imperial: false, metric: true, maxWidth: 110, position: "bottomleft" }).addTo(map);
      this.credits = L.control.attribution({ prefix: false, position: "bottomright" }).addTo(map);
      if (config.attribution) this.credits.addAttribution(config.attribution);
      this.home = L.DomUtil.create("button", "paz-home", box);
      this.home.type = "button";
      this.home.title = texts.wholeMap;
      this.home.setAttribute("aria-label", texts.wholeMap);
      this.home.innerHTML = '<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4" fill="none" stroke="currentColor" stroke-width="1.6"/></svg>';
      L.DomEvent.disableClickPropagation(this.home);
      this.home.addEventListener("click", () => { this.moved = false; this.fit(true); });
      this.tip = L.DomUtil.create("div", "paz-tip", box);
      this.tip.setAttribute("role", "status");
      this.tip.hidden = true;
      // The page scrolls under the wheel until the map is asked for: by a click or by the keyboard.
      map.scrollWheelZoom.disable();
      box.addEventListener("focusin", () => map.scrollWheelZoom.enable());
      box.addEventListener("focusout", () => map.scrollWheelZoom.disable());
      box.addEventListener("pointerdown", () => map.scrollWheelZoom.enable());
      box.addEventListener("pointerleave", () => { map.scrollWheelZoom.disable(); this.hover(-1); });
      box.addEventListener("pointermove", (event) => this.point(event));
      map.on("dragstart", () => { this.moved = true; });
      map.on("zoomstart", () => { if (!this.fitting) this.moved = true; });
      map.on("resize", () => { if (!this.moved) this.fit(false); });
      this.gestures(box);
      this.calm();
      this.passKeys();
      this.fit(false);
    }

    /* Whoever has clicked on the map still presents with P: a key that means nothing here goes on to the page. */
    passKeys() {
      document.addEventListener("keydown", (event) => {
        const { key, code, ctrlKey, metaKey, altKey } = event;
        if (key.toLowerCase() !== "p" || ctrlKey || metaKey || altKey || event.defaultPrevented || event.repeat) return;
        const page = window.parent.document;
        page.dispatchEvent(new window.parent.KeyboardEvent("keydown", { key, code, bubbles: true, cancelable: true }));
        page.dispatchEvent(new window.parent.KeyboardEvent("keyup", { key, code, bubbles: true }));
      });
    }

    /* One finger scrolls the page, two fingers move the map: a tall map on a phone is no trap. A mouse drags as ever. */
    gestures(box) {
      const { map } = this;
      this.hint = L.DomUtil.create("p", "paz-hint", box);
      this.hint.textContent = this.texts.twoFingers;
      this.hint.setAttribute("aria-hidden", "true");
      this.hint.hidden = true;
      let from = null;
      box.addEventListener("pointerdown", (event) => { if (event.pointerType === "mouse") map.dragging.enable(); }, true);
      box.addEventListener("touchstart", (event) => {
        map.dragging.disable();
        from = event.touches.length === 1 ? event.touches[0] : null;
        if (!from) this.hint.hidden = true;
      }, { capture: true, passive: true });
      box.addEventListener("touchmove", (event) => {
        const to = event.touches[0];
        if (from && event.touches.length === 1 && Math.hypot(to.clientX - from.clientX, to.clientY - from.clientY) > 12) this.hint.hidden = false;
      }, { capture: true, passive: true });
      for (const end of ["touchend", "touchcancel"]) box.addEventListener(end, () => {
        clearTimeout(this.hintTimer);
        this.hintTimer = setTimeout(() => { this.hint.hidden = true; }, 900);
      }, { capture: true, passive: true });
    }

    /* Whoever asked for less motion sees the map jump. */
    calm() {
      const { map } = this, less = matchMedia("(prefers-reduced-motion: reduce)");
      const set = () => {
        map.options.inertia = map.options.zoomAnimation = !less.matches;
        map._zoomAnimated = !less.matches && L.Browser.any3d;
      };
      const panBy = map.panBy;
      map.panBy = (offset, options) => panBy.call(map, offset, less.matches ? { ...options, animate: false } : options);
      less.addEventListener("change", set);
      set();
    }

    fit(animate) {
      this.fitting = true;
      this.map.invalidateSize({ animate: false, pan: false });
      this.map.fitBounds(this.bounds ?? this.config.bounds, { padding: [10, 10], animate });
      this.map.once("moveend", () => { this.fitting = false; });
      if (!animate) this.fitting = false;
    }

    fail(error) {
      console.error(error);
      this.stamp = null;
      this.map.getContainer().style.opacity = 1;
      const note = L.DomUtil.create("p", "paz-fail", this.map.getContainer());
      note.setAttribute("role", "alert");
      note.textContent = this.texts.failed;
      this.channel.postMessage({ type: "failed" });
    }

    open(payload) {
      this.shapes = new Shapes(payload);
      this.applied = new Array(this.shapes.units.length).fill(null);
      this.numbers = new Map();
      this.tops = new Map();
      this.bounds = payload.bounds;
      this.stage = new (makeStage(this))({ padding: 0.35 });
      this.stage.addTo(this.map);
      this.map.setMinZoom(Math.max(0, this.map.getBoundsZoom(payload.bounds) - 1.5));
      this.map.setMaxBounds(L.latLngBounds(payload.bounds).pad(0.6));
      this.fit(false);
      this.channel.postMessage({ type: "hello" });
      // Who borders whom is needed by the first ceasefire on the map: find it before somebody drags there.
      (window.requestIdleCallback ?? setTimeout)(() => this.shapes.neighbours);
      return this;
    }

    /* Everything that stands, drawn once. */
    build(root, svg) {
      const { shapes } = this;
      svg.classList.add("paz");
      this.defs = el("defs", {}, root);
      this.world = el("g", { "vector-effect": "non-scaling-stroke" }, root);
      const group = (name, attributes) => el("g", { class: `paz-${name}`, ...attributes }, this.world);
      this.groups = {
        land: group("land"), fill: group("fill"), lines: group("lines", { fill: "none" }), top: group("top", { fill: "none" }),
        ceasefire: group("ceasefire", { fill: "none" }), selected: group("selected", { fill: "none" }), hover: group("hover", { fill: "none" }),
      };
      for (const ring of shapes.lines.land ?? []) el("path", { d: Shapes.path(shapes.ring(ring)) }, this.groups.land);
      const fragment = document.createDocumentFragment();
      this.paths = shapes.units.map((unit, i) => {
        const path = el("path", { d: shapes.d(i) || "M0 0", class: "u", "fill-rule": "evenodd", fill: "#fbfaf7", stroke: BORDER.colour, "stroke-width": BORDER.width });
        path.unit = i;
        fragment.appendChild(path);
        return path;
      });
      this.groups.fill.appendChild(fragment);
      for (const kind of ["subregion", "department", "inset"]) {
        const d = (shapes.lines[kind] ?? []).map((line) => Shapes.path(shapes.ring(line), false)).join("");
        if (d) el("path", { d, class: kind }, this.groups.lines);
      }
      this.signs = el("g", { class: "paz-signs" }, root);
      this.signGroups = {};
      for (const kind of ["names", "numbers", "zones", "badges"]) this.signGroups[kind] = el("g", { class: `paz-${kind}` }, this.signs);
    }

    /* Put the drawing where the map is: on each zoom and each pan's end. */
    place() {
      if (!this.world) return;
      const { shapes, map } = this, zoom = map.getZoom();
      const origin = map.latLngToLayerPoint([shapes.lat0, shapes.lon0]);
      const k = 256 * 2 ** zoom / 360 * shapes.scale;
      if (this.k === k && this.originX === origin.x && this.originY === origin.y) return;
      const zoomed = this.k !== k;
      Object.assign(this, { k, originX: origin.x, originY: origin.y });
      this.world.setAttribute("transform", `matrix(${k} 0 0 ${k} ${origin.x} ${origin.y})`);
      this.far = this.config.scope === "colombia" && zoom < FAR_ZOOM;
      this.stage._container.classList.toggle("far", this.far);
      if (zoomed) for (const pattern of this.patterns.values()) this.scalePattern(pattern);
      this.placeSigns(zoomed);
    }

    toLayer([x, y]) { return [this.originX + x * this.k, this.originY + y * this.k]; }
    move(node, at) {
      const [x, y] = this.toLayer(at), transform = `translate(${x.toFixed(1)} ${y.toFixed(1)})`;
      if (node.getAttribute("transform") !== transform) node.setAttribute("transform", transform);
    }

    placeSigns(zoomed) {
      for (const [i, node] of this.numbers) this.placeNumber(i, node);
      for (const node of this.signGroups.badges.children) { this.move(node, node.at); this.showBadge(node); }
      for (const node of this.signGroups.zones.children) this.move(node, node.at);
      if (zoomed) { this.drawNames(); this.tell(); } else for (const node of this.signGroups.names.children) this.move(node, node.at);
    }

    /* ---------- styles ---------- */

    paint(fill) {
      const [base, bands, dots] = fill;
      if (!bands.length && !dots) return base;
      const key = JSON.stringify(fill);
      let pattern = this.patterns.get(key);
      if (!pattern) {
        pattern = this.makePattern(base, bands, dots);
        this.patterns.set(key, pattern);
        if (this.k) this.scalePattern(pattern);
      }
      return `url(#${pattern.id})`;
    }

    makePattern(base, bands, dots) {
      const period = bands.reduce((sum, [, width]) => sum + width, 0);
      const id = `p${this.patterns.size}`;
      // With bands and dots, the dots' grid follows the bands' period so that one tile holds both.
      const step = dots ? (period ? period / Math.max(1, Math.round(period / dots[2])) : dots[2]) : 0;
      const w = period || step, h = step || 24;
      const node = el("pattern", { id, width: w, height: h, patternUnits: "userSpaceOnUse" }, this.defs);
      el("rect", { x: -1, y: -1, width: w + 2, height: h + 2, fill: base, class: "base" }, node);
      let x = 0;
      for (const [colour, width] of bands) {
        if (colour) el("rect", { x, y: -1, width, height: h + 2, fill: colour }, node);
        x += width;
      }
      if (dots) for (let at = step / 2; at < w; at += step) {
        if (dots[3] === "cross") el("path", { d: `M${at - dots[1]} ${h / 2}h${2 * dots[1]}M${at} ${h / 2 - dots[1]}v${2 * dots[1]}`, stroke: dots[0], "stroke-width": 0.9 }, node);
        else el("circle", { cx: at, cy: h / 2, r: dots[1], fill: dots[0] }, node);
      }
      return Object.assign(node, { turned: true });
    }

    scalePattern(node) { node.setAttribute("patternTransform", `scale(${(this.far ? 0.75 : 1) / this.k}) rotate(45)`); }

    compile(style) {
      const key = JSON.stringify(style);
      let made = this.compiled.get(key);
      if (!made) {
        const [colour, width, dash] = style.o ?? [BORDER.colour, BORDER.width, []];
        const top = width >= 1.5;
        made = {
          fill: style.f ? this.paint(style.f) : "none",
          stroke: top ? BORDER.colour : colour, width: top ? BORDER.width : width, dash: top ? "none" : dash.join(" ") || "none",
          top: top ? { stroke: colour, "stroke-width": width, "stroke-dasharray": dash.join(" ") || "none" } : null,
          number: style.n ?? null,
        };
        this.compiled.set(key, made);
      }
      return made;
    }

    dress(i, style) {
      const before = this.applied[i];
      if (before === style) return;
      this.applied[i] = style;
      const path = this.paths[i];
      if (before?.fill !== style.fill) path.setAttribute("fill", style.fill);
      if (before?.stroke !== style.stroke) path.setAttribute("stroke", style.stroke);
      if (before?.width !== style.width) path.setAttribute("stroke-width", style.width);
      if (before?.dash !== style.dash) path.setAttribute("stroke-dasharray", style.dash);
      if (before?.top !== style.top) this.outlineOnTop(i, style.top);
      if ((before?.number ?? null) !== style.number) this.writeNumber(i, style.number);
    }

    outlineOnTop(i, attributes) {
      let node = this.tops.get(i);
      if (!attributes) { if (node) node.setAttribute("display", "none"); return; }
      if (!node) this.tops.set(i, node = el("path", { d: this.paths[i].getAttribute("d") }, this.groups.top));
      node.setAttribute("display", "inline");
      for (const key in attributes) node.setAttribute(key, attributes[key]);
    }

    writeNumber(i, number) {
      let node = this.numbers.get(i);
      if (!node) {
        if (number === null) return;
        node = el("text", { class: "number", dy: "0.35em" }, this.signGroups.numbers);
        this.numbers.set(i, node);
      }
      node.textContent = number ?? "";
      node.wanted = number !== null;
      this.placeNumber(i, node);
    }

    placeNumber(i, node) {
      const { box, seat } = this.shapes.units[i];
      const room = Math.min(box.e - box.w, box.s - box.n) * this.k >= (this.far ? 22 : 15);
      const on = node.drawn = node.wanted && room && this.overlays.has("numbers");
      if (node.getAttribute("display") !== (on ? "inline" : "none")) node.setAttribute("display", on ? "inline" : "none");
      if (on) this.move(node, seat);
    }

    /* ---------- names: only where there is room, and never over a number ---------- */

    /* `still`: the map has not moved; then names stand where they stand unless a choice or a number has changed. */
    drawNames(still = false) {
      const group = this.signGroups.names;
      const signature = JSON.stringify([this.selected, [...this.numbers].filter(([, node]) => node.drawn).map(([i]) => i)]);
      if (still && signature === this.namesDrawn) return;
      this.namesDrawn = signature;
      group.textContent = "";
      this.taken = [...this.numbers].filter(([, node]) => node.drawn).map(([i]) => {
        const [x, y] = this.toLayer(this.shapes.units[i].seat);
        return [x - 7, y - 8, x + 7, y + 8];
      });
      for (const i of this.selected) this.nameSelected(group, i);
      for (const [text, lon, lat] of this.config.places) {
        this.write(group, text, [[this.shapes.x(lon), this.shapes.y(lat)]], this.measure(text, "11px", 0.9), 14, "place-name");
      }
      if (this.config.scope === "colombia") this.nameDepartments(group);
      if (!this.far) this.nameMunicipalities(group);
    }

    /* How wide a name will be, in pixels. */
    measure(text, font, spacing = 0) {
      const key = `${font} ${text}`;
      let width = this.widths.get(key);
      if (width === undefined) {
        // Asked once: each question about a style makes the browser work out those of all paths that just changed.
        this.family ??= getComputedStyle(this.map.getContainer()).fontFamily;
        this.pen ??= document.createElement("canvas").getContext("2d");
        this.pen.font = `${font} ${this.family}`;
        this.widths.set(key, width = this.pen.measureText(text).width);
      }
      return width + spacing * text.length;
    }

    /* Write a name at the first of some places where it touches nothing else. */
    write(group, text, places, width, height, cls) {
      for (const at of places) {
        const [x, y] = this.toLayer(at), box = [x - width / 2 - 2, y - height / 2, x + width / 2 + 2, y + height / 2];
        if (this.taken.some((b) => b[0] < box[2] && b[2] > box[0] && b[1] < box[3] && b[3] > box[1])) continue;
        this.taken.push(box);
        const node = el("text", { class: cls, dy: "0.35em" }, group);
        node.textContent = text;
        node.at = at;
        this.move(node, at);
        return;
      }
    }

    nameDepartments(group) {
      this.departments ??= this.shapes.departments();
      for (const { name, at, width } of this.departments) {
        const text = name.toUpperCase(), room = this.measure(text, "9.5px", 0.8), shift = 14 / this.k;
        if (room <= width * this.k) this.write(group, text, [at, [at[0], at[1] + shift], [at[0], at[1] - shift]], room, 12, "department-name");
      }
    }

    nameMunicipalities(group) {
      this.byWidth ??= this.shapes.units.map((unit, i) => i).filter((i) => this.shapes.units[i].largest)
        .sort((a, b) => this.shapes.spot(b).width - this.shapes.spot(a).width);
      for (const i of this.byWidth) {
        if (this.selected.includes(i)) continue;
        const { name } = this.shapes.units[i], { at, width } = this.shapes.spot(i), room = this.measure(name, "10.5px");
        if (width * this.k < room) continue;
        const shift = 15 / this.k;
        this.write(group, name, [at, [at[0], at[1] + shift], [at[0], at[1] - shift]], room, 13, "name");
      }
    }

    /* What was chosen has its name: inside, else beside it, where possible over nobody else's ground. */
    nameSelected(group, i) {
      const { name, largest } = this.shapes.units[i];
      if (!largest) return;
      const { at, width } = this.shapes.spot(i), room = this.measure(name, "600 11.5px");
      const aside = (room / 2 + 6) / this.k, above = 10 / this.k, x = (largest.w + largest.e) / 2, y = (largest.n + largest.s) / 2;
      const beside = [[largest.e + aside, y], [x, largest.s + above], [largest.w - aside, y], [x, largest.n - above]]
        .map((place) => ({ place, over: this.covered(i, place, room / 2 / this.k) })).sort((a, b) => a.over - b.over).map(({ place }) => place);
      this.write(group, name, width * this.k < room ? beside : [at, ...beside], room, 13, "name chosen");
    }

    /* How much of a name would lie over other units: its two ends and its middle. */
    covered(i, [x, y], half) {
      const point = this.stage._container.createSVGPoint();
      return [x - half, x, x + half].filter((px) => {
        Object.assign(point, { x: px, y });
        return this.shapes.units.some(({ box }, j) => j !== i && box.w <= px && px <= box.e && box.n <= y && y <= box.s && this.paths[j].isPointInFill(point));
      }).length;
    }

    /* ---------- what the server says ---------- */

    async update(message) {
      const turn = ++this.turn;
      const urls = [...["fill", "ceasefires"].flatMap((kind) => ["state", "exact"].map((part) => message[kind]?.[part])), message.zones];
      // The layers travel beside the geometry, not after it.
      for (const url of urls) if (url && !this.parsed.has(url)) grab(url).catch(() => undefined);
      await this.ready;
      if (!this.shapes || turn !== this.turn) return;
      this.early(message, urls);
      try {
        const [fill, fillExact, ceasefires, ceasefiresExact, zones] = await Promise.all(urls.map((url) => url ? this.layer(url) : null));
        if (turn !== this.turn) return;
        this.layers = { fill, fillExact, ceasefires, ceasefiresExact, zones };
      } catch (error) {
        if (turn === this.turn) this.fail(error);
        return;
      }
      this.hoveredMonth = null;
      if (this.stamp !== message.stamp || this.scrubbing) this.show(message);
    }

    /* A fill that the message itself carries stands at once, where everything else of it is here already; its other months follow. */
    early({ now, ...message }, [fill, exact, ...others]) {
      if (!now || (this.parsed.has(fill) && (!exact || this.parsed.has(exact))) || now.codes.length !== this.shapes.units.length * now.width) return;
      if (this.scrubbing && monthNumber(message.month) !== this.month) return;
      if (others.some((url) => url && !this.parsed.has(url))) return;
      const [ceasefires, ceasefiresExact, zones] = others.map((url) => url ? this.parsed.get(url) : null);
      this.layers = { fill: new Layer(now, this.shapes), fillExact: null, ceasefires, ceasefiresExact, zones };
      this.show(message);
    }

    show(message) {
      this.map.getContainer().querySelectorAll(".paz-fail").forEach((node) => node.remove());
      const overlays = this.overlays = new Set(message.overlays);
      const lines = "paz-lines " + [...overlays].join(" ");
      if (this.groups.lines.getAttribute("class") !== lines) this.groups.lines.setAttribute("class", lines);
      this.background(overlays.has("osm"));
      const month = monthNumber(message.month);
      // A rerun for another reason must not pull a playing map back to where it started.
      if (month !== this.serverMonth || !this.scrubbing) { this.serverMonth = month; this.month = month; this.scrubbing = false; }
      for (const [i, node] of this.numbers) this.placeNumber(i, node);
      this.repaint();
      this.select(message.selected);
      this.drawNames(true);
      if (message.fit && JSON.stringify(message.fit) !== this.lastFit) this.map.fitBounds(message.fit, { padding: [30, 30], maxZoom: 10 });
      this.lastFit = JSON.stringify(message.fit ?? null);
      this.stamp = message.stamp;
      this.map.getContainer().style.opacity = 1;
      this.map.getContainer().dataset.painted = message.stamp;
    }

    async layer(url) {
      if (!this.parsed.has(url)) {
        const payload = await grab(url);
        this.parsed.set(url, payload.marks ? payload : new Layer(payload, this.shapes));
        fetched.delete(url);
        if (this.parsed.size > 12) this.parsed.delete(this.parsed.keys().next().value);
      }
      return this.parsed.get(url);
    }

    background(osm) {
      if (osm && !this.tiles) {
        this.tiles = L.tileLayer("https://tile.openstreetmap.org/{z}/{x}/{y}.png", {
          maxZoom: 19, attribution: '&copy; <a href="https://www.openstreetmap.org/copyright" target="_blank" rel="noopener">OpenStreetMap</a>',
          referrerPolicy: "strict-origin-when-cross-origin",
        });
      }
      if (this.tiles) { if (osm) this.tiles.addTo(this.map); else this.tiles.remove(); }
      this.stage._container.classList.toggle("on-tiles", osm);
    }

    hear(message) {
      if (message?.type === "ask") this.tell();
      if (message?.type !== "month" || !this.shapes || !this.layers.fill) return;
      const month = monthNumber(message.month);
      this.scrubbing = true;
      if (month === this.month && !this.layers.fillExact) return;
      this.month = month;
      if (this.layers.fill.single) return;   // its other months are on their way and will show this one
      const start = performance.now();
      this.repaint();
      this.steps.push(performance.now() - start);
      if (this.steps.length > 2000) this.steps.splice(0, 1000);
    }

    /* ---------- one date on the map ---------- */

    repaint() {
      const seen = new Set();
      this.repaintFill(seen);
      this.repaintCeasefires(seen);
      this.repaintZones(seen);
      this.seen = seen;
      this.tell();
    }

    /* Say what is on the map by legend key; numbers count only where one is drawn. */
    tell() {
      if (!this.seen) return;
      const keys = [...this.seen].filter((key) => key !== "mark:many" || [...this.numbers.values()].some((node) => node.drawn));
      this.channel.postMessage({ type: "shown", month: this.month, keys: keys.sort() });
    }

    pick(kind) {
      const exact = this.layers[`${kind}Exact`], state = this.layers[kind];
      if (exact && !this.scrubbing) return [exact, 0];
      return state ? [state, state.column(this.month)] : [null, -1];
    }

    repaintFill(seen) {
      const [layer, column] = this.pick("fill");
      if (!layer) return;
      layer.made ??= layer.styles.map((style) => this.compile(style));
      const used = new Uint8Array(layer.styles.length);
      const empty = this.empty ??= this.compile({ f: ["#fbfaf7", [], null] });
      for (let i = 0; i < this.paths.length; i++) {
        const cell = layer.cell(i, column);
        if (cell) { const style = cell[0][0]; used[style] = 1; this.dress(i, layer.made[style]); } else this.dress(i, empty);
      }
      this.collect(layer, used, seen);
    }

    collect(layer, used, seen) {
      used.forEach((on, s) => { if (on) for (const k of layer.styles[s].k) seen.add(layer.keys[k]); });
    }

    repaintCeasefires(seen) {
      const [layer, column] = this.pick("ceasefires");
      const members = new Map();
      if (layer && column >= 0 && this.overlays.has("ceasefires")) for (let i = 0; i < this.paths.length; i++) {
        for (const s of layer.cell(i, column)?.[0] ?? []) {
          const list = members.get(s);
          if (list) list.push(i); else members.set(s, [i]);
        }
      }
      for (const s of members.keys()) for (const k of layer.styles[s].k) seen.add(layer.keys[k]);
      const signature = JSON.stringify([...members].map(([s, list]) => [layer.styles[s], list]));
      if (signature === this.ceasefireSignature) return;
      this.ceasefireSignature = signature;
      this.groups.ceasefire.textContent = "";
      this.signGroups.badges.textContent = "";
      this.corners = new Map();
      for (const [s, list] of members) this.drawCeasefire(layer.styles[s], list);
    }

    drawCeasefire(style, list) {
      if (style.o) {
        const [colour, width, dash, hollow] = style.o, d = this.shapes.outline(list);
        const small = this.far ? 0.62 : 0.9;
        const attributes = { d, "stroke-linecap": "round", "stroke-dasharray": dash.map((x) => x * small).join(" ") };
        el("path", { ...attributes, stroke: "#fbfaf7", "stroke-width": (width + 1.8) * small }, this.groups.ceasefire);
        el("path", { ...attributes, stroke: colour, "stroke-width": width * small }, this.groups.ceasefire);
        if (hollow) el("path", { ...attributes, stroke: "#fbfaf7", "stroke-width": width * small * 0.55 }, this.groups.ceasefire);
      }
      if (style.b) this.shapes.parts(list).forEach((part, n) => {
        const node = el("g", { class: "badge" }, this.signGroups.badges);
        const nth = this.corners.get(String(part.corner)) ?? 0;
        this.corners.set(String(part.corner), nth + 1);
        el("g", { transform: `translate(${nth * 17} 0)` }, node).innerHTML = style.b;
        Object.assign(node, { at: part.corner, first: n === 0, part });
        this.move(node, node.at);
        this.showBadge(node);
      });
    }

    showBadge(node) {
      const room = Math.max(node.part.width, node.part.height) * this.k >= 34;
      node.setAttribute("display", node.first || room ? "inline" : "none");
    }

    repaintZones(seen) {
      const group = this.signGroups.zones, zones = this.overlays.has("zones") ? this.layers.zones : null;
      this.zonesHere = new Map();
      const first = new Map();
      for (const [code, label, spans] of zones?.marks ?? []) {
        const unit = this.shapes.index.get(code);
        const span = spans.find(([from, to]) => monthNumber(from) <= this.month && this.month <= monthNumber(to));
        if (unit === undefined || !span) continue;
        for (const key of zones.styles[span[2]].k) seen.add(zones.keys[key]);
        this.zonesHere.set(unit, [...(this.zonesHere.get(unit) ?? []), label]);
        if (!first.has(unit)) first.set(unit, zones.styles[span[2]].svg);
      }
      const signature = JSON.stringify([...first]);
      if (signature === this.zonesDrawn) return;
      this.zonesDrawn = signature;
      group.textContent = "";
      for (const [unit, svg] of first) {
        const node = el("g", { class: "zone" }, group);
        node.innerHTML = svg;
        node.at = this.shapes.units[unit].seat;
        this.move(node, node.at);
      }
    }

    select(codes) {
      if (this.chosen === String(codes)) return;
      this.chosen = String(codes);
      this.selected = codes.map((code) => this.shapes.index.get(code)).filter((i) => i !== undefined);
      const group = this.groups.selected;
      group.textContent = "";
      for (const i of this.selected) {
        const d = this.paths[i].getAttribute("d");
        el("path", { d, class: "halo" }, group);
        el("path", { d, class: "line" }, group);
      }
    }

    /* ---------- pointing ---------- */

    point(event) {
      if (event.pointerType === "touch") return;
      const unit = event.target.unit;
      this.hover(unit ?? -1);
      if (unit === undefined) return;
      const box = this.map.getContainer().getBoundingClientRect();
      const x = event.clientX - box.left, y = event.clientY - box.top;
      const w = this.tip.offsetWidth, h = this.tip.offsetHeight;
      this.tip.style.left = `${Math.max(4, Math.min(x + 14, box.width - w - 4))}px`;
      this.tip.style.top = `${y + 18 + h > box.height ? Math.max(4, y - h - 12) : y + 18}px`;
    }

    hover(i) {
      if (this.hovered === i && this.hoveredMonth === this.month) return;
      this.hovered = i;
      this.hoveredMonth = this.month;
      this.groups?.hover && (this.groups.hover.textContent = "");
      this.tip.hidden = i < 0;
      if (i < 0) return;
      el("path", { d: this.paths[i].getAttribute("d") }, this.groups.hover);
      const unit = this.shapes.units[i];
      this.tip.replaceChildren();
      const line = (tag, text) => { if (text) { const node = document.createElement(tag); node.textContent = text; this.tip.appendChild(node); } };
      line("strong", this.config.scope === "colombia" ? `${unit.name}, ${unit.department}` : unit.name);
      for (const kind of ["fill", "ceasefires"]) {
        const [layer, column] = this.pick(kind);
        const cell = layer?.cell(i, column);
        if (cell && (kind === "fill" || this.overlays.has(kind))) line("span", layer.labels[cell[1]]);
      }
      for (const label of this.zonesHere?.get(i) ?? []) line("span", label);
    }
  }

  window.PazMap = {
    start(map, config) { window.paz = new Paz(map, config); },
    update(message) { window.paz.update(message); },
  };
})();
