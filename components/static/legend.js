/* The legend follows what the map says it shows. */

class Legend {
  constructor(root) {
    this.root = root;
    // Where a page bounds the legend's height, its box scrolls, and a keyboard must be able to scroll it.
    this.box = root.getRootNode().host?.closest('[class*="st-key-"]');
    if (this.box) new ResizeObserver(() => this.reach()).observe(this.box);
  }

  reach() {
    const scrolls = this.box.scrollHeight > this.box.clientHeight + 1 && getComputedStyle(this.box).overflowY === "auto";
    this.box.toggleAttribute("tabindex", scrolls);
    if (scrolls) this.box.tabIndex = 0;
  }

  update({ data }) {
    if (this.html !== data.html) {
      this.html = data.html;
      this.root.innerHTML = data.html;
      this.channel?.postMessage({ type: "ask" });
    }
    if (this.name === data.channel) return;
    this.end();
    this.name = data.channel;
    if (!data.channel) return;
    this.channel = new BroadcastChannel(data.channel);
    this.channel.onmessage = ({ data: message }) => { if (message?.type === "shown") this.show(new Set(message.keys)); };
    this.channel.postMessage({ type: "ask" });
  }

  show(keys) {
    for (const swatch of this.root.querySelectorAll("[data-key]")) swatch.hidden = !keys.has(swatch.dataset.key);
    for (const box of this.root.querySelectorAll("li, section")) box.hidden = !box.querySelector("[data-key]:not([hidden])");
    if (this.box) this.reach();
  }

  end() { this.channel?.close(); this.channel = null; }
}

const legends = new WeakMap();

export default function (component) {
  const root = component.parentElement.querySelector(".root");
  let legend = legends.get(root);
  if (!legend) {
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = new URL(component.data.style, document.baseURI).href;
    root.before(style);
    legends.set(root, legend = new Legend(root));
  }
  legend.update(component);
  return () => { legend.end(); legend.name = null; };
}
