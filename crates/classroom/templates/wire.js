// The wire, live. Without this script the page is the same, and links do what it does.
const words = document.body.dataset;
const find = id => document.getElementById(id);
const main = find("main"), pause = find("pause"), state = find("state");
let stream, paused = false, busy = false, again = false;

// Asks for the page and takes over what is new. What looks the same stays, with the focus and what is open in it.
async function refresh(address = location.href, asked = false) {
  if (busy) { again = true; return; }
  busy = true;
  try {
    const answer = await fetch(address), text = await answer.text();
    if (asked || !paused) {
      // An answer to a question leads to where it is counted.
      if (asked) history.replaceState(null, "", answer.url);
      const page = new DOMParser().parseFromString(text, "text/html");
      document.documentElement.className = page.documentElement.className;
      take(page.getElementById("main"));
    }
  } catch { /* The server stopped: the stream says so. */ }
  busy = false;
  if (again) { again = false; refresh(); }
}

const same = new WeakMap();
const source = node => same.get(node) ?? same.set(node, node.outerHTML).get(node);

function take(fresh) {
  const focus = document.activeElement?.id, opened = find("more").open;
  const said = fresh.querySelector("#said").textContent;
  main.dataset.latest = fresh.dataset.latest;
  // What says how things stand outlives the rest.
  for (const id of ["pause", "state", "said"]) fresh.querySelector("#" + id).replaceWith(find(id));
  const question = find("question"), asked = fresh.querySelector("#question");
  if (question && asked && source(question) === source(asked)) asked.replaceWith(question);
  const list = find("exchanges"), next = fresh.querySelector("#exchanges");
  const old = new Map([...list?.children ?? []].map(group => [group.id, group]));
  for (const group of next?.children ?? []) {
    const known = old.get(group.id);
    if (known && source(known) === source(group)) group.replaceWith(known);
  }
  main.replaceChildren(...fresh.children);
  find("more").open = opened;
  if (find("said").textContent !== said) find("said").textContent = said;
  if (focus) (find(focus) ?? main).focus({ preventScroll: true });
  dress();
}

// What only a script can do: buttons that copy, times that count down.
function dress() {
  document.querySelectorAll("#exchanges > li, #question").forEach(source);
  for (const box of document.querySelectorAll(".curl:not(:has(button))")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = words.copy;
    button.onclick = async () => {
      const code = box.querySelector("code");
      try {
        await navigator.clipboard.writeText(code.textContent);
        button.textContent = words.copied;
      } catch {
        getSelection().selectAllChildren(code);
        button.textContent = words.selected;
      }
    };
    box.append(button);
  }
  tick();
}

function tick() {
  const units = words.units?.split(",");
  for (const node of document.querySelectorAll("[data-until]")) {
    const seconds = Math.ceil((node.dataset.until - Date.now()) / 1000);
    const [size, unit] = [[1, 120], [60, 7200], [3600, 172800], [86400, Infinity]].map(([size, most], place) => [size, place, most])
      .find(([, , most]) => seconds < most);
    const text = seconds > 0 ? words.left.replace("*", Math.round(seconds / size) + " " + units[unit]) : words.over;
    if (node.textContent !== text) node.textContent = text;
    if (seconds <= 0) node.closest(".chip")?.classList.add("gone");
  }
}

// All of an exchange, in its place.
async function unfold(link) {
  const rung = link.closest(".rung"), old = rung.querySelector(".detail");
  link.setAttribute("aria-expanded", !old);
  if (old) { old.remove(); return; }
  const text = await (await fetch(link.href)).text();
  const detail = new DOMParser().parseFromString(text, "text/html").getElementById("detail");
  if (!detail) { location = link.href; return; }
  detail.removeAttribute("id");
  detail.className = "detail";
  rung.append(detail);
  dress();
}

document.addEventListener("click", event => {
  const link = event.target.closest("a[data-go], a[data-all]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (link.dataset.all !== undefined) unfold(link); else refresh(link.href, true);
});
document.addEventListener("submit", event => {
  if (event.target.dataset.go === undefined) return;
  event.preventDefault();
  refresh(event.target.action + "?" + new URLSearchParams(new FormData(event.target)), true);
});
document.addEventListener("keydown", event => {
  const id = { ArrowLeft: "back", ArrowRight: "forth" }[event.key];
  if (!id || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.target.closest("input, .head, .curl, .many")) return;
  const link = find(id);
  if (link) { event.preventDefault(); refresh(link.href, true); }
});

function close(why) {
  stream?.close();
  stream = undefined;
  state.textContent = why;
}

function open() {
  if (!state || stream || paused || document.hidden) return;
  stream = new EventSource("/classroom/wire/events");
  stream.onopen = () => { if (state.textContent) refresh(); state.textContent = ""; };
  stream.onmessage = event => { if (event.data !== main.dataset.latest) refresh(); };
  stream.addEventListener("rest", () => close(words.rest));
  stream.onerror = () => { state.textContent = words.stopped; };
}

if (pause) {
  pause.hidden = false;
  pause.onclick = () => {
    paused = !paused;
    pause.setAttribute("aria-pressed", paused);
    pause.textContent = paused ? words.goOn : words.pause;
    if (paused) close(words.paused); else { state.textContent = ""; open(); refresh(); }
  };
  setInterval(tick, 1000);
  document.addEventListener("visibilitychange", () => document.hidden ? close("") : open());
  addEventListener("pagehide", () => close(""));
  addEventListener("pageshow", open);
  addEventListener("focus", open);
}
dress();
open();
