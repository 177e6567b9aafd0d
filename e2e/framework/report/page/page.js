"use strict";
(() => {
  const all = (selector) => Array.from(document.querySelectorAll(selector));
  const fold = (open) => all("details").forEach((d) => { d.open = open; });
  // What a link or a key leads to is unfolded, with everything around it.
  const unfoldTo = (element) => {
    for (let at = element; at; at = at.parentElement) {
      if (at instanceof HTMLDetailsElement) at.open = true;
    }
  };
  let current = -1;
  const go = (by) => {
    const findings = all("tr.finding");
    if (findings.length === 0) return;
    current = (current + by + findings.length) % findings.length;
    unfoldTo(findings[current]);
    findings[current].scrollIntoView({ block: "center" });
    findings[current].focus({ preventScroll: true });
  };
  const next = () => go(1);
  const previous = () => go(current < 0 ? 0 : -1);
  const follow = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    unfoldTo(target);
    target.scrollIntoView();
  };
  document.querySelector(".tools").hidden = false;
  document.getElementById("unfold").addEventListener("click", () => fold(true));
  document.getElementById("fold").addEventListener("click", () => fold(false));
  document.getElementById("next").addEventListener("click", next);
  document.getElementById("previous").addEventListener("click", previous);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "n") next();
    if (event.key === "p") previous();
  });
  window.addEventListener("hashchange", follow);
  window.addEventListener("beforeprint", () => fold(true));
  follow();
})();
