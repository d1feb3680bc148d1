// Keeps the page in step with the emulator: an event says that something changed, then the visible part is fetched.

import { card, element } from "./card.js";

const LIMIT = 60;
const byId = (id) => document.getElementById(id);
const drawn = new Map(); // target → { its last message, card }
let fetching = false;
let again = false;

async function get(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

// One fetch at a time, whatever the rate of events; what came in between is fetched once more at the end.
async function refresh() {
  again = true;
  if (fetching) return;
  fetching = true;
  try {
    while (again) {
      again = false;
      if (byId("faults").hidden) await showPhones();
      else await showFaults();
    }
  } catch {
    offline();
  } finally {
    fetching = false;
  }
}

async function showPhones() {
  const search = byId("search").value.trim();
  const page = await get(`/phones?limit=${LIMIT}&search=${encodeURIComponent(search)}`);
  const kept = new Set(page.phones.map((phone) => phone.target));
  for (const target of drawn.keys()) if (!kept.has(target)) drawn.delete(target);
  const cards = page.phones.map((phone) => current(phone));
  const before = byId("cards").children;
  if (before.length !== cards.length || cards.some((made, index) => made !== before[index])) byId("cards").replaceChildren(...cards);
  const [headline, hint] = search && page.total
    ? ["No phone matches", "The search looks for a part of the token, topic or condition."]
    : ["No message yet", "Post a schedule; what phones receive shows up here."];
  byId("empty").hidden = page.phones.length > 0;
  byId("empty").querySelector("h2").textContent = headline;
  byId("empty").querySelector("p").textContent = hint;
  byId("more").hidden = page.next === null;
  byId("more").textContent = `The ${LIMIT} phones that rang last. Search to find the others.`;
}

// A card is drawn anew only when its phone received something; what was unfolded stays unfolded.
function current(phone) {
  const last = `${phone.shown[0].number} ${phone.shown[0].at}`;
  const before = drawn.get(phone.target);
  if (before?.last === last) return before.card;
  const made = card(phone);
  for (const open of before?.card.querySelectorAll("details[open]") ?? []) {
    made.querySelector(`details[data-number="${open.dataset.number}"]`)?.setAttribute("open", "");
  }
  made.classList.add("fresh");
  made.addEventListener("animationend", () => made.classList.remove("fresh"));
  drawn.set(phone.target, { last, card: made });
  return made;
}

async function showFaults() {
  const behaviour = await get("/behaviour");
  const quotas = [["second", behaviour.quotaPerSecond], ["minute", behaviour.quotaPerMinute]].filter(([, value]) => value !== null);
  const panel = byId("faults");
  panel.replaceChildren();
  if (!behaviour.rules.length && !quotas.length) {
    panel.append(element("div", { class: "empty" }, element("span", { class: "ghost calm", "aria-hidden": "true" }),
      element("h2", {}, "No faults set"), element("p", {}, "Every valid message is accepted at once.")));
  }
  for (const [unit, value] of quotas) {
    panel.append(element("p", { class: "quota" }, `At most ${value.toLocaleString()} messages a ${unit} for each project; more are answered with 429.`));
  }
  if (behaviour.rules.length) panel.append(table(behaviour.rules));
  panel.append(element("p", { class: "note" }, "Set them with ", element("code", {}, "PUT /behaviour"), ", for example:"),
    element("pre", { class: "example" },
      `curl -X PUT ${location.origin}/behaviour -d '{"rules": [{"prefix": "gone-", "error": "UNREGISTERED"}, {"delayMs": 200, "delay": "heavy"}]}'`));
}

function table(rules) {
  const names = ["Targets", "What happens", "Share", "Applied"];
  const rows = rules.map((rule) => element("tr", {},
    element("td", {}, rule.prefix ? element("code", {}, `${rule.prefix}…`) : "all"),
    element("td", {}, sentence(rule)),
    element("td", {}, `${Math.round(rule.share * 100)} %`),
    element("td", {}, rule.applied.toLocaleString() + (rule.times === null ? "" : ` of ${rule.times.toLocaleString()}`))));
  return element("div", { class: "scroll" }, element("table", {},
    element("thead", {}, element("tr", {}, ...names.map((name) => element("th", {}, name)))), element("tbody", {}, ...rows)));
}

function sentence(rule) {
  const parts = [];
  if (rule.delayMs) parts.push(rule.delay === "heavy" ? `waits about ${rule.delayMs} ms, sometimes far longer` : `waits ${rule.delayMs} ms`);
  if (rule.error) parts.push(`answers ${rule.error}${rule.retryAfter === null ? "" : `, Retry-After ${rule.retryAfter} s`}`);
  if (rule.drop) parts.push(`cuts the connection ${rule.drop} accepting`);
  return parts.join(", then ") || "accepts";
}

function select(name) {
  for (const each of ["phones", "faults"]) {
    byId(each).hidden = each !== name;
    byId(`tab-${each}`).setAttribute("aria-selected", String(each === name));
  }
  byId("search").hidden = byId("clear").hidden = name !== "phones";
  history.replaceState(null, "", name === "phones" ? location.pathname : `#${name}`);
  refresh();
}

function offline() {
  byId("live").className = "off";
  byId("live").textContent = "not connected";
}

function listen() {
  const events = new EventSource("/events");
  events.onmessage = ({ data }) => {
    const counts = JSON.parse(data);
    byId("live").className = "on";
    byId("live").textContent = "live";
    byId("accepted").textContent = counts.accepted.toLocaleString();
    byId("phones-count").textContent = counts.phones.toLocaleString();
    byId("faults-count").textContent = counts.faults.toLocaleString();
    refresh();
  };
  events.onerror = offline;
}

byId("tab-phones").onclick = () => select("phones");
byId("tab-faults").onclick = () => select("faults");
byId("search").oninput = refresh;
byId("clear").onclick = () => fetch("/inbox", { method: "DELETE" }).then(refresh, offline);
select(location.hash === "#faults" ? "faults" : "phones");
listen();
