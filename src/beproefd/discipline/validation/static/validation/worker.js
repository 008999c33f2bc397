// SPDX-License-Identifier: EUPL-1.2
// Opens the form for observations also without a connection: the page as it last came, with the files it needs.
// With a connection everything comes from the server, as if this were not here. ui/kept_pages.js empties the shelf for the next
// person on this device.
"use strict";
const SHELF = "beproefd-waarnemen";
const GONE = [401, 403, 404];

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== self.location.origin) return;
  const form = mode === "navigate" && pathname.endsWith("/waarnemen/");
  if (form || pathname.startsWith("/static/")) event.respondWith(freshOrKept(event.request));
});

const freshOrKept = async (request) => {
  const shelf = await caches.open(SHELF);
  try {
    const fresh = await fetch(request);
    if (fresh.ok) await shelf.put(request, fresh.clone());
    else if (fresh.type === "opaqueredirect" || GONE.includes(fresh.status)) await shelf.delete(request);
    return fresh;
  } catch (unreachable) {
    const kept = await shelf.match(request, { ignoreSearch: true, ignoreVary: true });
    if (kept) return kept;
    throw unreachable;
  }
};
