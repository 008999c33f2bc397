// SPDX-License-Identifier: EUPL-1.2
// Nobody is signed in: what pages kept on this device to work without a connection goes. Unsent work stays.
if ("caches" in window) {
  caches.keys().then((names) => names.filter((name) => name.startsWith("beproefd-")).forEach((name) => caches.delete(name)));
}
