// SPDX-License-Identifier: EUPL-1.2
// Who signs out while taps still wait on this phone is told so, and how to send them first. Signing out all the same is
// one press more; what waits stays for this person (shelf.js). Without a script nothing waits, and nothing changes here.
(() => {
  "use strict";
  const place = document.getElementById("eerst-versturen");
  if (!place || !window.beproefdShelf) return;
  const { who, signOut } = place.dataset;
  const tests = place.querySelector("[data-tests]");
  const sent = place.querySelector("[data-sent]");
  const line = place.querySelector("template").content;
  let leaving = null;

  const waiting = () => {
    try {
      const found = window.beproefdShelf.addresses(who).map((address) => ({ address, shelf: window.beproefdShelf.open(who, address) }));
      return found.filter(({ shelf }) => shelf.kept().length);
    } catch {
      return []; // no storage on this phone: then nothing waits
    }
  };

  // Only when something changed, so that nobody loses the link they stand on.
  const tell = () => {
    const found = waiting();
    const count = found.reduce((sum, { shelf }) => sum + shelf.kept().length, 0);
    if (place.dataset.count === String(count)) return;
    place.dataset.count = String(count);
    place.querySelector("[data-waits]").hidden = !count;
    place.querySelector("[data-count]").textContent = String(count);
    sent.textContent = count ? "" : sent.dataset.sent;
    tests.replaceChildren(
      ...found.map(({ address, shelf }) => {
        const item = line.cloneNode(true);
        item.querySelector("a").href = address.replace(/stapel\/$/, "waarnemen/");
        item.querySelector("span").textContent = String(shelf.kept().length);
        return item;
      }),
    );
  };

  const send = async () => {
    if (place.hidden || !leaving) return;
    const token = leaving.querySelector("[name=csrfmiddlewaretoken]").value;
    for (const { shelf } of waiting()) await shelf.send(window.beproefdShelf.token(token));
    tell();
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.getAttribute("action") !== signOut || !waiting().length) return;
    event.preventDefault();
    leaving = form;
    form.closest("details")?.removeAttribute("open"); // on a phone the menu would cover it
    place.hidden = false;
    tell();
    place.focus();
    place.scrollIntoView({ block: "start" });
    send();
  });
  place.querySelector("[data-leave]").addEventListener("click", () => leaving?.submit());
  place.querySelector("[data-stay]").addEventListener("click", () => {
    place.hidden = true;
    leaving?.querySelector("button")?.focus();
  });
  window.setInterval(send, 2000); // a tap that could still be undone a moment ago goes now
  window.addEventListener("online", send);
})();
