// SPDX-License-Identifier: EUPL-1.2
// Observations without a connection. Each tap is first kept on the phone and only forgotten once the server has said
// that it took it (or why not). The key of an observation is made here, so sending twice counts once.
(() => {
  "use strict";
  const form = document.getElementById("waarnemen");
  if (!form || !window.localStorage || !window.crypto || !crypto.getRandomValues) return;
  const address = form.dataset.pile;
  const shelf = `beproefd.observations.${address}`;
  const texts = JSON.parse(document.getElementById("waarnemen-teksten").textContent);
  const status = document.getElementById("wachtrij");
  const place = document.getElementById("stand-plek");
  let sending = false;

  const kept = () => JSON.parse(localStorage.getItem(shelf) || "[]");
  const keep = (rows) => localStorage.setItem(shelf, JSON.stringify(rows));

  const say = (extra = "") => {
    const count = kept().length;
    const waiting = count ? `${texts.waiting} ${count}.` : "";
    status.textContent = [extra, waiting].filter(Boolean).join(" ");
    form.dataset.waiting = String(count);
  };

  const key = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  };

  const send = async () => {
    const rows = kept();
    if (sending || !rows.length) return;
    sending = true;
    try {
      const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
      const answer = await fetch(address, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token },
        body: JSON.stringify({ observations: rows.slice(0, 100) }),
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
      const done = new Set([...said.taken, ...Object.keys(said.refused)]);
      keep(kept().filter((row) => !done.has(row.key)));
      place.innerHTML = said.live;
      const reasons = [...new Set(Object.values(said.refused))];
      say(reasons.length ? `${texts.refused} ${reasons.join(" ")}` : texts.sent);
    } catch {
      say(texts.kept);
    } finally {
      sending = false;
    }
    if (kept().length && navigator.onLine) window.setTimeout(send, 2000);
  };

  form.addEventListener("submit", (event) => {
    const outcome = event.submitter && event.submitter.value;
    const answers = new FormData(form);
    if (!outcome || (form.querySelector("[name=arm]") && !answers.get("arm"))) return; // the server says what is missing
    event.preventDefault();
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
    for (const choice of form.querySelectorAll("[name=arm]")) choice.checked = false;
    say(texts.kept);
    send();
  });

  window.addEventListener("online", send);
  window.setInterval(send, 15000);
  say();
  send();
})();
