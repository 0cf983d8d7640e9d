// Keeps a page fresh and counts SMS. Everything works without it.
"use strict";
(() => {
  const { page, events } = document.body.dataset;

  // The newest message is in view.
  const newest = () => {
    const thread = document.getElementById("thread");
    if (thread) thread.scrollTop = thread.scrollHeight;
  };

  // Replaces the parts of the page that may change. Forms are not among them, so
  // what somebody types stays; so does the place of the keyboard.
  const refresh = async () => {
    const answer = await fetch(page, { headers: { "X-Refresh": "1" }, credentials: "same-origin" });
    if (!answer.ok) { location.assign(page); return; }
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.title = fresh.title;
    for (const old of document.querySelectorAll("[data-live]")) {
      const next = fresh.getElementById(old.id);
      if (!next || old.isEqualNode(next)) continue;
      const copy = document.importNode(next, true), keys = "a,button";
      const at = [...old.querySelectorAll(keys)].indexOf(document.activeElement);
      old.replaceWith(copy);
      if (at >= 0) copy.querySelectorAll(keys)[at]?.focus();
    }
    newest();
  };

  if (events && window.EventSource) {
    const lost = document.querySelector("[data-lost]");
    const stream = new EventSource(events);
    stream.addEventListener("ready", () => { lost.hidden = true; });
    stream.addEventListener("changed", () => { refresh().catch(() => { lost.hidden = false; }); });
    stream.addEventListener("ended", () => { stream.close(); location.assign(page); });
    stream.onerror = () => { lost.hidden = false; };
  }

  // How many SMS a text travels as: 160 letters each, cut between words.
  const wide = "\f^{}\\[~]|€";
  const cost = (text) => { let n = 0; for (const c of text) n += wide.includes(c) ? 2 : 1; return n; };
  const parts = (text) => {
    let n = 0;
    for (let rest = text.trim(); rest; n++) {
      let end = 0, space = 0, used = 0;
      for (const c of rest) {
        used += cost(c);
        if (used > 160) break;
        end += c.length;
        if (c === " " || c === "\n") space = end;
      }
      rest = rest.slice(end === rest.length ? end : space || end).trim();
    }
    return n;
  };
  const form = document.querySelector("[data-composer]");
  const hint = form && form.querySelector("[data-count]");
  if (hint) {
    const count = () => {
      const n = parts(form.elements.text.value);
      form.querySelector("[data-parts]").value = n;
      hint.textContent = n > 1 ? hint.dataset.count.replace("{n}", n) : hint.dataset.single;
    };
    form.elements.text.addEventListener("input", count);
    count();
  }

  newest();
})();
