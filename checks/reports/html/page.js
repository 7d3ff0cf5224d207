// The filter, the colours, and new results of a server that keeps checking. The page reads well without all of it.
const filter = { text: "", hidden: new Set() };

function apply() {
  let shown = 0;
  const rows = document.querySelectorAll("tbody tr");
  for (const row of rows) {
    const isShown = !filter.hidden.has(row.dataset.status) && row.dataset.words.includes(filter.text);
    row.hidden = !isShown;
    if (isShown) shown++;
  }
  const output = document.getElementById("matches");
  if (output !== null) output.value = shown === rows.length ? "" : `${shown} of ${rows.length} shown`;
}

document.addEventListener("input", ({ target }) => {
  if (target.id === "filter") filter.text = target.value.trim().toLowerCase();
  else if (target.checked) filter.hidden.delete(target.value);
  else filter.hidden.add(target.value);
  apply();
});
document.addEventListener("submit", (event) => event.preventDefault());

document.getElementById("theme").addEventListener("click", () => {
  const root = document.documentElement;
  const isDark = getComputedStyle(root).colorScheme === "dark" ||
    (root.dataset.theme === undefined && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.theme = isDark ? "light" : "dark";
});

// Replaces the results, and keeps what was typed and what was opened
async function refresh() {
  const response = await fetch("/", { cache: "no-store" });
  if (!response.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const active = document.activeElement?.id;
  document.title = page.title;
  document.querySelector("main").replaceWith(page.querySelector("main"));
  const input = document.getElementById("filter");
  if (input !== null) input.value = filter.text;
  for (const box of document.querySelectorAll("input[name=status]")) {
    box.checked = !filter.hidden.has(box.value);
  }
  if (active) document.getElementById(active)?.focus();
  apply();
}

if (document.body.dataset.live !== undefined) {
  const connection = document.getElementById("connection");
  const events = new EventSource("/events");
  events.addEventListener("report", () => refresh().catch(() => {}));
  events.addEventListener("open", () => connection.textContent = "Live");
  events.addEventListener("error", () => connection.textContent = "Connection lost, trying again");
}
