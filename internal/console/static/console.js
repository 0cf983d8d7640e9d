// Keeps a page fresh, locks it, counts SMS, and asks for passkeys. All but the
// passkeys works without it.
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
  const owner = (page) => page.querySelector(".top .login")?.textContent;
  const refresh = async () => {
    const answer = await fetch(page, { headers: { "X-Refresh": "1" }, credentials: "same-origin" });
    if (answer.status === 401) { lock(); return; }
    if (!answer.ok) { location.assign(page); return; }
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (owner(fresh) !== owner(document)) { location.assign(page); return; }
    document.title = fresh.title;
    for (const old of document.querySelectorAll("[data-live]")) {
      const next = fresh.getElementById(old.id);
      if (!next || old.isEqualNode(next)) continue;
      const copy = document.importNode(next, true), keys = "a,button";
      const at = [...old.querySelectorAll(keys)].indexOf(document.activeElement);
      old.replaceWith(copy);
      if (at >= 0) copy.querySelectorAll(keys)[at]?.focus();
    }
    unlock();
    newest();
  };

  // Nobody has used the page for half an hour, or the session was ended: what people
  // said goes from the page, and what was typed stays in it, out of sight, until the
  // same person has signed in again beside it and comes back.
  const main = document.getElementById("main"), door = document.querySelector("[data-lock]");
  let stream;
  const lock = () => {
    stream?.close();
    if (!door.hidden) return;
    for (const old of document.querySelectorAll("[data-live]")) old.replaceChildren();
    main.hidden = true;
    door.hidden = false;
    door.focus();
  };
  const unlock = () => {
    if (door.hidden) return;
    door.hidden = true;
    main.hidden = false;
    if (events) listen();
  };
  window.addEventListener("focus", () => { if (!door.hidden) refresh().catch(() => {}); });

  const listen = () => {
    const lost = document.querySelector("[data-lost]");
    stream = new EventSource(events);
    stream.addEventListener("ready", () => { lost.hidden = true; });
    stream.addEventListener("changed", () => { refresh().catch(() => { lost.hidden = false; }); });
    stream.addEventListener("ended", () => { lock(); });
    stream.onerror = () => {
      lost.hidden = false;
      if (stream.readyState === EventSource.CLOSED) refresh().catch(() => {}); // refused: perhaps the session ended
    };
  };
  if (events && window.EventSource) listen();

  // Passkeys: the server asks, the key answers, the form carries the answer.
  for (const form of document.querySelectorAll("[data-passkey]")) {
    const keys = window.PublicKeyCredential, { passkey, make } = form.dataset;
    if (!keys?.parseRequestOptionsFromJSON) continue;
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const failed = form.querySelector("[data-failed]");
      failed.hidden = true;
      try {
        const asked = await fetch(passkey, { method: "POST", credentials: "same-origin" });
        if (!asked.ok) throw new Error("refused");
        const { token, options } = await asked.json();
        const key = make === undefined
          ? await navigator.credentials.get({ publicKey: keys.parseRequestOptionsFromJSON(options) })
          : await navigator.credentials.create({ publicKey: keys.parseCreationOptionsFromJSON(options) });
        form.elements.token.value = token;
        form.elements.answer.value = JSON.stringify(key);
        form.submit();
      } catch { failed.hidden = false; }
    });
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
