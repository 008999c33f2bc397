// SPDX-License-Identifier: EUPL-1.2
// A small drawing board: pen, eraser, stamps, undo, clear. What is drawn goes along with the form as PNG data; the
// server draws it anew. When the form comes back, so does the drawing: the hidden field still holds it. Without this file
// the form still takes a picture.
"use strict";

(() => {
  const board = document.querySelector("[data-board]");
  const canvas = board && board.querySelector("canvas");
  const kept = document.querySelector("input[name=drawing]");
  if (!canvas || !kept || !canvas.getContext) {
    return;
  }
  const pen = canvas.getContext("2d");
  const MOST_UNDO = 20;
  const STAMP = 144;
  const past = [];
  let tool = "pen";
  let stamp = null;
  let drawn = false;
  let forgotten = false;
  let last = null;

  const paper = () => {
    pen.globalCompositeOperation = "source-over";
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
  };

  const remember = () => {
    past.push(pen.getImageData(0, 0, canvas.width, canvas.height));
    if (past.length > MOST_UNDO) {
      past.shift();
      forgotten = true;
    }
    drawn = true;
  };

  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [
      ((event.clientX - box.left) * canvas.width) / box.width,
      ((event.clientY - box.top) * canvas.height) / box.height,
    ];
  };

  const line = (from, to) => {
    pen.strokeStyle = tool === "eraser" ? "#ffffff" : "#1a2a33";
    pen.lineWidth = tool === "eraser" ? 48 : 8;
    pen.lineCap = "round";
    pen.lineJoin = "round";
    pen.beginPath();
    pen.moveTo(...from);
    pen.lineTo(...to);
    pen.stroke();
  };

  const press = ([x, y]) => {
    const path = new Path2D(stamp.querySelector("path").getAttribute("d"));
    pen.save();
    pen.translate(x - STAMP / 2, y - STAMP / 2);
    pen.scale(STAMP / 24, STAMP / 24);
    pen.strokeStyle = "#1a2a33";
    pen.lineWidth = 1.5;
    pen.lineCap = "round";
    pen.lineJoin = "round";
    pen.stroke(path);
    pen.restore();
  };

  const choose = (button) => {
    board.querySelectorAll("[data-tool], [data-stamp]").forEach((each) => {
      each.setAttribute("aria-pressed", String(each === button));
    });
    tool = button.dataset.tool || "stamp";
    stamp = button.dataset.stamp ? button : null;
  };

  board.querySelectorAll("[data-tool], [data-stamp]").forEach((button) => {
    button.addEventListener("click", (event) => {
      choose(button);
      if (stamp && event.detail === 0) {
        // chosen with the keyboard: put it in the middle, so that a stamp needs no mouse
        remember();
        press([canvas.width / 2, canvas.height / 2]);
      }
    });
  });

  board.querySelector("[data-undo]").addEventListener("click", () => {
    if (past.length) {
      pen.putImageData(past.pop(), 0, 0);
      drawn = past.length > 0 || forgotten;
    }
  });

  board.querySelector("[data-clear]").addEventListener("click", () => {
    remember();
    paper();
  });

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button > 0) {
      return;
    }
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    remember();
    last = place(event);
    if (stamp) {
      press(last);
      last = null;
    } else {
      line(last, last);
    }
  });

  canvas.addEventListener("pointermove", (event) => {
    if (last) {
      const here = place(event);
      line(last, here);
      last = here;
    }
  });

  ["pointerup", "pointercancel"].forEach((name) =>
    canvas.addEventListener(name, () => {
      last = null;
    }),
  );

  const sent = kept.value; // given back by a refused form

  kept.form.addEventListener("submit", () => {
    kept.value = drawn ? canvas.toDataURL("image/png") : sent;
  });

  const show = (picture) => {
    const scale = Math.min(canvas.width / picture.width, canvas.height / picture.height);
    pen.drawImage(picture, 0, 0, picture.width * scale, picture.height * scale);
  };

  paper();
  if (sent) {
    // not as the address of an image: the page takes images from its own address alone
    const bytes = Uint8Array.from(atob(sent.split(",")[1] || ""), (sign) => sign.charCodeAt(0));
    createImageBitmap(new Blob([bytes], { type: "image/png" })).then(show);
  } else if (canvas.dataset.from) {
    const before = new Image();
    before.addEventListener("load", () => show(before));
    before.src = canvas.dataset.from;
  }
  choose(board.querySelector("[data-tool=pen]"));
  board.hidden = false;
})();
