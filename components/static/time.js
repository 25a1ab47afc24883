/* The time control. While it moves, only the page view's BroadcastChannel hears of it; the server hears of the month that was released. */

const SLOW_MS = 1000;
const KEY_REST_MS = 400;
const TEMPLATE = `
  <div class="row">
    <button type="button" class="play"><svg viewBox="0 0 16 16" aria-hidden="true"><path class="icon"/></svg></button>
    <button type="button" class="back"><svg viewBox="0 0 16 16" aria-hidden="true"><path d="M10.5 3L5.5 8l5 5" fill="none" stroke="currentColor" stroke-width="2"/></svg></button>
    <output class="label"></output>
    <button type="button" class="forward"><svg viewBox="0 0 16 16" aria-hidden="true"><path d="M5.5 3l5 5-5 5" fill="none" stroke="currentColor" stroke-width="2"/></svg></button>
    <div class="track">
      <svg class="strip" preserveAspectRatio="none" aria-hidden="true"></svg>
      <input type="range" min="0" step="1">
      <div class="years" aria-hidden="true"></div>
    </div>
    <label class="speed"><span></span><select></select></label>
  </div>`;
const PLAY = "M4 2.5v11l9-5.5z", PAUSE = "M3.5 2.5h3.2v11H3.5zM9.3 2.5h3.2v11H9.3z";

class Control {
  constructor(root) {
    root.innerHTML = TEMPLATE;
    root.setAttribute("role", "group");
    this.root = root;
    const find = (selector) => root.querySelector(selector);
    Object.assign(this, { play: find(".play"), icon: find(".icon"), back: find(".back"), forward: find(".forward"), label: find(".label"),
      strip: find(".strip"), range: find("input"), years: find(".years"), speedText: find(".speed span"), speed: find("select") });
    this.reduced = matchMedia("(prefers-reduced-motion: reduce)");
    this.index = 0;
    this.released = [];
    this.range.addEventListener("input", () => { this.stop(false); this.show(Number(this.range.value), true); });
    this.range.addEventListener("change", () => this.release(this.byKey ? KEY_REST_MS : 0));
    this.range.addEventListener("keydown", (event) => { this.byKey = true; this.key(event); });
    this.range.addEventListener("pointerdown", () => { this.byKey = false; });
    this.play.addEventListener("click", () => (this.timer ? this.stop(true) : this.start()));
    this.back.addEventListener("click", () => this.step(-1));
    this.forward.addEventListener("click", () => this.step(1));
    this.speed.addEventListener("change", () => { if (this.timer) { this.stop(false); this.start(); } });
  }

  key(event) {
    if (event.key !== " ") return;   // arrows, Home and End are the slider's own
    event.preventDefault();
    if (this.timer) this.stop(true); else this.start();
  }

  update(component) {
    const { data } = component;
    this.component = component;
    if (this.channelName !== data.channel) {
      this.channel?.close();
      this.channelName = data.channel;
      this.channel = new BroadcastChannel(data.channel);
      this.channel.onmessage = (event) => { if (event.data?.type === "hello" && (this.timer || this.pending)) this.post(); };
    }
    const drawn = JSON.stringify([data.days[0], data.days.length, data.evidence, data.names]);
    this.data = data;
    if (drawn !== this.drawn) { this.drawn = drawn; this.furnish(); }
    // The server's month counts when it changed there: an answer to something else, or the run that was already under way when a
    // month was released, must not pull the control back.
    if (data.index === this.serverIndex && drawn === this.seen) return;
    this.serverIndex = data.index;
    this.seen = drawn;
    const answer = this.released.indexOf(data.index);
    if (answer >= 0) {   // the answer to a release of ours; a later one may already be on its way
      const latest = answer === this.released.length - 1;
      this.released = this.released.slice(answer + 1);
      if (!latest || this.timer || this.pending) return;
    }
    if (this.pending && !this.timer) return;
    this.stop(false);
    this.pending = false;
    this.show(data.index, false);
  }

  furnish() {
    const { texts, days, evidence, speeds } = this.data, n = days.length;
    this.root.setAttribute("aria-label", texts.group);
    this.range.setAttribute("aria-label", texts.slider);
    this.range.max = n - 1;
    for (const [node, text] of [[this.back, texts.back], [this.forward, texts.forward]]) { node.title = text; node.setAttribute("aria-label", text); }
    this.speedText.textContent = texts.speed;
    this.speed.title = texts.speed;
    const chosen = this.speed.value;
    this.speed.replaceChildren(...speeds.map((speed) => new Option(`${speed}\u00d7`, speed, false, String(speed) === chosen)));
    if (!chosen) this.speed.value = String(speeds[Math.min(1, speeds.length - 1)]);
    this.strip.setAttribute("viewBox", `0 0 ${n} 10`);
    this.strip.innerHTML = [...evidence].map((digit, i) => (digit === "0" ? "" : `<rect x="${i + 0.08}" width="0.84" y="${9.4 - digit}" height="${Number(digit) + 0.6}"/>`)).join("");
    this.drawYears(days, n);
    this.toggled();
  }

  drawYears(days, n) {
    const marks = [];
    days.forEach((day, i) => { if (i === 0 || day.slice(5, 7) === "01") marks.push([i, day.slice(0, 4)]); });
    const firstIsShort = marks.length > 1 && marks[1][0] - marks[0][0] < 6;
    this.marks = marks.slice(firstIsShort ? 1 : 0);
    this.years.replaceChildren(...this.marks.map(([i, year]) => {
      const node = document.createElement("span");
      node.style.left = `${(i / Math.max(1, n - 1)) * 100}%`;
      node.innerHTML = `<b>${year}</b>`;
      return node;
    }));
    this.thinYears();
    this.sized ??= new ResizeObserver(() => this.thinYears());
    this.sized.observe(this.years);
  }

  /* Years that would touch each other lose their number and keep their tick. */
  thinYears() {
    const count = this.marks.length, width = this.years.clientWidth;
    if (!width || count < 2) return;
    const span = (this.marks[count - 1][0] - this.marks[0][0]) / Math.max(1, this.data.days.length - 1);
    const room = (width * span) / (count - 1);
    const step = [1, 2, 5, 10, 20].find((each) => each * room >= 34) ?? 50;
    this.marks.forEach(([, year], k) => { this.years.children[k].firstChild.hidden = Number(year) % step !== 0; });
  }

  name(i) {
    const [year, month] = this.data.days[i].split("-"), [names, pattern] = this.data.names;
    return pattern.replace("{month}", names[month - 1]).replace("{year}", year);
  }

  show(i, tell) {
    this.index = Math.max(0, Math.min(this.data.days.length - 1, i));
    this.range.value = this.index;
    this.range.style.setProperty("--at", `${(this.index / Math.max(1, this.data.days.length - 1)) * 100}%`);
    const text = this.name(this.index);
    this.range.setAttribute("aria-valuetext", text);
    this.label.textContent = text;
    if (tell) { this.pending = true; this.post(); }
  }

  post() { this.channel.postMessage({ type: "month", month: this.data.days[this.index].slice(0, 7), label: this.label.textContent }); }

  step(by) {
    this.stop(false);
    this.show(this.index + by, true);
    this.release(KEY_REST_MS);
  }

  start() {
    clearTimeout(this.resting);
    if (this.index >= this.data.days.length - 1) this.show(Math.max(0, this.data.evidence.search(/[1-9]/)), true);
    const every = this.reduced.matches ? SLOW_MS : 1000 / Number(this.speed.value);
    this.timer = setInterval(() => {
      if (this.index >= this.data.days.length - 1) this.stop(true);
      else this.show(this.index + 1, true);
    }, every);
    this.toggled();
  }

  stop(release) {
    clearTimeout(this.resting);
    if (this.timer) { clearInterval(this.timer); this.timer = null; this.toggled(); }
    if (release) this.release(0);
  }

  release(rest) {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      if (this.timer) return;
      this.pending = false;
      this.released.push(this.index);
      this.component.setTriggerValue("day", this.data.days[this.index]);
    }, rest);
  }

  toggled() {
    const text = this.timer ? this.data.texts.pause : this.data.texts.play;
    this.play.title = text;
    this.play.setAttribute("aria-label", text);
    this.icon.setAttribute("d", this.timer ? PAUSE : PLAY);
    this.root.classList.toggle("playing", Boolean(this.timer));
  }

  end() { this.sized?.disconnect(); this.sized = null; this.stop(false); this.channel?.close(); }
}

const controls = new WeakMap();

export default function (component) {
  const root = component.parentElement.querySelector(".root");
  let control = controls.get(root);
  if (!control) {
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = new URL(component.data.style, document.baseURI).href;
    root.before(style);
    controls.set(root, control = new Control(root));
  }
  control.update(component);
  return () => { control.end(); controls.delete(root); };
}
