/* Opens the forms of people on site without a network (core.views.worker puts SETTINGS before it).
   Kept are the files of the portal and, of each such form once it was opened, a bare page without a
   name or a figure on it (core.offline.base). The portal is always asked first. Whoever signs out,
   or is asked to sign in, leaves nothing here; forms that wait lie elsewhere (offline.js). */
"use strict";

const FILES = "portal-files-" + SETTINGS.version;
const PAGES = "portal-pages";
const OLDEST = 7 * 24 * 3600 * 1000;

const wipe = () => caches.delete(PAGES);

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(FILES).then((kept) => kept.addAll(SETTINGS.files)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("portal-") && name !== FILES;
  event.waitUntil(caches.keys()
    .then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name))))
    .then(() => self.clients.claim()));
});

/* A bare page of a form, once in a while. */
const keep = async (path) => {
  const pages = await caches.open(PAGES);
  const held = await pages.match(path);
  if (held && Date.now() - Number(held.headers.get("X-Kept-At")) < OLDEST / 14) return;
  const answer = await fetch(path + "?bare=1", { credentials: "same-origin" });
  if (!answer.ok || answer.redirected) return;
  const headers = { "X-Kept-At": String(Date.now()) };
  for (const name of ["Content-Type", "Content-Security-Policy"]) headers[name] = answer.headers.get(name) || "";
  await pages.put(path, new Response(await answer.text(), { headers }));
};
self.addEventListener("message", (event) => {
  if (event.data && event.data.keep) event.waitUntil(keep(event.data.keep).catch(() => undefined));
});

/* Without a network: the kept form, or which forms there are. */
const instead = async (path) => {
  const pages = await caches.open(PAGES);
  const held = await pages.match(path);
  if (held && Date.now() - Number(held.headers.get("X-Kept-At")) < OLDEST) return held;
  const links = await Promise.all((await pages.keys()).map(async (one) => {
    const text = await (await pages.match(one)).text();
    const title = (text.match(/<title>([^<]*?) · /) || ["", one.url])[1];
    return `<li><a class="btn btn-wide" href="${new URL(one.url).pathname}">${title}</a></li>`;
  }));
  const body = SETTINGS.page.replace("LINKS", links.join(""));
  return new Response(body, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": "default-src 'self'" } });
};

/* The files of the portal: as it gives them, or as they were last. */
const file = async (request) => {
  try {
    const answer = await fetch(request);
    if (answer.ok) await (await caches.open(FILES)).put(request, answer.clone());
    return answer;
  } catch (why) {
    const held = await caches.match(request, { ignoreVary: true });
    if (held) return held;
    throw why;
  }
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (url.pathname === SETTINGS.logout || url.pathname === SETTINGS.login) {
    event.waitUntil(wipe());
    return;
  }
  if (request.method !== "GET") return;
  if (url.pathname.startsWith(SETTINGS.root)) event.respondWith(file(request));
  else if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => instead(url.pathname)));
});
