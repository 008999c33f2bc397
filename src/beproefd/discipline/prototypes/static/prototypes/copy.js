// SPDX-License-Identifier: EUPL-1.2
// Copies the address of a session on asking. Without this file the button stays hidden and the address can be selected.
"use strict";

(() => {
  const button = document.querySelector("[data-copy]");
  const address = document.querySelector("[data-address]");
  const said = document.querySelector("[data-copy-said]");
  if (!button || !address) {
    return;
  }

  const select = () => {
    const range = document.createRange();
    range.selectNodeContents(address);
    const selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  };

  const done = () => {
    button.textContent = button.dataset.done;
    said.textContent = button.dataset.done;
  };

  // an address without https (a demo in the building) has no clipboard of its own: then as if someone pressed Ctrl+C
  const byHand = () => {
    select();
    if (document.execCommand("copy")) {
      done();
    }
  };

  button.addEventListener("click", () => {
    if (navigator.clipboard) {
      navigator.clipboard.writeText(address.textContent.trim()).then(done, byHand);
    } else {
      byHand();
    }
  });
  button.hidden = false;
})();
