/* Municipality search: a combobox in which accents and capitals are optional. The list is fetched once. */
const lists = new Map();
const fold = (s) => s.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

function loaded(url) {
  if (!lists.has(url)) {
    lists.set(url, fetch(url).then((r) => r.json()).then((rows) => rows.map(([code, name, place]) =>
      ({ code, name, place, key: fold(name), all: fold(`${name} ${place} ${code}`) }))));
  }
  return lists.get(url);
}

function rank(row, words, first) {
  if (!words.every((w) => row.all.includes(w))) return -1;
  if (row.key === first) return 0;
  if (row.key.startsWith(first)) return 1;
  return row.key.includes(` ${first}`) ? 2 : 3;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const input = parentElement.querySelector("input");
  const list = parentElement.querySelector("[role=listbox]");
  input.placeholder = data.placeholder;
  input.setAttribute("aria-label", data.label);
  list.setAttribute("aria-label", data.label);
  let rows = [], hits = [], active = -1;
  const ready = loaded(data.url).then((r) => { rows = r; });

  const close = () => { list.hidden = true; active = -1; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); };
  const choose = (i) => { if (!hits[i]) return; setTriggerValue("chosen", hits[i].code); input.value = ""; close(); input.blur(); };
  const draw = () => {
    list.replaceChildren(...hits.map((row, i) => {
      const item = document.createElement("li");
      item.id = `hit-${i}`; item.setAttribute("role", "option"); item.setAttribute("aria-selected", String(i === active));
      const place = document.createElement("span");
      place.textContent = row.place;
      item.append(`${row.name} `, place);
      item.onpointerdown = (e) => { e.preventDefault(); choose(i); };
      return item;
    }));
    if (!hits.length) { const none = document.createElement("li"); none.className = "none"; none.textContent = data.none; list.replaceChildren(none); }
    list.hidden = false; input.setAttribute("aria-expanded", "true");
    if (active >= 0) { input.setAttribute("aria-activedescendant", `hit-${active}`); list.children[active]?.scrollIntoView({ block: "nearest" }); }
  };
  const search = () => ready.then(() => {
    const words = fold(input.value.trim()).split(/\s+/).filter(Boolean);
    if (!words.length) { close(); return; }
    const scored = rows.map((row) => [rank(row, words, words.join(" ")), row]).filter(([s]) => s >= 0);
    scored.sort((a, b) => a[0] - b[0] || a[1].name.localeCompare(b[1].name));
    hits = scored.slice(0, 12).map(([, row]) => row);
    active = hits.length ? 0 : -1;
    draw();
  });
  input.oninput = search;
  input.onfocus = () => { if (input.value) search(); };
  input.onblur = close;
  input.onkeydown = (e) => {
    if (e.key === "Escape") { input.value = ""; close(); return; }
    if (e.key === "Enter") { e.preventDefault(); if (active >= 0) choose(active); else search(); return; }
    if (e.key !== "ArrowDown" && e.key !== "ArrowUp") return;
    e.preventDefault();
    if (!hits.length) return;
    active = (active + (e.key === "ArrowDown" ? 1 : hits.length - 1)) % hits.length;
    draw();
  };
  return () => { input.oninput = input.onfocus = input.onblur = input.onkeydown = null; };
}
