// SPDX-License-Identifier: EUPL-1.2
// Observations without a connection. Each tap is first kept on the phone and only forgotten once the server has said
// that it took it (or why not). The key of an observation is made here, so sending twice counts once. Who signs in on
// the same phone has a shelf of their own: nobody sends what someone else saw.
(() => {
  "use strict";
  const form = document.getElementById("waarnemen");
  if (!form || !window.localStorage || !window.crypto || !crypto.getRandomValues) return;
  const address = form.dataset.pile;
  const shelf = `beproefd.observations.${form.dataset.who}.${address}`;
  const texts = JSON.parse(document.getElementById("waarnemen-teksten").textContent);
  const status = document.getElementById("wachtrij");
  const place = document.getElementById("stand-plek");
  const list = document.getElementById("niet-opgenomen");
  let sending = false;
  let last = 0;

  const kept = () => JSON.parse(localStorage.getItem(shelf) || "[]");
  const keep = (rows) => localStorage.setItem(shelf, JSON.stringify(rows));

  const waiting = () => kept().filter((row) => !row.refused);

  const say = (extra = "") => {
    const count = waiting().length;
    const told = [extra, navigator.onLine ? "" : texts.offline, count ? `${texts.waiting} ${count}.` : ""];
    status.textContent = told.filter(Boolean).join(" ");
    form.dataset.waiting = String(count);
    list.replaceChildren(...kept().filter((row) => row.refused).map(refusedItem));
  };

  // What the server did not take stays on the phone, with the reason, until the person decides.
  const refusedItem = (row) => {
    const item = document.createElement("li");
    const what = [texts.outcomes[row.outcome], row.note].filter(Boolean).join(", ");
    item.textContent = `${texts.refused} ${what}. ${row.refused} `;
    item.append(
      act(texts.again, () => keep(kept().map((one) => (one.key === row.key ? { ...one, refused: "" } : one)))),
      act(texts.away, () => keep(kept().filter((one) => one.key !== row.key))),
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
      say();
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

  const send = async () => {
    const rows = waiting();
    if (sending || !rows.length) return;
    sending = true;
    try {
      const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/); // newer than a page that was kept
      const token = cookie ? cookie[1] : form.querySelector("[name=csrfmiddlewaretoken]").value;
      const answer = await fetch(address, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token },
        body: JSON.stringify({ who: form.dataset.who, observations: rows.slice(0, 100) }),
        redirect: "manual",
      });
      if (answer.status === 401 || answer.status === 403 || answer.type === "opaqueredirect") {
        say(texts.signed_out);
        return;
      }
      const said = await answer.json();
      if (!answer.ok) {
        say(said.error || "");
        return;
      }
      const done = new Set(said.taken);
      keep(
        kept()
          .filter((row) => !done.has(row.key))
          .map((row) => ({ ...row, refused: said.refused[row.key] || row.refused || "" })),
      );
      place.innerHTML = said.live;
      say(waiting().length ? "" : texts.sent);
    } catch {
      say();
    } finally {
      sending = false;
    }
    if (waiting().length && navigator.onLine) window.setTimeout(send, 2000);
  };

  form.addEventListener("submit", (event) => {
    const outcome = event.submitter && event.submitter.value;
    const answers = new FormData(form);
    if (!outcome || (form.querySelector("[name=arm]") && !answers.get("arm"))) return; // the server says what is missing
    event.preventDefault();
    if (Date.now() - last < 700) return; // a double tap is one person
    last = Date.now();
    const row = { key: key(), outcome, at: new Date().toISOString() };
    for (const name of ["arm", "group", "place", "note", "answered_by"]) row[name] = answers.get(name) || "";
    try {
      keep([...kept(), row]);
    } catch {
      form.requestSubmit(); // no room on the phone: the ordinary way
      return;
    }
    const note = form.querySelector("[name=note]");
    if (note) note.value = "";
    const coin = crypto.getRandomValues(new Uint8Array(1))[0] % 2;
    form.querySelectorAll("[name=arm]").forEach((choice, n) => {
      choice.checked = Boolean(form.dataset.lot) && n === coin;
    });
    const alone = form.querySelector("[name=answered_by][value=self]");
    if (alone) alone.checked = true; // the next person did it alone, unless said otherwise
    say(`${texts.written} ${texts.outcomes[outcome]}.`);
    send();
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

  window.addEventListener("online", send);
  window.addEventListener("offline", () => say());
  window.setInterval(send, 15000);
  say();
  send();
  keepPage().catch(() => {}); // a convenience; what is tapped is kept without it
})();
