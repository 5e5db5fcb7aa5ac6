// The typing aid of the search field. Without it, Enter searches just as well.
"use strict";
(() => {
  const field = document.querySelector("input[data-suggest]");
  const box = document.getElementById("suggest");
  if (!field || !box) return;
  let timer, running;
  const close = () => { box.hidden = true; box.replaceChildren(); };
  const ask = async () => {
    running?.abort();
    running = new AbortController();
    try {
      const answer = await fetch(field.dataset.suggest, { method: "POST", body: new URLSearchParams({ q: field.value }), signal: running.signal });
      if (!answer.ok || answer.redirected) return close();
      box.innerHTML = await answer.text(); // escaped by the server; the page's policy runs no script in it
      box.hidden = box.childElementCount === 0;
    } catch { /* a newer question has replaced this one, or the net is away: Enter still works */ }
  };
  field.addEventListener("input", () => {
    clearTimeout(timer);
    if (field.value.trim().length < 2) return close();
    timer = setTimeout(ask, 200);
  });
  field.form.addEventListener("keydown", (e) => {
    if (e.key === "Escape") { close(); field.focus(); }
    if (e.key !== "ArrowDown" && e.key !== "ArrowUp") return;
    const stops = [field, ...box.querySelectorAll("a")];
    const next = stops[stops.indexOf(document.activeElement) + (e.key === "ArrowDown" ? 1 : -1)];
    if (next) { e.preventDefault(); next.focus(); }
  });
  document.addEventListener("click", (e) => { if (!field.form.contains(e.target)) close(); });
})();
