// The demo page: shows what the server says the phones show, and tells it what was
// pressed. Everything is built as text nodes; nothing is ever parsed as HTML.
"use strict";

const $ = (id) => document.getElementById(id);
const phones = [...document.querySelectorAll(".phone")];
const seen = {}; // how many bubbles of each phone were looked at
let current = phones[0].id;

const make = (tag, className, text) => {
  const e = document.createElement(tag);
  if (className) e.className = className;
  if (text) e.textContent = text;
  return e;
};

async function tell(path, what) {
  const answer = await fetch("/demo/" + path, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(what),
  }).catch(() => null);
  if (!answer || !answer.ok) trouble(answer ? (await answer.text()).trim() : "The demo has ended. Start it again with: make demo");
}

function trouble(text) {
  const p = $("trouble");
  p.textContent = text;
  p.hidden = !text;
  if (text) setTimeout(() => { if (p.textContent === text) p.hidden = true; }, 6000);
}

// words puts a text into an element; addresses of the console open beside.
function words(into, text) {
  for (const part of text.split(/(https?:\/\/\S+)/)) {
    if (!part.startsWith(location.origin + "/")) { into.append(part); continue; }
    const a = make("a", "", part.replace(/^https?:\/\//, ""));
    a.href = part;
    a.target = "desk";
    a.addEventListener("click", () => show("case"));
    into.append(a);
  }
}

function bubble(phone, line, last) {
  const b = make("div", "bubble " + (line.mine ? "mine" : "theirs"));
  const p = make("p");
  words(p, line.text);
  b.append(p);
  if (line.gloss) b.append(make("p", "gloss", line.gloss));
  b.append(make("time", "", line.at));
  if (!line.buttons) return b;
  const row = make("div", "buttons");
  for (const label of line.buttons) {
    const button = make("button", "", label);
    button.type = "button";
    button.disabled = !last;
    button.addEventListener("click", () => tell("press", { phone: phone.id, text: label }));
    row.append(button);
  }
  const whole = make("div", "with-buttons");
  whole.append(b, row);
  return whole;
}

function draw(phone, lines) {
  const screen = phone.querySelector(".screen");
  const before = Number(screen.dataset.count || 0);
  const mark = JSON.stringify(lines);
  if (screen.dataset.mark === mark) return;
  screen.dataset.mark = mark;
  screen.dataset.count = lines.length;
  const newest = lines.findLastIndex((l) => l.buttons);
  for (const chip of phone.querySelectorAll("[data-say]")) { // a story is told once
    chip.hidden = chip.dataset.say.length > 20 && lines.some((l) => l.mine && l.text === chip.dataset.say);
  }
  screen.replaceChildren(...lines.map((l, i) => {
    const e = bubble(phone, l, i === newest);
    if (i >= before) e.classList.add("new");
    return e;
  }));
  screen.scrollTop = screen.scrollHeight;
  if (before && lines.length > before && !lines[lines.length - 1].mine) {
    phone.classList.remove("ring");
    void phone.offsetWidth; // so that the animation begins anew
    phone.classList.add("ring");
  }
}

function steps(done) {
  let next = true;
  document.body.dataset.next = "";
  for (const li of document.querySelectorAll(".steps li")) {
    const is = done.includes(li.id.slice(5));
    li.classList.toggle("done", is);
    li.classList.toggle("next", !is && next);
    if (!is && next) {
      li.setAttribute("aria-current", "step");
      document.body.dataset.next = li.id.slice(5); // the stylesheet points at what to press
    } else li.removeAttribute("aria-current");
    if (!is) next = false;
  }
}

function badges() {
  for (const phone of phones) {
    const count = Number(phone.querySelector(".screen").dataset.count || 0);
    if (phone.id === current || !(phone.id in seen)) seen[phone.id] = count;
    $("tab-" + phone.id).dataset.fresh = Math.max(0, count - seen[phone.id]) || "";
  }
}

// show brings one screen to the front, where only one fits.
function show(id) {
  current = id;
  for (const section of document.querySelectorAll("main > section")) section.classList.toggle("front", section.id === id);
  for (const tab of document.querySelectorAll("nav button")) tab.setAttribute("aria-selected", tab.dataset.show === id);
  const screen = $(id).querySelector(".screen");
  if (screen) screen.scrollTop = screen.scrollHeight;
  badges();
}

const events = new EventSource("/demo/events");
events.onmessage = (e) => {
  const scene = JSON.parse(e.data);
  $("clock").textContent = scene.clock;
  for (const phone of phones) draw(phone, scene.phones[phone.id]);
  steps(scene.done);
  badges();
  document.body.dataset.ready = "yes";
};
events.onerror = () => trouble("Waiting for the demo. If it was stopped, start it again with: make demo");
events.onopen = () => trouble("");

for (const phone of phones) {
  phone.querySelector("form").addEventListener("submit", (e) => {
    e.preventDefault();
    const input = e.target.elements.text;
    if (!input.value.trim()) return;
    tell("say", { phone: phone.id, text: input.value });
    input.value = "";
  });
  for (const chip of phone.querySelectorAll("[data-say]")) {
    chip.addEventListener("click", () => tell("say", { phone: phone.id, text: chip.dataset.say }));
  }
}
for (const b of document.querySelectorAll("[data-minutes]")) {
  b.addEventListener("click", () => tell("clock", { minutes: Number(b.dataset.minutes) }));
}
for (const tab of document.querySelectorAll("nav button")) tab.addEventListener("click", () => show(tab.dataset.show));
show(current);
