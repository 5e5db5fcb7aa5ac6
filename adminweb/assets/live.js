// Keeps the live part of a request's page up to date. A reload shows the same.
"use strict";
(() => {
  const live = document.getElementById("live");
  if (!live) return;
  const events = new EventSource(live.dataset.events);
  window.addEventListener("beforeunload", () => events.close()); // or a reload would end the way to another page
  events.addEventListener("live", (e) => { live.innerHTML = JSON.parse(e.data); });
  events.addEventListener("moved", () => {
    events.close();
    // The buttons have changed too; but nothing that somebody is typing may get lost.
    const typing = [...document.querySelectorAll("main textarea, main input:not([type=hidden])")].some((f) => f.value !== f.defaultValue);
    if (typing || document.querySelector("main details.step[open]")) document.getElementById("moved").hidden = false;
    else location.reload();
  });
})();
