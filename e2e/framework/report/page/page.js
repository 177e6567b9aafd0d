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
    // Not its summary: the key that followed the link would fold it at once.
    target.focus({ preventScroll: true });
  };
  // On paper nothing can be unfolded; on the screen everything is as it was before.
  let folded = [];
  const unfoldForPaper = () => {
    folded = all("details:not([open])");
    fold(true);
  };
  const foldAgain = () => folded.forEach((d) => { d.open = false; });
  document.querySelector(".tools").hidden = false;
  document.getElementById("unfold").addEventListener("click", () => fold(true));
  document.getElementById("fold").addEventListener("click", () => fold(false));
  document.getElementById("next").addEventListener("click", next);
  document.getElementById("previous").addEventListener("click", previous);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.key === "n") next();
    if (event.key === "p") previous();
  });
  window.addEventListener("hashchange", follow);
  // Links are followed here, not by the browser: it would take the focus away from where they lead, and do nothing for
  // one that was followed before, though its place may have been folded since.
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest('a[href^="#"]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const href = link.getAttribute("href");
    if (href !== location.hash) history.pushState(null, "", href);
    follow();
  });
  window.addEventListener("beforeprint", unfoldForPaper);
  window.addEventListener("afterprint", foldAgain);
  follow();
})();
