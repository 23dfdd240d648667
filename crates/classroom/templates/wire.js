// The wire, live. Without this script the page is the same, and a link reloads it.
const list = document.getElementById("exchanges");
const pause = document.getElementById("pause");
const state = document.getElementById("state");
let stream, shown = list.dataset.latest, paused = false, busy = false, again = false;

// Asks for the page again and takes over what is new. An entry that stays keeps its place, what is open in it, and the focus.
async function refresh() {
  if (busy) { again = true; return; }
  busy = true;
  try {
    const text = await (await fetch(location.href)).text();
    const fresh = new DOMParser().parseFromString(text, "text/html");
    const entries = [...fresh.querySelectorAll("#exchanges > li")];
    if (!paused) {
      const old = new Map([...list.children].map(entry => [entry.id, entry]));
      entries.forEach((entry, place) => {
        const node = old.get(entry.id) ?? document.adoptNode(entry);
        old.delete(entry.id);
        if (list.children[place] !== node) list.insertBefore(node, list.children[place] ?? null);
      });
      for (const gone of old.values()) gone.remove();
      document.getElementById("nothing")?.remove();
      addCopy();
    }
  } catch { /* The server stopped: the stream says so. */ }
  busy = false;
  if (again) { again = false; refresh(); }
}

function addCopy() {
  for (const box of list.querySelectorAll(".curl:not(:has(button))")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.onclick = async () => {
      try {
        await navigator.clipboard.writeText(box.querySelector("code").textContent);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(box.querySelector("code"));
        button.textContent = "Selected";
      }
    };
    box.append(button);
  }
}

function close(why) {
  stream?.close();
  stream = undefined;
  state.textContent = why;
}

function open() {
  if (stream || paused || document.hidden) return;
  stream = new EventSource("/classroom/wire/events");
  stream.onopen = () => { state.textContent = ""; };
  stream.onmessage = event => {
    if (event.data !== shown) { shown = event.data; refresh(); }
  };
  stream.addEventListener("rest", () => close("Not live: too many views are open."));
  stream.onerror = () => { state.textContent = "The server has stopped."; };
}

pause.hidden = false;
pause.onclick = () => {
  paused = !paused;
  pause.setAttribute("aria-pressed", paused);
  pause.textContent = paused ? "Go on" : "Pause";
  if (paused) close("Paused."); else { state.textContent = ""; open(); refresh(); }
};
document.addEventListener("visibilitychange", () => document.hidden ? close("") : open());
addEventListener("pagehide", () => close(""));
addEventListener("pageshow", open);
addEventListener("focus", open);
addCopy();
open();
