/* Comfort on top of pages that work without it: keys, menus, dropping files, copying. */
"use strict";

(() => {
  const typing = (element) => element.closest("input, textarea, select, [contenteditable]");
  const each = (selector, act) => document.querySelectorAll(selector).forEach(act);

  /* ---- keyboard: / g d j k Enter ? Esc ---- */
  const destinations = { d: "/", n: "/notices/", s: "/search/", h: "/help/" };
  let waiting = 0;
  let row = -1;

  const rows = () => [...document.querySelectorAll("[data-row]")].filter((r) => r.offsetParent);
  const move = (step) => {
    const all = rows();
    if (!all.length) return;
    all.forEach((r) => r.classList.remove("is-row"));
    row = Math.max(0, Math.min(all.length - 1, row + step));
    all[row].classList.add("is-row");
    const target = all[row].matches("a, button") ? all[row] : all[row].querySelector("a, button");
    if (target) target.focus({ preventScroll: true });
    all[row].scrollIntoView({ block: "nearest" });
  };
  const openKeys = () => {
    const dialog = document.getElementById("keys");
    if (dialog && !dialog.open) dialog.showModal();
  };
  const closePanels = () => each("details[data-menu][open], details.confirm[open]", (d) => {
    d.open = false;
    d.querySelector("summary").focus();
  });
  const keys = {
    "/": (event) => {
      const search = document.querySelector("[data-search]");
      if (!search) return;
      event.preventDefault();
      if (search.offsetParent) search.focus();
      else location.assign(destinations.s);
    },
    j: () => move(1),
    k: () => move(-1),
    "?": openKeys,
  };
  document.addEventListener("keydown", (event) => {
    /* Whoever composes a Chinese word leaves that with Esc, not the panel. */
    if (event.key === "Escape" && !event.isComposing) closePanels();
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
    if (Date.now() - waiting < 1200 && destinations[event.key]) {
      location.assign(destinations[event.key]);
      return;
    }
    waiting = event.key === "g" ? Date.now() : 0;
    if (keys[event.key]) keys[event.key](event);
    /* Acts of the page that name their own key. */
    else if (/^[a-z]$/.test(event.key) && !event.repeat) {
      const own = document.querySelector(`main [data-key="${event.key}"]`);
      if (own) own.click();
    }
  });

  /* ---- menus and panels close when one clicks elsewhere ---- */
  document.addEventListener("click", (event) => {
    each("details[data-menu][open], details.confirm[open]", (open) => {
      if (!open.contains(event.target)) open.open = false;
    });
    const closer = event.target.closest("[data-close]");
    if (closer) document.getElementById(closer.dataset.close).open = false;
    const dismiss = event.target.closest("[data-dismiss]");
    if (dismiss) dismiss.closest("[data-toast]").remove();
    const refused = event.target.closest("[aria-disabled='true']");
    if (refused) event.preventDefault();
    const copier = event.target.closest("[data-copy]");
    if (copier && navigator.clipboard) {
      navigator.clipboard.writeText(copier.dataset.copy).then(() => {
        copier.classList.add("is-copied");
        setTimeout(() => copier.classList.remove("is-copied"), 1600);
      });
    }
    if (event.target.closest("[data-print]")) window.print();
  });
  /* On a phone the tab of this page is in sight. */
  each(".tabs a[aria-current]", (tab) => {
    tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft - (tab.parentElement.clientWidth - tab.offsetWidth) / 2;
  });

  window.addEventListener("beforeprint", () => each("details.why, details.chart-table", (d) => { d.open = true; }));

  /* ---- good news leaves by itself, bad news stays ---- */
  const fade = () => each(".toast-success, .toast-info", (toast) => setTimeout(() => toast.remove(), 7000));

  /* ---- files: drop, show what was chosen, show progress ---- */
  const wireDrop = (drop) => {
    const input = drop.querySelector("input[type=file]");
    const chosen = drop.querySelector("[data-drop-chosen]");
    const show = () => {
      chosen.textContent = [...input.files]
        .map((file) => `${file.name} · ${(file.size / 1024 / 1024).toFixed(2)} MB`).join("\n");
    };
    drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("is-over"); });
    drop.addEventListener("dragleave", () => drop.classList.remove("is-over"));
    drop.addEventListener("drop", (event) => {
      event.preventDefault();
      drop.classList.remove("is-over");
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
    input.addEventListener("change", show);
  };
  document.addEventListener("htmx:xhr:progress", (event) => {
    const bar = event.target.querySelector && event.target.querySelector(".drop-progress");
    if (!bar || !event.detail.lengthComputable) return;
    bar.hidden = false;
    bar.value = (100 * event.detail.loaded) / event.detail.total;
  });

  /* ---- one box ticks all of a name ---- */
  document.addEventListener("change", (event) => {
    const name = event.target.dataset && event.target.dataset.checkAll;
    if (name) each(`input[type="checkbox"][name="${name}"]`, (box) => { box.checked = event.target.checked; });
  });

  /* ---- what was typed leaves the page only while its writer is signed in ---- */
  const FRESH = 60000;
  const held = document.getElementById("held");
  const opened = Date.now();
  const asking = new WeakSet();
  const cleared = new WeakSet();
  const hold = (why) => {
    held.querySelectorAll("[data-why]").forEach((one) => { one.hidden = one.dataset.why !== why; });
    if (!held.open) held.showModal();
  };
  /* Why nothing can be sent now; where it can, the tokens of the page are made fresh. */
  const obstacle = async () => {
    const answer = await fetch(held.dataset.ask, { cache: "no-store", redirect: "manual" }).catch(() => null);
    if (answer && answer.type === "opaqueredirect") return "ended";
    if (!answer || !answer.ok) return "offline";
    const { person, token } = await answer.json();
    if (String(person) !== held.dataset.person) return "ended";
    each("input[name=csrfmiddlewaretoken]", (input) => { input.value = token; });
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
    return "";
  };
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const button = event.submitter || undefined;
    if (!held || form.method !== "post" || cleared.delete(form) || Date.now() - opened < FRESH) return;
    if (!form.querySelector("textarea, select, input:not([type=hidden])")) return;
    /* A form that waits for the network by itself: see offline.js. */
    if (form.matches("form[data-offline]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (asking.has(form)) return;
    asking.add(form);
    const why = await obstacle();
    asking.delete(form);
    if (why) {
      hold(why);
      return;
    }
    cleared.add(form);
    form.requestSubmit(button);
  }, true);
  if (held) {
    held.addEventListener("close", obstacle);
    document.addEventListener("htmx:responseError", (event) => {
      if (event.detail.xhr.status === 401) hold("ended");
    });
  }

  /* ---- a form that saves itself: its last keys are not lost with the page ---- */
  const MOST = 60000; /* What a browser still sends for a page that is gone, in bytes. */
  each("form[data-autosave]", (form) => {
    let unsent = false;
    let sending = false;
    const body = () => {
      const words = [...new FormData(form)].filter(([, value]) => typeof value === "string");
      return new URLSearchParams(words).toString();
    };
    form.addEventListener("input", () => { unsent = true; });
    form.addEventListener("htmx:beforeRequest", () => { unsent = false; sending = true; });
    form.addEventListener("htmx:afterRequest", (event) => {
      sending = false;
      unsent = unsent || !event.detail.successful;
    });
    /* Whoever presses a button meanwhile waits for the saving, whose answer says what was seen. */
    form.addEventListener("submit", (event) => {
      if (!sending || event.defaultPrevented) {
        unsent = false;
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
      const button = event.submitter || undefined;
      form.addEventListener("htmx:afterRequest", () => setTimeout(() => form.requestSubmit(button), 0), { once: true });
    });
    window.addEventListener("beforeunload", (event) => {
      if (unsent && body().length > MOST) event.preventDefault();
    });
    window.addEventListener("pagehide", () => {
      if (!unsent) return;
      const headers = { "HX-Request": "true", "Content-Type": "application/x-www-form-urlencoded" };
      fetch(form.action, { method: "POST", body: body(), headers, keepalive: true });
      unsent = false;
    });
  });

  /* ---- a form is sent once ---- */
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.method !== "post") return;
    const button = event.submitter;
    if (button) setTimeout(() => { button.disabled = true; button.dataset.sent = "1"; }, 0);
  });
  window.addEventListener("pageshow", () => each("button[data-sent]", (b) => { b.disabled = false; }));

  /* The rail keeps the parts that one has folded, but for the one where one stands. */
  each("details[data-fold]", (part) => {
    const key = `rail:${part.dataset.fold}`;
    const kept = localStorage.getItem(key);
    if (kept && !part.querySelector("[aria-current]")) part.open = kept === "open";
    part.firstElementChild.addEventListener("click", () => localStorage.setItem(key, part.open ? "shut" : "open"));
  });

  const wire = (root) => {
    root.querySelectorAll("[data-drop]:not([data-wired])").forEach((drop) => {
      drop.dataset.wired = "1";
      wireDrop(drop);
    });
    /* The first wrong field, which tells its error; the summary where no field is wrong. */
    const summary = root.querySelector("[data-focus]");
    const around = summary && (summary.closest("form") || root);
    if (summary) (around.querySelector("[aria-invalid='true']:not([type='hidden'])") || summary).focus();
  };
  document.addEventListener("htmx:load", (event) => wire(event.detail.elt));
  wire(document);
  fade();
})();
