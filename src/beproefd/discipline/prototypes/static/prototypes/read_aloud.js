// SPDX-License-Identifier: EUPL-1.2
// Reads the page aloud when someone asks for it, with the voice of the device. Without a voice in the language of the
// page the button stays hidden. It never starts by itself and never moves the page on.
"use strict";

(() => {
  const button = document.querySelector("[data-read-button]");
  if (!button || !("speechSynthesis" in window)) {
    return;
  }
  const language = (document.documentElement.lang || "nl").toLowerCase().slice(0, 2);
  const label = button.querySelector("span");

  const voice = () =>
    window.speechSynthesis.getVoices().find((each) => each.lang.toLowerCase().startsWith(language));

  const show = () => {
    button.parentElement.hidden = !voice();
  };

  const silence = () => {
    window.speechSynthesis.cancel();
    label.textContent = button.dataset.start;
  };

  const sentences = () =>
    [...document.querySelectorAll("main h1, main img, main p span, main li span, main form span, main a span")]
      .filter((each) => !each.closest(".trying__ways, .trying__sound"))
      .map((each) => (each.alt || each.textContent).trim())
      .filter(Boolean);

  button.addEventListener("click", () => {
    if (window.speechSynthesis.speaking) {
      silence();
      return;
    }
    const said = sentences().map((text) => {
      const utterance = new SpeechSynthesisUtterance(text);
      utterance.voice = voice();
      utterance.lang = utterance.voice ? utterance.voice.lang : language;
      utterance.rate = 0.9;
      return utterance;
    });
    if (!said.length) {
      return;
    }
    said[said.length - 1].addEventListener("end", silence);
    label.textContent = button.dataset.stop;
    said.forEach((utterance) => window.speechSynthesis.speak(utterance));
  });

  window.addEventListener("pagehide", () => window.speechSynthesis.cancel());
  window.speechSynthesis.addEventListener?.("voiceschanged", show);
  show();
})();
