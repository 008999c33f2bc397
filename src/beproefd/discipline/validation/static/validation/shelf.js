// SPDX-License-Identifier: EUPL-1.2
// What was tapped on this phone and not taken by the server yet. Every person has a shelf of their own for each test:
// nobody sends what someone else saw. A row is forgotten only when the server said that it took it; one that it refused
// stays, with the reason, until the person decides. `until`: a row that may still be undone is not sent before that.
"use strict";
window.beproefdShelf ||= (() => {
  const NAME = "beproefd.observations.";
  const LONGEST = 130000; // ms that a row can wait to be undone; a clock that was set back must not hold it for days
  const busy = new Set();

  const open = (who, address) => {
    const name = `${NAME}${who}.${address}`;
    const kept = () => {
      try {
        return JSON.parse(localStorage.getItem(name) || "[]");
      } catch {
        return [];
      }
    };
    const keep = (rows) => (rows.length ? localStorage.setItem(name, JSON.stringify(rows)) : localStorage.removeItem(name));
    const change = (key, more) => keep(kept().map((row) => (row.key === key ? { ...row, ...more } : row)));
    const drop = (key) => keep(kept().filter((row) => row.key !== key));
    const isHeld = (row) => row.until > Date.now() && row.until < Date.now() + LONGEST;
    const unsent = () => kept().filter((row) => !row.refused);
    const ready = () => unsent().filter((row) => !isHeld(row));

    // What became of it: nothing, busy, offline, signed_out, gone, failed or sent (then `said` is the server's answer).
    const send = async (token) => {
      const rows = ready().slice(0, 100);
      if (busy.has(name)) return { how: "busy" };
      if (!rows.length) return { how: "nothing" };
      busy.add(name);
      try {
        const answer = await fetch(address, {
          method: "POST",
          headers: { "Content-Type": "application/json", "X-CSRFToken": token },
          body: JSON.stringify({ who, observations: rows }),
          redirect: "manual",
        });
        if (answer.status === 401 || answer.status === 403 || answer.type === "opaqueredirect") return { how: "signed_out" };
        if (answer.status === 404) return { how: "gone", rows };
        const said = await answer.json();
        if (!answer.ok) return { how: "failed", said };
        const done = new Set(said.taken);
        const left = kept().filter((row) => !done.has(row.key));
        keep(left.map((row) => ({ ...row, refused: said.refused[row.key] || row.refused || "" })));
        return { how: "sent", said };
      } catch {
        return { how: "offline" };
      } finally {
        busy.delete(name);
      }
    };
    return { kept, keep, change, drop, isHeld, unsent, ready, send };
  };

  // Newer than the one in a page that was kept for long.
  const token = (given) => {
    const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    return cookie ? cookie[1] : given;
  };

  // The addresses of the tests for which something of this person still stands here.
  const addresses = (who) =>
    Object.keys(localStorage)
      .filter((name) => name.startsWith(`${NAME}${who}.`))
      .map((name) => name.slice(`${NAME}${who}.`.length));

  return { open, token, addresses };
})();
