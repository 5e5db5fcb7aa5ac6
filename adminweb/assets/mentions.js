// Answers about places in texts by key, one after another. Without it, each button sends its form.
"use strict";
(() => {
  const places = [...document.querySelectorAll(".place")];
  const progress = document.getElementById("progress");
  if (!places.length || !places[0].querySelector("form")) return;
  document.getElementById("keys").hidden = false;
  let at = -1;
  const go = (to) => {
    if (to < 0 || to >= places.length) return false;
    at = to;
    places[at].focus({ preventScroll: true });
    places[at].scrollIntoView({ block: "center" });
    return true;
  };
  const next = () => {
    const open = (p) => p.dataset.answer === "";
    const to = places.findIndex((p, i) => i > at && open(p));
    if (!go(to < 0 ? places.findIndex(open) : to)) done();
  };
  // The last one of this page: the server knows what comes next.
  const done = () => sent.then(() => location.assign(location.pathname + "?show=open#places"));
  let sent = Promise.resolve(); // one after another, so that what is said last holds
  let leaving = false; // somebody follows a link while an answer is on its way: it arrives, and nobody waits for the reply
  window.addEventListener("beforeunload", () => { leaving = true; });
  window.addEventListener("pageshow", () => { leaving = false; }); // they came back to it
  const answer = (place, value) => {
    const was = place.dataset.answer;
    place.dataset.answer = value === "undo" ? "" : value;
    const form = place.querySelector("form");
    const body = new URLSearchParams({ place: form.elements.place.value, mention_answer: value });
    sent = sent.then(() => fetch(form.action, { method: "POST", body, keepalive: true, headers: { Accept: "application/json" } }))
      .then((r) => r.ok && !r.redirected ? r.json() : Promise.reject(r))
      .then((n) => {
        progress.querySelector("progress").value = n.decided;
        progress.querySelector("span").textContent = n.text;
      })
      .catch(() => {
        if (leaving) return;
        place.dataset.answer = was;
        location.reload(); // the page says why
      });
    if (value !== "undo") next();
  };
  places.forEach((place, i) => {
    place.addEventListener("focusin", () => { at = i; });
    place.addEventListener("submit", (e) => {
      if (!e.submitter) return;
      e.preventDefault();
      at = i;
      answer(place, e.submitter.value);
    });
  });
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.altKey || e.metaKey || e.target.closest("input:not([type=hidden]), textarea, select")) return;
    const key = e.key.toLowerCase(), place = places[at];
    if (key === "j") go(Math.min(at + 1, places.length - 1));
    else if (key === "k") go(Math.max(at - 1, 0));
    else if (place && key === "a" && place.dataset.answer === "") answer(place, "person");
    else if (place && key === "n" && place.dataset.answer === "") answer(place, "other");
    else if (place && key === "u" && place.dataset.answer !== "") answer(place, "undo");
    else return;
    e.preventDefault();
  });
  if (places[0].dataset.answer === "") go(0);
})();
