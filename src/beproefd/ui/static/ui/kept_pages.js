// SPDX-License-Identifier: EUPL-1.2
// What pages kept on this device to work without a connection belongs to who was signed in then: for the next person,
// or for nobody, it goes. Unsent work stays, each person's on a shelf of their own.
(() => {
  "use strict";
  const NAME = "beproefd.who";
  const { who } = document.currentScript.dataset;
  let before = null;
  try {
    before = localStorage.getItem(NAME);
    localStorage.setItem(NAME, who);
  } catch {
    // no storage here: then it is not known, and what was kept goes
  }
  if (who && who === before) return;
  if (!("caches" in window)) return;
  caches.keys().then((names) => names.filter((name) => name.startsWith("beproefd-")).forEach((name) => caches.delete(name)));
})();
