/* Zoom, hover and search for the inlined drawings. Shapes with words are groups that hold a <title>. */
(() => {
  "use strict";
  const tip = document.createElement("div");
  tip.id = "tip";
  tip.hidden = true;
  document.body.append(tip);
  const said = document.getElementById("said");
  let lit = null;

  // The words move from <title> to the group, so that no second tooltip opens; a label keeps them for screen readers.
  for (const title of document.querySelectorAll("svg g > title")) {
    const group = title.parentNode;
    group.dataset.words = title.textContent;
    group.setAttribute("aria-label", title.textContent);
    if (group.id.startsWith("t-p")) group.classList.add("probe");
    title.remove();
  }

  // Whatever lies above a shape and has no words lets the pointer through.
  for (const group of document.querySelectorAll("svg g[id], svg g")) {
    if (!group.dataset.words && !group.querySelector("[data-words]") && !group.closest("[data-words]")) group.style.pointerEvents = "none";
  }

  const light = (group) => {
    if (lit) lit.classList.remove("on");
    lit = group;
    document.querySelector(".lit")?.remove();
    if (lit) lit.classList.add("on");
    // Stripes lie above a shape: its outline is drawn again on top.
    if (lit && !lit.classList.contains("probe")) {
      const path = lit.querySelector("path").cloneNode();
      path.removeAttribute("style");
      path.setAttribute("class", "lit");
      lit.ownerSVGElement.append(path);
    }
    if (lit && said && lit.closest(".map")) said.textContent = lit.dataset.words;
  };

  document.addEventListener("pointermove", (event) => {
    const group = event.target.closest?.("[data-words]") ?? null;
    if (group !== lit) light(group);
    tip.hidden = !group || event.pointerType === "touch";
    if (tip.hidden) return;
    tip.textContent = group.dataset.words;
    const x = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 6);
    const below = event.clientY + 18 + tip.offsetHeight < innerHeight;
    tip.style.left = `${Math.max(4, x)}px`;
    tip.style.top = `${below ? event.clientY + 18 : event.clientY - tip.offsetHeight - 10}px`;
  });
  document.addEventListener("pointerdown", (event) => light(event.target.closest?.("[data-words]") ?? null));

  const map = document.querySelector("svg.map");
  if (!map) return;
  const whole = map.viewBox.baseVal, all = { x: whole.x, y: whole.y, width: whole.width, height: whole.height };
  let view = { ...all };
  const signs = [...map.querySelectorAll('[id^="s-"]')].map((node) => {
    // A word and the band of paper under it shrink towards the same point.
    const box = (document.getElementById(`${node.id}-halo`) ?? node).getBBox();
    return [node, box.x + box.width / 2, box.y + box.height / 2];
  });

  const show = (x, y, width) => {
    width = Math.min(all.width, Math.max(all.width / 16, width));
    const height = width * all.height / all.width;
    x = Math.min(all.x + all.width - width, Math.max(all.x, x));
    y = Math.min(all.y + all.height - height, Math.max(all.y, y));
    view = { x, y, width, height };
    map.setAttribute("viewBox", `${x} ${y} ${width} ${height}`);
    const small = (width / all.width) ** 0.6;
    for (const [node, cx, cy] of signs) node.setAttribute("transform", `translate(${cx} ${cy}) scale(${small}) translate(${-cx} ${-cy})`);
  };
  const zoom = (factor, cx = view.x + view.width / 2, cy = view.y + view.height / 2) => {
    const width = Math.min(all.width, Math.max(all.width / 16, view.width * factor)), share = width / view.width;
    show(cx - (cx - view.x) * share, cy - (cy - view.y) * share, width);
  };
  const point = (event) => new DOMPoint(event.clientX, event.clientY).matrixTransform(map.getScreenCTM().inverse());

  for (const button of document.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () => {
      if (button.dataset.zoom === "all") show(all.x, all.y, all.width); else zoom(button.dataset.zoom === "in" ? 0.6 : 1 / 0.6);
    });
  }
  map.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey && view.width === all.width && event.deltaY > 0) return;
    event.preventDefault();
    const at = point(event);
    zoom(event.deltaY > 0 ? 1.2 : 1 / 1.2, at.x, at.y);
  }, { passive: false });

  let held = null;
  map.addEventListener("pointerdown", (event) => { if (view.width < all.width) { held = point(event); map.classList.add("drag"); } });
  addEventListener("pointerup", () => { held = null; map.classList.remove("drag"); });
  map.addEventListener("pointermove", (event) => {
    if (!held) return;
    const at = point(event);
    show(view.x + held.x - at.x, view.y + held.y - at.y, view.width);
  });

  const find = document.getElementById("find");
  const groups = [...map.querySelectorAll("[data-words]")];
  find?.addEventListener("change", () => {
    const wanted = find.value.trim().toLowerCase();
    const group = wanted && groups.find((one) => one.dataset.words.toLowerCase().startsWith(wanted));
    if (!group) { if (wanted && said) said.textContent = find.value + ": –"; return; }
    const box = group.getBBox(), width = Math.max(all.width / 8, box.width * 4);
    show(box.x + box.width / 2 - width / 2, box.y + box.height / 2 - width * all.height / all.width / 2, width);
    light(group);
  });
})();
