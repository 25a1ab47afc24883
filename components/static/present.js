/* The player of a presentation. Arrow keys (and a clicker's page keys) step, space plays, F fills the screen, P and Escape leave. */

const PLAYING = "paz-story-playing";
const ICONS = {
  back: "M10.5 3L5.5 8l5 5", on: "M5.5 3l5 5-5 5", play: "M4.5 2.5v11l9-5.5z", pause: "M4 2.5h3v11H4zM9 2.5h3v11H9z",
  full: "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10", leave: "M3.5 3.5l9 9M12.5 3.5l-9 9",
};
const FILLED = new Set(["play", "pause"]);

function typing(event) {
  const target = event.composedPath()[0];
  return target instanceof Element && Boolean(target.closest("input, textarea, select, [contenteditable], [role=listbox], [role=combobox]"));
}

class Player {
  constructor(root) {
    this.root = root;
    root.setAttribute("role", "group");
    root.innerHTML = '<span class="title"></span><span class="dots"></span><span class="bar" hidden><i></i></span><span class="buttons"></span>';
    this.title = root.querySelector(".title");
    this.dots = root.querySelector(".dots");
    this.bar = root.querySelector(".bar");
    this.buttons = {};
    for (const name of ["back", "on", "play", "full", "leave"]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = name;
      button.addEventListener("click", () => this[name]());
      root.querySelector(".buttons").append(button);
      this.buttons[name] = button;
    }
    this.heard = (event) => this.key(event);
    this.listened = new Set();
    this.fitted = () => this.fit();
    this.measured = () => { if (this.component) this.measure(); };
    window.addEventListener("resize", this.fitted);
    window.addEventListener("resize", this.measured);
    this.watch = setInterval(() => this.listen(), 700);
    this.listen();
  }

  /* Also inside the map's frame: a presenter who has clicked on the map still steps with the same keys. */
  listen() {
    for (const place of [window, ...[...document.querySelectorAll("iframe")].map((frame) => frame.contentWindow)]) {
      try {
        if (!place || place.pazHears === this) continue;
        place.pazHears = this;
        place.addEventListener("keydown", this.heard, true);
        this.listened.add(place);
      } catch { /* a frame of another origin keeps its keys */ }
    }
    this.fit();
  }

  update(component) {
    const { data } = component;
    this.component = component;
    const stepped = this.data?.at !== data.at || this.data?.title !== data.title;
    this.data = data;
    this.root.setAttribute("aria-label", data.texts.group);
    const many = data.steps.length > 0;
    this.title.textContent = many ? data.title : "";
    this.dots.replaceChildren(...data.steps.map((title, i) => {
      const dot = document.createElement("button");
      dot.type = "button";
      dot.title = data.texts.step.replace("{n}", i + 1).replace("{total}", data.steps.length).replace("{title}", title);
      dot.setAttribute("aria-label", dot.title);
      if (i + 1 === data.at) dot.setAttribute("aria-current", "step");
      dot.addEventListener("click", () => { this.halt(); this.go(i + 1); });
      return dot;
    }));
    for (const name of ["back", "on", "play"]) this.buttons[name].hidden = !many;
    if (stepped) { this.asked = data.at; this.wait(); }
    this.dress();
    this.measure();
    requestAnimationFrame(this.fitted);
  }

  /* The server draws the timeline larger on a large screen; it asks once and again when the window changes its class. */
  measure() {
    const screen = window.innerWidth >= 1600 && window.innerHeight >= 880 ? "large" : "small";
    if (screen === (this.screen ?? "small")) return;
    this.screen = screen;
    this.component.setStateValue("screen", screen);
  }

  dress() {
    for (const [name, button] of Object.entries(this.buttons)) {
      const shown = name === "play" && this.playing ? "pause" : name;
      button.title = this.data.texts[shown];
      button.setAttribute("aria-label", button.title);
      const paint = FILLED.has(shown) ? 'fill="currentColor"' : 'fill="none" stroke="currentColor" stroke-width="2"';
      button.innerHTML = `<svg viewBox="0 0 16 16" aria-hidden="true"><path d="${ICONS[shown]}" ${paint}/></svg>`;
    }
    this.buttons.back.disabled = this.asked <= 1;
    this.buttons.on.disabled = this.asked >= this.data.steps.length;
    this.bar.hidden = !this.playing;
  }

  get playing() { return this.data.steps.length > 0 && sessionStorage.getItem(PLAYING) === this.data.title; }

  /* While the story plays, each view stands for its seconds; after the last the first comes again. */
  wait() {
    clearTimeout(this.timer);
    const fill = this.bar.firstElementChild;
    fill.getAnimations().forEach((running) => running.cancel());
    if (!this.playing) return;
    const time = this.data.seconds * 1000;
    fill.animate([{ width: "0%" }, { width: "100%" }], { duration: time, fill: "forwards" });
    this.timer = setTimeout(() => this.go(this.data.at >= this.data.steps.length ? 1 : this.data.at + 1), time);
  }

  go(number) {
    if (number < 1 || number > this.data.steps.length || number === this.asked) return;
    this.asked = number;
    this.dress();
    this.component.setTriggerValue("go", number);
  }

  halt() { if (this.playing) { sessionStorage.removeItem(PLAYING); this.wait(); this.dress(); } }
  back() { this.halt(); this.go(this.asked - 1); }
  on() { this.halt(); this.go(this.asked + 1); }

  play() {
    if (!this.data.steps.length) return;
    if (this.playing) { this.halt(); return; }
    sessionStorage.setItem(PLAYING, this.data.title);
    this.wait();
    this.dress();
  }

  full() {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen?.().catch(() => {});
  }

  leave() {
    this.halt();
    if (document.fullscreenElement) document.exitFullscreen();
    this.component.setTriggerValue("leave", true);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event)) return;
    const many = this.data.steps.length > 0;
    const onButton = event.composedPath()[0] instanceof Element && event.composedPath()[0].closest("button, a, summary");
    const story = { ArrowLeft: "back", PageUp: "back", ArrowRight: "on", PageDown: "on", ...(onButton ? {} : { " ": "play" }) };
    const always = { f: "full", F: "full", p: "leave", P: "leave", Escape: "leave" };
    const action = always[event.key] ?? (many ? story[event.key] : undefined);
    if (!action) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this[action]();
  }

  /* The map takes the height that the rest leaves; where that is too little, letters give way (present.css). */
  fit() {
    const frame = document.querySelector(".st-key-present .st-key-map-frame iframe");
    const main = document.querySelector("[data-testid='stMainBlockContainer']");
    const row = frame?.closest("[data-testid='stHorizontalBlock']");
    if (!row || !main) return;
    const page = document.documentElement;
    if (window.innerWidth < 900) { this.loosen(); return; }
    const timeline = row.querySelector(".js-plotly-plot")?.closest("[class*='st-key-']")?.getBoundingClientRect();
    const room = () => Math.floor(window.innerHeight - 2 - main.getBoundingClientRect().height + row.getBoundingClientRect().height);
    const least = Math.max(260, timeline ? Math.ceil(timeline.bottom - row.getBoundingClientRect().top) : 0);
    let left = room();
    if (left < least || page.dataset.presentTight) {
      for (const tight of ["", "1", "2"]) {
        if (tight) page.dataset.presentTight = tight; else delete page.dataset.presentTight;
        left = room();
        if (left >= least) break;
      }
    }
    const height = Math.max(260, left);
    if (Math.abs(height - frame.getBoundingClientRect().height) > 2) page.style.setProperty("--present-map", `${height}px`);
  }

  loosen() {
    document.documentElement.style.removeProperty("--present-map");
    delete document.documentElement.dataset.presentTight;
  }

  end() {
    clearTimeout(this.timer);
    clearInterval(this.watch);
    window.removeEventListener("resize", this.fitted);
    window.removeEventListener("resize", this.measured);
    for (const place of this.listened) {
      try { place.removeEventListener("keydown", this.heard, true); delete place.pazHears; } catch { /* it is gone */ }
    }
    this.loosen();
  }
}

const players = new WeakMap();

export default function (component) {
  const root = component.parentElement.querySelector(".root");
  let player = players.get(root);
  if (!player) players.set(root, player = new Player(root));
  player.update(component);
  return () => { player.end(); players.delete(root); };
}
