/* Forms that wait on the phone where there is no network: <form data-offline>.
   What is sent lies in IndexedDB first, under an id of its own, and goes out in the order in which
   it was written: at once, when the network comes back, and whenever such a page is opened. The
   server takes each id once (core.offline). Whose it is goes with it: nobody sends another's. */
"use strict";

(() => {
  const box = document.querySelector("[data-offline-box]");
  if (!box || !window.indexedDB) return;
  const who = box.dataset.offlineBox;
  const words = box.dataset;
  const PAUSE = 20000;

  /* ---- the store ---- */
  const opening = new Promise((done, failed) => {
    const asked = indexedDB.open("portal-offline", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("waiting", { keyPath: "order", autoIncrement: true });
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  const run = async (mode, act) => {
    const store = await opening;
    return new Promise((done, failed) => {
      const all = store.transaction("waiting", mode);
      const asked = act(all.objectStore("waiting"));
      all.oncomplete = () => done(asked && asked.result);
      all.onerror = () => failed(all.error);
      all.onabort = () => failed(all.error);
    });
  };
  const mine = async () => (await run("readonly", (store) => store.getAll())).filter((one) => one.who === who);
  const keep = (one) => run("readwrite", (store) => store.put(one));
  const drop = (one) => run("readwrite", (store) => store.delete(one.order));

  /* ---- what the person sees of it ---- */
  const told = box.querySelector("[data-offline-told]");
  const list = box.querySelector("[data-offline-list]");
  const line = (one) => {
    const row = document.createElement("li");
    const text = document.createElement("span");
    const title = document.createElement("b");
    title.textContent = one.title;
    const small = document.createElement("small");
    small.textContent = one.refused || new Date(one.written).toLocaleString(document.documentElement.lang);
    text.append(title, small);
    row.append(text);
    if (one.refused) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn";
      button.textContent = words.remove;
      button.addEventListener("click", () => drop(one).then(show));
      row.append(button);
    }
    return row;
  };
  const show = async () => {
    const all = await mine();
    const waiting = all.filter((one) => !one.refused).length;
    box.hidden = !all.length;
    box.dataset.waiting = waiting;
    told.textContent = waiting ? words.told.replace("0", waiting) : words.refused;
    list.replaceChildren(...all.map(line));
  };

  /* ---- sending ---- */
  const token = () => {
    const held = document.querySelector("input[name=csrfmiddlewaretoken]");
    return held ? held.value : "";
  };
  const filled = (one) => {
    const data = new FormData();
    for (const [name, value, file] of one.fields) {
      if (file) data.append(name, value, file);
      else data.append(name, value);
    }
    /* Seconds since it was written: right also where the clock of the phone is wrong. */
    data.append("waited", Math.max(0, Math.round((Date.now() - Date.parse(one.written)) / 1000)));
    return data;
  };
  /* "sent" with where to go, "refused" with why, or "later". */
  const send = async (one) => {
    const headers = { "X-Offline": "1", "X-CSRFToken": token(), Accept: "application/json" };
    let answer;
    try {
      answer = await fetch(one.url, { method: "POST", body: filled(one), headers, redirect: "manual" });
    } catch {
      return { how: "later" };
    }
    if (!(answer.headers.get("Content-Type") || "").startsWith("application/json")) return { how: "later" };
    const told = await answer.json().catch(() => null);
    if (answer.ok && told) return { how: "sent", to: told.url };
    if (told && [404, 409, 413, 422].includes(answer.status)) return { how: "refused", why: told.reason };
    return { how: "later" };
  };
  const sendAll = async () => {
    const results = new Map();
    for (const one of await mine()) {
      if (one.refused) continue;
      const result = await send(one);
      if (result.how === "later") break;
      results.set(one.id, result);
      if (result.how === "sent") await drop(one);
      else await keep({ ...one, refused: result.why });
    }
    await show();
    return results;
  };
  /* One at a time, also of several windows. */
  let running = Promise.resolve(new Map());
  const go = () => {
    const next = () => (navigator.locks ? navigator.locks.request("portal-offline", sendAll) : sendAll());
    running = running.then(next, next);
    return running;
  };

  /* ---- forms ---- */
  const id = () => (crypto.randomUUID ? crypto.randomUUID()
    : ([1e7] + -1e3 + -4e3 + -8e3 + -1e11).replace(/[018]/g, (c) => (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16)));
  const fields = (form, submitter) => {
    const found = [];
    for (const [name, value] of new FormData(form, submitter)) {
      if (name === "csrfmiddlewaretoken") continue;
      if (value instanceof File) {
        if (value.size) found.push([name, value, value.name]);
      } else found.push([name, value]);
    }
    return found;
  };
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("form[data-offline]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (form.dataset.sending) return;
    form.dataset.sending = "1";
    const one = { id: id(), who, url: form.action, title: form.dataset.offline, written: new Date().toISOString() };
    one.fields = [...fields(form, event.submitter), ["client_id", one.id]];
    try {
      await keep(one);
    } catch {
      /* A phone that keeps nothing: the form goes out the usual way. */
      form.submit();
      return;
    }
    const result = (await go()).get(one.id);
    delete form.dataset.sending;
    if (result && result.how === "sent") {
      location.assign(result.to);
      return;
    }
    if (result) {
      /* Refused while one looks at it: what was typed is still there to be mended. */
      const held = (await mine()).find((other) => other.id === one.id);
      if (held) await drop(held);
      const why = form.querySelector("[data-offline-why]");
      await show();
      if (why) { why.textContent = result.why; why.hidden = false; why.focus(); }
      return;
    }
    form.reset();
    /* A form of many entries (data-again) takes the next one at once. */
    if (form.dataset.again === undefined) {
      form.classList.add("is-queued");
      form.querySelectorAll("button, input, textarea, select").forEach((e) => { e.disabled = true; });
    }
    const next = form.dataset.next && document.getElementById(form.dataset.next);
    if (next) next.open = true;
    await show();
    box.scrollIntoView({ block: "nearest" });
  }, true);

  /* ---- the place ---- */
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-locate]");
    if (!button || !navigator.geolocation) return;
    const form = button.closest("form");
    navigator.geolocation.getCurrentPosition((found) => {
      form.elements.longitude.value = found.coords.longitude.toFixed(6);
      form.elements.latitude.value = found.coords.latitude.toFixed(6);
      button.classList.add("is-copied");
      button.textContent = button.dataset.locate;
    }, () => { button.textContent = button.dataset.failed; }, { enableHighAccuracy: true, timeout: 10000, maximumAge: 60000 });
  });

  /* ---- the forms themselves, without a network (worker.js) ---- */
  if (navigator.serviceWorker && navigator.onLine) {
    navigator.serviceWorker.register(words.worker).then(() => navigator.serviceWorker.ready).then((found) => {
      if (document.querySelector("form[data-bare]")) found.active.postMessage({ keep: location.pathname });
    }).catch(() => undefined);
  }

  window.addEventListener("online", go);
  setInterval(() => { if (Number(box.dataset.waiting)) go(); }, PAUSE);
  show().then(go);
})();
