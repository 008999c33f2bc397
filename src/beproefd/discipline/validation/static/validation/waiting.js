// SPDX-License-Identifier: EUPL-1.2
// On the other pages of the work: what was tapped and not sent yet is sent here too; what stays is told, with the way to it.
(() => {
  "use strict";
  const place = document.getElementById("wachtend");
  if (!place || !window.beproefdShelf) return;
  const { who, token, sent, waiting, open } = place.dataset;

  const tell = (shelves, done) => {
    const count = shelves.reduce((sum, { shelf }) => sum + shelf.kept().length, 0);
    place.hidden = !count && !done;
    place.replaceChildren(count ? `${waiting} ${count}. ` : done ? sent : "");
    for (const { address, shelf } of count ? shelves : []) {
      if (!shelf.kept().length) continue;
      const link = document.createElement("a");
      link.href = address.replace(/stapel\/$/, "waarnemen/");
      link.textContent = open;
      place.append(link, " ");
    }
  };

  const send = async () => {
    const shelves = window.beproefdShelf.addresses(who).map((address) => ({ address, shelf: window.beproefdShelf.open(who, address) }));
    if (!shelves.length) return;
    let done = false;
    for (const { shelf } of shelves) {
      const { how } = await shelf.send(window.beproefdShelf.token(token));
      done = done || how === "sent";
    }
    tell(shelves, done);
  };

  window.addEventListener("online", send);
  window.setInterval(send, 10000);
  send().catch(() => {}); // no storage on this phone: then nothing waits
})();
