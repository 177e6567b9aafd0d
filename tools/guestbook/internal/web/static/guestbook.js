"use strict";

// Addresses are relative, so that the page also works behind a path of a proxy.
const LIST = "lrange/guestbook";
const PUSH = "rpush/guestbook";
const POLL_MS = 1000;
const PATIENCE_MS = 5000;

const element = (id) => document.getElementById(id);
const entries = element("entries");
const scroller = element("scroller");
const input = element("value");
const button = element("form").querySelector("button");

let shown = [];
let polling = false;
let known = false;

function say(text, alarm = false) {
  const status = element("status");
  if (status.textContent !== text) {
    status.textContent = text;
  }
  status.classList.toggle("alarm", alarm);
}

// show appends what is new and starts again only when the list is another one, so that a screen reader hears each
// entry once and a selection in the list survives.
function show(list) {
  const continues = shown.every((text, i) => text === list[i]);
  if (!continues) {
    entries.replaceChildren();
    shown = [];
  }
  const atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 4;
  for (const text of list.slice(shown.length)) {
    const item = document.createElement("li");
    item.textContent = text;
    entries.append(item);
  }
  if (atEnd && list.length > shown.length) {
    scroller.scrollTop = scroller.scrollHeight;
  }
  shown = list;
  element("count").textContent = `(${list.length})`;
  element("empty").hidden = list.length > 0;
}

async function ask(path, options = {}) {
  const response = await fetch(path, {
    cache: "no-store",
    signal: AbortSignal.timeout(PATIENCE_MS),
    ...options,
  });
  if (!response.ok) {
    throw new Error((await response.text()).trim() || `The guestbook answered ${response.status}.`);
  }
  element("source").textContent = response.headers.get("X-Seatrial-Read-From") ?? "?";
  element("host").textContent = response.headers.get("X-Seatrial-Served-By") || location.hostname;
  return response.json();
}

async function poll() {
  if (polling || document.hidden) {
    return;
  }
  polling = true;
  const before = shown;
  try {
    const list = await ask(LIST);
    // An entry added meanwhile is newer than this answer.
    if (shown === before) {
      show(list);
    }
    if (!known || element("status").classList.contains("alarm")) {
      say("Connected.");
    }
    known = true;
  } catch (error) {
    say(known ? String(error.message) : "Waiting for database connection...", known);
  } finally {
    polling = false;
  }
}

async function add(event) {
  event.preventDefault();
  const value = input.value.trim();
  if (value === "") {
    say("Write something first.", true);
    input.focus();
    return;
  }
  button.disabled = true;
  try {
    show(await ask(PUSH, { method: "POST", body: new URLSearchParams({ value }) }));
    input.value = "";
    scroller.scrollTop = scroller.scrollHeight;
    say("Your entry was added.");
  } catch (error) {
    say(String(error.message), true);
  } finally {
    button.disabled = false;
    input.focus();
  }
}

element("form").addEventListener("submit", add);
document.addEventListener("visibilitychange", poll);
setInterval(poll, POLL_MS);
poll();
