// SPDX-License-Identifier: EUPL-1.2
// Observations, also without a connection. Each tap is first kept on the phone (shelf.js). It waits there some seconds
// before it is sent: who taps wrong takes it back before any result of it is seen, so nothing has to be struck out. The
// key of an observation is made here, so sending twice counts once.
(() => {
  "use strict";
  const form = document.getElementById("waarnemen");
  if (!form || !window.beproefdShelf || !window.crypto || !crypto.getRandomValues) return;
  const HOLD = 8000; // ms in which a tap can be undone
  const WRITING = 120000; // ms for adding something, counted from the last letter
  const shelf = window.beproefdShelf.open(form.dataset.who, form.dataset.pile);
  const texts = JSON.parse(document.getElementById("waarnemen-teksten").textContent);
  const status = document.getElementById("wachtrij");
  const place = document.getElementById("stand-plek");
  const list = document.getElementById("niet-opgenomen");
  const buttons = document.getElementById("net-getikt");
  const box = document.getElementById("erbij");
  const note = form.querySelector("[name=note]");
  const arms = [...form.querySelectorAll("[name=arm]")];
  let offline = !navigator.onLine;
  let told = status.textContent.trim(); // without a script the server says it
  let last = 0;
  let beats = 0;

  const held = () => shelf.kept().find((row) => !row.refused && shelf.isHeld(row));
  const inWords = (row) =>
    row.outcome === "yes" && row.answered_by === "together" && !form.dataset.help ? texts.helped : texts.outcomes[row.outcome];

  const say = (more = told) => {
    told = more;
    const count = offline ? shelf.unsent().length : 0;
    const parts = [told, offline ? texts.offline : "", count ? `${texts.waiting} ${count}.` : ""];
    const words = parts.filter(Boolean).join(" ");
    if (status.textContent.trim() !== words) status.textContent = words;
    form.dataset.waiting = String(shelf.unsent().length);
    const refused = shelf.kept().filter((row) => row.refused);
    if (list.children.length || refused.length) list.replaceChildren(...refused.map(refusedItem));
    buttons.hidden = !held();
    if (buttons.hidden && box) box.hidden = true;
  };

  // What the server did not take stays on the phone, with the reason, until the person decides.
  const refusedItem = (row) => {
    const item = document.createElement("li");
    const what = [inWords(row), row.note].filter(Boolean).join(", ");
    item.textContent = `${texts.refused} ${what}. ${row.refused} `;
    const at = new Date(Math.min(Date.parse(row.at), Date.now())).toISOString(); // the clock may be right by now
    item.append(
      act(texts.again, () => shelf.change(row.key, { refused: "", at })),
      act(texts.away, () => shelf.drop(row.key)),
    );
    return item;
  };

  const act = (words, change) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "link-like";
    button.textContent = words;
    button.addEventListener("click", () => {
      change();
      say("");
      send();
    });
    return button;
  };

  const key = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  };

  // A result that was open stays open; the same one again is not read aloud again.
  const show = (html) => {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    const opened = place.querySelector("details")?.open;
    if (opened) fresh.content.querySelector("details")?.setAttribute("open", "");
    if (fresh.innerHTML.trim() !== place.innerHTML.trim()) place.replaceChildren(fresh.content);
  };

  const send = async () => {
    const token = window.beproefdShelf.token(form.querySelector("[name=csrfmiddlewaretoken]").value);
    const { how, said, rows } = await shelf.send(token);
    if (how === "busy" || how === "nothing") return;
    offline = how === "offline";
    if (how === "gone") rows.forEach((row) => shelf.change(row.key, { refused: texts.gone }));
    if (how === "sent") show(said.live);
    const without = told.replace(texts.sent, "").trim();
    const more = { signed_out: texts.signed_out, failed: said?.error, sent: shelf.unsent().length ? "" : texts.sent }[how];
    say([how === "signed_out" ? "" : without, more].filter(Boolean).join(" "));
    if (how === "sent" && shelf.ready().length) window.setTimeout(send, 2000);
  };

  // What others saw meanwhile, and whether there is a connection; not while a tap can still be undone.
  const refresh = async () => {
    if (held() || document.hidden) return;
    try {
      const answer = await fetch(form.dataset.live, { redirect: "manual" });
      if (answer.ok && !held()) show(await answer.text());
      offline = false;
    } catch {
      offline = true;
    }
    say();
  };

  // The row that could still be undone goes now.
  const release = () => {
    const row = held();
    if (row) shelf.change(row.key, { until: 0 });
    if (note) note.value = "";
  };

  form.addEventListener("submit", (event) => {
    const outcome = event.submitter && event.submitter.value;
    const answers = new FormData(form);
    const missing = !outcome ? texts.press : arms.length && !answers.get("arm") ? texts.way : "";
    if (missing || Date.now() - last < 700) {
      event.preventDefault(); // a double tap is one person
      if (missing) say(missing);
      return;
    }
    const row = { key: key(), outcome, at: new Date().toISOString(), until: Date.now() + HOLD, note: "" };
    for (const name of ["arm", "group", "answered_by"]) row[name] = answers.get(name) || "";
    row.place = answers.get("other_place") || answers.get("place") || "";
    try {
      release();
      shelf.keep([...shelf.kept(), row]);
    } catch {
      return; // no room on the phone: the ordinary way
    }
    event.preventDefault();
    last = Date.now();
    const coin = crypto.getRandomValues(new Uint8Array(1))[0] % 2;
    arms.forEach((choice, n) => {
      choice.checked = Boolean(form.dataset.lot) && n === coin;
    });
    const alone = form.querySelector("[name=answered_by][value=self]");
    if (alone) alone.checked = true; // the next person did it alone, unless said otherwise
    if (box) box.hidden = true;
    say(`${texts.written} ${inWords(row)}.`);
    send();
  });

  buttons.querySelector("[data-undo]").addEventListener("click", () => {
    const row = held();
    if (!row) return;
    shelf.drop(row.key);
    arms.forEach((choice) => {
      choice.checked = choice.value === row.arm; // the lot of this person is not drawn again
    });
    form.querySelectorAll("[name=answered_by]").forEach((choice) => {
      choice.checked = choice.value === row.answered_by;
    });
    release();
    say(texts.undone);
    status.focus();
  });

  buttons.querySelector("[data-add]").addEventListener("click", () => {
    const row = held();
    if (!row) return;
    shelf.change(row.key, { until: Date.now() + WRITING });
    box.hidden = false;
    note.focus();
  });

  if (box) {
    buttons.after(box); // with a script the note is about the person who was tapped just now
    box.hidden = true;
    const done = box.querySelector("[data-done]");
    done.hidden = false;
    note.addEventListener("input", () => {
      const row = held();
      if (row) shelf.change(row.key, { note: note.value, until: Date.now() + WRITING });
    });
    done.addEventListener("click", () => {
      release();
      say();
      status.focus();
      send();
    });
  }

  // Who is on the way to a button with the keyboard gets the time for it.
  buttons.addEventListener("focusin", () => {
    const row = held();
    if (row) shelf.change(row.key, { until: Math.max(row.until, Date.now() + 2 * HOLD) });
  });

  // The next time this page opens without a connection too.
  const keepPage = async () => {
    if (!("serviceWorker" in navigator) || !("caches" in window)) return;
    await navigator.serviceWorker.register(form.dataset.worker, { scope: form.dataset.scope });
    if (navigator.serviceWorker.controller) return; // it saw this page come in
    const files = performance.getEntriesByType("resource").map((file) => file.name);
    const shown = await caches.open("beproefd-waarnemen");
    await shown.addAll([location.pathname, ...new Set(files.filter((file) => file.includes("/static/")))]);
  };

  window.addEventListener("online", () => {
    offline = false;
    send();
  });
  window.addEventListener("offline", () => {
    offline = true;
    say();
  });
  window.setInterval(() => {
    beats += 1;
    if (!buttons.hidden && !held()) {
      say();
      send();
    }
    if (beats % 10 === 0) refresh();
    if (beats % 15 === 0) send();
  }, 1000);
  form.dataset.waiting = String(shelf.unsent().length);
  if (shelf.kept().length) say("");
  send();
  refresh();
  keepPage().catch(() => {}); // a convenience; what is tapped is kept without it
})();
