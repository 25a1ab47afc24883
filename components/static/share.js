/* Share and download: copies texts, fetches files that the server makes on demand, and says what became of it. */

function node(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name in made) made[name] = value; else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

async function toClipboard(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {   // no permission, or an address without https: the old way
    field.focus();
    field.select();
    return document.execCommand("copy");
  }
}

function copyRow(item, texts, say) {
  const id = `copy-${Math.random().toString(36).slice(2)}`;
  const field = item.rows > 1
    ? node("textarea", { id, readOnly: true, rows: item.rows, spellcheck: false, value: item.text })
    : node("input", { id, type: "text", readOnly: true, spellcheck: false, value: item.text });
  field.addEventListener("focus", () => field.select());
  const button = node("button", { type: "button", textContent: texts.copy, ariaLabel: `${texts.copy}: ${item.label}` });
  button.addEventListener("click", async () => {
    const copied = await toClipboard(field);
    say(copied ? `${texts.copied}: ${item.label}` : texts.by_hand, !copied);
    if (!copied) return;
    button.textContent = texts.copied;
    setTimeout(() => { button.textContent = texts.copy; }, 1800);
  });
  const row = node("div", { className: "copy" }, node("label", { htmlFor: id, textContent: item.label }), node("div", { className: "pair" }, field, button));
  if (item.note) row.append(node("p", { className: "note", textContent: item.note }));
  return row;
}

function save(blob, name) {
  const link = node("a", { href: URL.createObjectURL(blob), download: name });
  link.click();   // not put into the page: a click outside the sheet would close it
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

async function refusal(answer) {
  try { return (await answer.json()).error.message; } catch { return ""; }
}

export async function fetchFile(button, request, texts, say) {
  if (button.ariaBusy === "true") return;
  button.ariaBusy = "true";
  say(texts.making);
  try {
    const answer = await request();
    if (!answer.ok) { say((await refusal(answer)) || texts.failed, true); return; }
    const name = /filename="([^"]+)"/.exec(answer.headers.get("content-disposition") ?? "")?.[1] ?? "paz-territorial";
    save(await answer.blob(), name);
    say(texts.done.replace("{name}", name));
  } catch {
    say(texts.failed, true);
  } finally {
    button.ariaBusy = "false";
  }
}

function fileButton(file, group, texts, say) {
  const button = node("button", { type: "button", textContent: file.label, ariaLabel: `${texts.download}: ${group}, ${file.label}` });
  button.addEventListener("click", () => fetchFile(button, () => fetch(file.url, file.body ? { method: "POST", body: file.body } : {}), texts, say));
  return button;
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".root");
  const drawn = JSON.stringify(data);
  if (root.dataset.drawn === drawn) return;
  root.dataset.drawn = drawn;
  const status = node("p", { className: "status", role: "status" });
  const say = (words, wrong = false) => { status.textContent = words; status.classList.toggle("wrong", wrong); };
  root.replaceChildren(
    ...data.groups.filter((group) => group.files.length).map((group) => node("div", { className: "files", role: "group", ariaLabel: group.title },
      node("h3", { textContent: group.title }), node("div", { className: "buttons" }, ...group.files.map((file) => fileButton(file, group.title, data.texts, say))))),
    ...(data.note ? [node("p", { className: "note", textContent: data.note })] : []),
    status,
    ...data.copies.map((item) => copyRow(item, data.texts, say)),
  );
}
