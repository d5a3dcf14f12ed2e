// The reading as the page shows it.

const byId = (id) => document.getElementById(id);

function percent(share) {
  return share >= 0.9995 ? "over 99.9 %" : `${(100 * share).toFixed(1)} %`;
}

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

// The text that was read, with what was corrected put right.
export function textOf(answer, corrected) {
  if (!corrected.size) return answer.text;
  const lines = new Map();
  answer.explanation.digits.forEach((digit, place) => {
    const kept = answer.status === "ok" || corrected.has(place);
    if (kept) lines.set(digit.line, (lines.get(digit.line) ?? "") + (corrected.get(place) ?? digit.digit));
  });
  return [...lines.values()].join("\n");
}

export function makeBars() {
  for (let digit = 0; digit < 10; digit++) {
    byId("bars").append(
      element(
        "li",
        {},
        element("span", { class: "percent", "aria-hidden": "true" }),
        element("span", { class: "bed", "aria-hidden": "true" }, element("span", { class: "fill" })),
        element("span", { class: "digit", "aria-hidden": "true" }, String(digit)),
        element("span", { class: "hidden" }, `${digit}: no reading yet`),
      ),
    );
  }
}

function showBars(digit, believed) {
  [...byId("bars").children].forEach((row, place) => {
    const share = digit?.probabilities[place] ?? 0;
    row.classList.toggle("best", believed && String(digit.digit) === String(place));
    row.querySelector(".fill").style.height = `${100 * share}%`;
    row.querySelector(".percent").textContent = share >= 0.005 ? `${Math.round(100 * share)}%` : "";
    row.querySelector(".hidden").textContent = digit ? `${place}: ${percent(share)}` : `${place}: no reading yet`;
  });
}

// One digit's own part: what the network saw, the ten probabilities, the runner-up.
export function showDigit(digit, believed) {
  showBars(digit, believed);
  const seen = byId("seen");
  seen.onload = () => {
    byId("seen-size").textContent = digit ? `, ${seen.naturalWidth}\u202f×\u202f${seen.naturalHeight}` : "";
  };
  seen.src = digit?.image ?? "blank.svg";
  seen.alt = digit ? `What the network saw, ${believed ? `read as ${digit.digit}` : "not believed to be a digit"}` : "What the network saw: nothing yet";
  byId("runner").textContent = digit ? otherwise(digit, believed) : "";
}

// What a digit may be instead: the runner-up, or none where that is likelier and the verdict has not said it.
// Probabilities come rounded to four places, so less than a thousandth is nothing.
function otherwise(digit, believed) {
  const second = digit.runner_up;
  const none = !believed ? 0 : 1 - Object.values(digit.probabilities).reduce((sum, share) => sum + share, 0);
  const [other, share] = none > Math.max(second.confidence, 0.001) ? ["no digit", none] : [second.digit, second.confidence];
  return share >= 0.0005 ? `Runner-up: ${other} with ${percent(share)}` : "";
}

// What one digit is shown as: put right, read, or not believed.
export function says(answer, number, corrected) {
  return String(corrected.get(number) ?? (answer.status === "ok" ? answer.explanation.digits[number].digit : "?"));
}

// Why there is or is no text: [class, strong, rest].
function verdictOf(answer) {
  const digits = answer.explanation.digits;
  if (answer.status === "empty") return ["", "", "No ink found."];
  if (answer.status === "rejected") {
    const best = digits[0];
    const guess = best && best.confidence >= 0.01 ? ` At best ${best.digit === 8 ? "an" : "a"} ${best.digit}, with ${percent(best.confidence)}.` : "";
    return ["doubt", "That looks like no digit.", guess];
  }
  const sure = answer.confidence;
  const doubtful = digits.filter((digit) => digit.doubtful).length;
  if (doubtful) return ["doubt", digits.length > 1 ? `Look again at ${doubtful} of ${digits.length}.` : "Doubtful.", ` ${percent(sure)} sure.`];
  return ["sure", `${percent(sure)} sure`, digits.length < 2 ? "" : digits.length === 2 ? " of both digits" : ` of all ${digits.length} digits`];
}

export function showVerdict(answer, corrected) {
  const text = textOf(answer, corrected);
  const place = byId("text");
  place.dataset.status = text ? "ok" : answer.status;
  place.classList.toggle("long", text.length > 7 || text.includes("\n"));
  place.textContent = text;
  const [kind, strong, rest] = verdictOf(answer);
  byId("verdict").className = `verdict ${kind}`;
  byId("verdict").replaceChildren(element("b", {}, strong), rest);
  byId("hints").replaceChildren(...answer.explanation.hints.map((hint) => element("li", {}, hint)));
  byId("hints").hidden = !answer.explanation.hints.length;
}

export function spokenOf(answer, corrected) {
  const [, strong, rest] = verdictOf(answer);
  const text = textOf(answer, corrected);
  return text ? `Read as ${text.replaceAll("\n", ", next line ")}. ${strong}${rest}.` : `${strong}${rest}`;
}

export function showNothing(message) {
  byId("text").dataset.status = "none";
  byId("text").classList.remove("long");
  byId("text").replaceChildren(element("span", { class: "hidden" }, "nothing yet"));
  byId("verdict").className = "verdict";
  byId("verdict").textContent = message;
  byId("hints").hidden = true;
  byId("digits").replaceChildren();
  showDigit(undefined, false);
}

// A button for each digit.
export function showDigits(answer, chosen, corrected, choose) {
  const place = byId("digits");
  const digits = answer.explanation.digits;
  const made = [];
  digits.forEach((digit, number) => {
    if (number && digit.line !== digits[number - 1].line) made.push(element("span", { class: "break" }));
    made.push(digitButton(digit, number, chosen, says(answer, number, corrected), corrected.has(number), choose));
  });
  const focused = [...place.children].indexOf(document.activeElement);
  place.replaceChildren(...made);
  if (focused >= 0) place.children[focused]?.focus();
}

function digitButton(digit, number, chosen, text, corrected, choose) {
  const share = text === "?" ? "no digit" : `${Math.round(100 * digit.confidence)}%`;
  const label = `Digit ${number + 1}: ${text}, ${corrected ? "corrected" : share}`;
  const button = element(
    "button",
    { type: "button", class: digit.doubtful ? "doubtful" : "", "aria-pressed": String(number === chosen), "aria-label": label },
    text,
    element("small", {}, corrected ? "✓" : share),
  );
  button.addEventListener("click", () => choose(number));
  return button;
}
