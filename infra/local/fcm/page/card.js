// One phone as a card. Everything a message says is text: it goes in with textContent, never as markup or style.

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

const SYSTEMS = { android: "Android", ios: "iPhone", web: "Browser" };
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hour12: false });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

export function card(phone) {
  const hidden = phone.received - phone.shown.length;
  const inbox = `/inbox?target=${encodeURIComponent(phone.target)}`;
  return element("article", { class: `phone ${phone.platform}` },
    element("div", { class: "bar" },
      element("span", { class: "clock" }, clock.format(phone.shown[0].at)),
      element("span", { class: "notch", "aria-hidden": "true" }),
      element("span", { class: "signal", "aria-hidden": "true" }, element("i"), element("i"), element("i"), element("b"))),
    element("div", { class: "owner" },
      element("span", { class: "system" }, SYSTEMS[phone.platform]),
      element("a", { class: "target", href: inbox, title: `${phone.target}\nOpen the messages as FCM received them` }, phone.target)),
    element("div", { class: "screen" }, ...phone.shown.map((shown) => notification(shown))),
    element("footer", {}, hidden > 0 ? `and ${hidden.toLocaleString()} earlier` : count(phone.received)));
}

const count = (received) => (received === 1 ? "1 message" : `${received.toLocaleString()} messages`);

function notification(shown) {
  const box = element("section", { class: shown.silent ? "notification silent" : "notification" },
    element("div", { class: "head" },
      icon(shown),
      element("span", { class: "app" }, shown.silent ? "silent" : "HALO app"),
      element("time", { datetime: new Date(shown.at).toISOString(), title: moment.format(shown.at) }, clock.format(shown.at))));
  if (shown.silent) box.append(element("p", { class: "quietly" }, "Shows nothing, wakes the app."));
  else box.append(...text(shown));
  if (shown.image) box.append(image(shown.image));
  const facts = chips(shown);
  if (facts.length) box.append(element("div", { class: "chips" }, ...facts));
  if (shown.extra !== undefined) box.append(extra(shown));
  return box;
}

function icon(shown) {
  const made = element("span", { class: "icon", "aria-hidden": "true" }, shown.silent ? "" : "H");
  if (/^#[0-9a-f]{6}$/i.test(shown.color ?? "")) made.style.setProperty("--accent", shown.color);
  return made;
}

function text(shown) {
  const lines = [
    line("title", shown.title, shown.titleLoc),
    shown.subtitle && element("p", { class: "subtitle" }, shown.subtitle),
    shown.code && element("p", { class: "code" }, shown.code),
    line("body", shown.body, shown.bodyLoc),
  ].filter(Boolean);
  return lines.length ? lines : [element("p", { class: "quietly" }, "A notification without a title or a body.")];
}

// A localised text is known only to the app: its key stands for it.
function line(kind, plain, localised) {
  if (!plain && !localised) return null;
  return element("p", { class: kind }, plain ?? "", localised ? element("kbd", { title: "localised by the app" }, localised) : "");
}

function image({ url, layout }) {
  return element("figure", {},
    element("figcaption", {}, element("span", {}, layout ? `image, ${layout}` : "image"), element("code", {}, url ?? "")));
}

function chips(shown) {
  const facts = [
    ["schedule", shown.scheduleId], ["sound", shown.sound], ["badge", shown.badge], ["colour", shown.color],
    ["action", shown.category], ["icon", shown.icon], ["opens", shown.url],
  ];
  return facts.filter(([, value]) => value).map(([name, value]) =>
    element("span", { class: "chip", title: `${name}: ${value}` }, element("small", {}, name), String(value)));
}

function extra(shown) {
  const written = typeof shown.extra === "string" ? shown.extra : JSON.stringify(shown.extra, null, 2);
  return element("details", { "data-number": shown.number }, element("summary", {}, "extra"), element("pre", {}, written));
}
