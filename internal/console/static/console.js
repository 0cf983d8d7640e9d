// Keeps a page fresh; lock, bell, keys, drafts.
const { body } = document, { page, events, bell } = body.dataset;
const all = (css, inside = document) => [...inside.querySelectorAll(css)], one = (css, inside) => all(css, inside)[0];
const [main, door, lost, ring, muted, help] = ["#main", ...["lock", "lost", "ring", "muted", "help"].map((name) => `[data-${name}]`)].map((css) => one(css));
const fields = "input,textarea,select", on = (word, act) => addEventListener(word, act);
const read = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");
const get = (url) => fetch(url, { headers: { "X-Refresh": "1" } });
const isLost = () => { lost.hidden = false; };
const bottom = (e) => { e.scrollTop = e.scrollHeight; };
const typed = (e) => e.value !== e.defaultValue;

// A part that changed takes its place, unless somebody types there.
const swap = (old, next) => {
	const at = document.activeElement, inside = old.contains(at);
	if (old.isEqualNode(next) || (inside && at.matches(fields)) || all("textarea,input", old).some(typed)) return;
	const copy = document.importNode(next, true), keys = "a,button,summary", open = all("details", old).map((d) => d.open);
	const name = (a) => a.rel || a.getAttribute("href"), href = inside && name(at), nth = all(keys, old).indexOf(at);
	const { scrollTop, scrollHeight, clientHeight } = old;
	old.replaceWith(copy);
	all("details", copy).forEach((d, i) => { d.open ||= open[i]; });
	if (scrollHeight - scrollTop - clientHeight < 40) bottom(copy); else copy.scrollTop = scrollTop;
	if (!inside) return;
	const again = href ? all("a", copy).find((a) => name(a) === href) : all(keys, copy)[nth];
	if (!again) copy.tabIndex = -1; // its link is gone; no other gets the keyboard by chance
	(again || copy).focus();
};

const owner = (doc) => one(".login", doc)?.textContent;
const refresh = async () => {
	const answer = await get(page || "/keys"); // without a page to renew: does the session live?
	if (answer.status === 401) return lock();
	const fresh = answer.ok && await read(answer);
	if (!fresh || owner(fresh) !== owner(document)) return location.assign(page || "/");
	if (page) {
		title = fresh.title;
		body.dataset.now = fresh.body.dataset.now;
		setClock();
		for (const old of all("[data-live]")) {
			const next = fresh.getElementById(old.id);
			if (next) swap(old, next);
		}
	}
	lost.hidden = true;
	showTitle();
	if (door.hidden) return;
	door.hidden = true;
	main.hidden = false;
	listen();
};
const renew = () => refresh().catch(isLost);

// What people said goes; what was typed stays, out of sight, until they sign in again.
const lock = () => {
	hush();
	if (!door.hidden) return;
	help.close();
	for (const old of all("[data-live]")) old.replaceChildren();
	main.hidden = true;
	door.hidden = false;
	door.focus();
};
on("focus", () => { if (!door.hidden) renew(); });

// A stream silent for a minute is broken.
let stream, silence;
const hush = () => { stream?.close(); stream = null; clearTimeout(silence); };
const listen = () => {
	hush();
	stream = new EventSource(events || bell);
	const hear = (word, act) => stream.addEventListener(word, ({ data }) => {
		clearTimeout(silence);
		silence = setTimeout(() => { isLost(); listen(); }, 75e3);
		rings(data);
		act?.();
	});
	hear("ready", () => { lost.hidden = true; });
	hear("changed", page && renew);
	hear("bell");
	stream.addEventListener("ended", lock);
	stream.onerror = () => { isLost(); if (stream.readyState === 2) renew(); }; // refused
};

// It rings until a page is touched.
let title = document.title, waiting = 0, newest = 0, seen = 0, audio, ringing;
const box = new BroadcastChannel("pulang");
const isOff = (name) => document.cookie.includes(`pulang-${name}=off`);
const showTitle = () => { document.title = waiting && title[0] !== "(" ? `(${waiting}) ${title}` : title; };
const rings = (data) => {
	const [n, at = 1] = data.split(" ").map(Number);
	if (!newest && !document.hidden) seen = Math.min(at, Date.parse(body.dataset.now) + 999); // they look at it
	[waiting, newest] = [n, at];
	ring.hidden = !n;
	one("b", ring).textContent = n;
	showTitle();
	clearInterval(ringing);
	if (n && at > seen) { ringing = setInterval(sound, 4e3); sound(); }
};
const sound = () => {
	if (isOff("sound") || (document.hidden && !first)) return;
	audio ||= new AudioContext();
	muted.hidden = audio.state === "running";
	if (!muted.hidden) return audio.resume();
	body.dataset.rang = newest;
	[880, 660].forEach((hertz, i) => {
		const note = audio.createOscillator(), soft = audio.createGain(), from = audio.currentTime + i / 4;
		note.frequency.value = hertz;
		soft.gain.setValueAtTime(.15, from);
		soft.gain.exponentialRampToValueAtTime(.001, from + .22);
		note.connect(soft).connect(audio.destination);
		note.start(from);
		note.stop(from + .23);
	});
};
const touched = (at) => { seen = Math.max(seen, at); if (newest <= seen) clearInterval(ringing); };
box.onmessage = ({ data }) => touched(data);

// Of hidden pages one listens: connections are few.
let first = !navigator.locks;
if (bell) {
	listen();
	navigator.locks?.request("pulang", () => { first = true; if (!stream) listen(); return new Promise(() => {}); });
	document.addEventListener("visibilitychange", () => {
		if (document.hidden) { if (!first) hush(); } else if (!stream && door.hidden) { listen(); renew(); }
	});
	on("offline", isLost);
	for (const word of ["pointerdown", "keydown"]) on(word, () => {
		audio ||= new AudioContext();
		audio.resume();
		muted.hidden = true;
		touched(newest);
		box.postMessage(newest);
	});
}
for (const knob of all("[data-switch]")) {
	const { switch: name, yes, no, days } = knob.dataset, say = () => { knob.textContent = isOff(name) ? no : yes; };
	knob.hidden = false;
	knob.onclick = () => {
		document.cookie = `pulang-${name}=${isOff(name) ? "on" : "off"};path=/;max-age=${days * 86400};samesite=lax`;
		say();
	};
	say();
}

// Waiting times by the server's clock.
let skew;
const setClock = () => { skew = Date.now() - Date.parse(body.dataset.now); };
const times = body.dataset.times?.split("|"); // now, min, h, h and min, d
const tick = () => {
	for (const e of all("time[data-since]")) {
		const n = Math.max(0, Math.floor((Date.now() - skew - Date.parse(e.dateTime)) / 6e4)), h = Math.floor(n / 60);
		const [kind, shown] = n < 1 ? [0] : n < 60 ? [1, n] : h > 23 ? [4, Math.floor(h / 24)] : [n % 60 ? 3 : 2, h];
		e.textContent = times[kind].replace("{n}", shown).replace("{m}", n % 60);
	}
};
if (times) { setClock(); setInterval(tick, 1e4); }

// Keys, never while somebody types.
const press = (event, target) => {
	if (!target) return;
	event.preventDefault();
	if (target.matches(fields)) target.focus(); else target.click();
};
const showHelp = async () => {
	if (!one("#keys", help)) help.prepend((await read(await get("/keys"))).getElementById("keys"));
	help.showModal();
};
let go = 0;
on("keydown", (event) => {
	const { key, target } = event, rows = all("a.row,[data-row] a"), at = rows.indexOf(target), after = Date.now() - go < 2e3;
	if (!bell || isOff("keys") || !door.hidden || event.ctrlKey || event.metaKey || event.altKey || target.closest?.(fields + ",dialog")) return;
	go = key === "g" ? Date.now() : 0;
	if (after) press(event, one(`[data-go="${CSS.escape(key)}"]`));
	else if (key === "?") showHelp().catch(() => location.assign("/keys"));
	else if (key === "o") press(event, rows[at]);
	else if (key === "j") (rows[at + 1] || rows[at])?.focus();
	else if (key === "k") rows[Math.max(0, at - 1)]?.focus();
	else press(event, all(`[data-key="${CSS.escape(key)}"]`).find((e) => e.checkVisibility()));
});

// What is typed is kept on the server.
const saving = new Map(), saved = new WeakMap(), textOf = (form) => all("textarea", form).map((e) => e.value).join();
const save = async (form) => {
	clearTimeout(saving.get(form));
	saving.delete(form);
	const text = textOf(form), answer = await fetch(form.dataset.draft, { method: "POST", body: new URLSearchParams(new FormData(form)), keepalive: true });
	if (answer.status === 401) return lock();
	if (answer.ok) saved.set(form, text);
	one("[data-saved]", form)?.toggleAttribute("hidden", !answer.ok);
};
const keep = (form) => save(form).catch(() => { isLost(); later(form); }), later = (form) => saving.set(form, setTimeout(keep, 1500, form));
on("input", ({ target: { form } }) => {
	if (!form?.dataset.draft) return;
	one("[data-saved]", form)?.setAttribute("hidden", "");
	clearTimeout(saving.get(form));
	later(form);
});
on("pagehide", () => [...saving.keys()].map(keep));
on("focusout", ({ target: { form }, relatedTarget: to }) => { if (saving.has(form) && to?.form !== form) keep(form); });
let sent;
on("submit", (event) => {
	const form = event.target;
	if (form.method === "post" && !navigator.onLine) { event.preventDefault(); return isLost(); }
	clearTimeout(saving.get(form)); // the draft ends with the sending
	saving.delete(form);
	sent = form;
});
on("beforeunload", (event) => {
	const left = (f) => f !== sent && all("textarea:not([readonly])", f).some(typed) && saved.get(f) !== textOf(f);
	if (door.hidden && [...document.forms].some(left)) event.preventDefault();
});

// SMS: 160 letters, cut between words.
const parts = (text) => {
	let n = 0;
	for (let rest = text.trim(); rest; n++) {
		let end = 0, space = 0, used = 0;
		for (const c of rest) {
			used += "\f^{}\\[~]|€".includes(c) ? 2 : 1;
			if (used > 160) break;
			end += c.length;
			if (c === " " || c === "\n") space = end;
		}
		rest = rest.slice(end === rest.length ? end : space || end).trim();
	}
	return n;
};
const composer = one("[data-composer]"), hint = composer && one("[data-count]", composer);
if (hint) {
	const count = () => {
		const n = parts(composer.elements.text.value);
		one("[data-parts]", composer).value = n;
		hint.textContent = n > 1 ? hint.dataset.count.replace("{n}", n) : hint.dataset.single;
	};
	composer.elements.text.addEventListener("input", count);
	count();
}
all("#thread").map(bottom);
