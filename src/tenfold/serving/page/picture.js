// A picture and the boxes around its digits; the same places marked below what is being drawn.

import { element, says } from "./answer.js";

const byId = (id) => document.getElementById(id);

// Shows a picture as large as the surface allows; resolves when it is there, rejects where the browser cannot show it.
export async function showPicture(blob, name) {
  const shown = byId("shown");
  URL.revokeObjectURL(shown.src);
  shown.src = URL.createObjectURL(blob);
  shown.alt = `Your picture: ${name}`;
  byId("boxes").replaceChildren();
  await shown.decode();
  fit();
}

export function fit() {
  const shown = byId("shown");
  const room = byId("picture");
  if (!shown.naturalWidth || room.hidden) return;
  const zoom = Math.min((room.clientWidth - 28) / shown.naturalWidth, (room.clientHeight - 28) / shown.naturalHeight, 16);
  shown.style.width = `${Math.round(shown.naturalWidth * zoom)}px`;
  shown.style.height = `${Math.round(shown.naturalHeight * zoom)}px`;
  shown.classList.toggle("pixels", zoom > 3);
}

// In shares of the picture, so that the boxes stay right when it is scaled.
function place(target, [x, y, width, height], whole) {
  const margin = 0.012 * Math.max(whole.width, whole.height);
  target.style.left = `${(100 * (x - margin)) / whole.width}%`;
  target.style.top = `${(100 * (y - margin)) / whole.height}%`;
  target.style.width = `${(100 * (width + 2 * margin)) / whole.width}%`;
  target.style.height = `${(100 * (height + 2 * margin)) / whole.height}%`;
}

export function showBoxes(answer, chosen, corrected, choose) {
  const digits = answer.explanation.digits;
  const shown = byId("shown");
  const whole = { width: shown.naturalWidth, height: shown.naturalHeight };
  const focused = [...byId("boxes").children].indexOf(document.activeElement);
  byId("boxes").replaceChildren(
    ...digits.map((digit, number) => {
      const text = says(answer, number, corrected);
      const low = digit.box[1] * shown.clientHeight < 34 * whole.height; // no room for its label above
      const kinds = [digit.doubtful && "doubtful", low && "under"].filter(Boolean).join(" ");
      const label = `Box ${number + 1}: ${text}`;
      const attributes = { type: "button", class: kinds, "aria-label": label, "aria-pressed": String(number === chosen) };
      const button = element("button", attributes, element("b", { "aria-hidden": "true" }, text));
      place(button, digit.box, whole);
      button.addEventListener("click", () => choose(number));
      return button;
    }),
    ...(answer.refused ?? []).map((ink) => {
      const mark = element("span", { class: "refused", title: "Looks like no digit" });
      place(mark, ink.box, whole);
      return mark;
    }),
  );
  if (focused >= 0) byId("boxes").children[focused]?.focus();
}

export function showMarks(answer, chosen, corrected) {
  const digits = answer?.explanation.digits ?? [];
  byId("marks").replaceChildren(
    ...digits.map((digit, number) => {
      const kinds = [digit.doubtful && "doubtful", number === chosen && digits.length > 1 && "chosen"].filter(Boolean);
      const mark = element("span", { class: kinds.join(" ") }, element("b", {}, says(answer, number, corrected)));
      const [x, y, width, height] = digit.box;
      mark.style.left = `${x}px`;
      mark.style.width = `${width}px`;
      mark.style.top = `${y + height + 8}px`;
      return mark;
    }),
  );
}
