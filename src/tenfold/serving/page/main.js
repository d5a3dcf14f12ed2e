// The page: what is drawn or shown, how it is read, and what follows from it.

import { element, makeBars, showDigit, showDigits, showNothing, showVerdict, spokenOf, textOf } from "./answer.js";
import { Pad } from "./pad.js";
import { fit, showBoxes, showMarks, showPicture } from "./picture.js";
import { asCsv, asJson, download } from "./save.js";
import { correct, Live, model } from "./service.js";

const byId = (id) => document.getElementById(id);
const LARGEST = 10 * 1024 * 1024; // bytes; the service takes no more
const SHRUNK = 2400; // pixels of the longer side that a larger photo is brought to

const state = { drawing: true, name: "drawing", picture: null, answer: null, chosen: 0, corrected: new Map() };
const pad = new Pad(byId("pad"), drawn);
const live = new Live(show, fail);
let speaking;

makeBars();
start();

// ---- reading

function layout() {
  return byId("layout").value;
}

function drawn(finished) {
  byId("invitation").classList.toggle("gone", !pad.empty);
  byId("undo").disabled = byId("clear").disabled = pad.empty;
  if (pad.empty) return forget("Draw, or choose a picture.");
  live.ask(() => pad.picture(), layout());
  if (finished) speakSoon();
}

function forget(message) {
  live.drop();
  state.answer = state.picture = null;
  showNothing(message);
  showMarks(null, 0, state.corrected);
  byId("boxes").replaceChildren();
  follow();
}

function show(answer, picture) {
  answer.file = state.name;
  Object.assign(state, { answer, picture, corrected: new Map() });
  const digits = answer.explanation.digits;
  if (state.drawing) state.chosen = digits.length - 1; // the one that is being written
  else state.chosen = Math.max(0, digits.findIndex((digit) => digit.doubtful));
  if (!state.drawing) speakSoon();
  refresh();
}

function fail(error) {
  forget(error.message);
  byId("verdict").classList.add("doubt");
  byId("spoken").textContent = error.message;
}

function refresh() {
  const { answer, chosen, corrected } = state;
  const digits = answer.explanation.digits;
  showVerdict(answer, corrected);
  showDigits(answer, chosen, corrected, choose);
  showDigit(digits[chosen], answer.status === "ok");
  if (state.drawing) showMarks(answer, chosen, corrected);
  else showBoxes(answer, chosen, corrected, choose);
  follow();
}

function choose(number) {
  state.chosen = number;
  refresh();
}

// What can be done with the answer.
function follow() {
  const there = state.answer !== null && state.answer.explanation.digits.length > 0;
  for (const id of ["save-json", "save-csv"]) byId(id).disabled = !there;
  byId("copy").disabled = !there || !textOf(state.answer, state.corrected);
  byId("correct").disabled = !there;
  const label = state.corrected.get(state.chosen);
  byId("kept").textContent = label === undefined ? "" : `Kept as ${label === "8" ? "an" : "a"} ${label}.`;
  for (const button of byId("labels").children) button.setAttribute("aria-pressed", String(button.textContent === label));
}

function speakSoon() {
  clearTimeout(speaking);
  speaking = setTimeout(() => {
    if (state.answer) byId("spoken").textContent = spokenOf(state.answer, state.corrected);
  }, 700);
}

// ---- pictures

async function open(blob, name) {
  if (!blob) return;
  state.drawing = false;
  state.name = name;
  byId("layout").value = "auto";
  forget("Reading …");
  turnTo(false);
  byId("picture-name").textContent = name;
  try {
    await showPicture(blob, name);
  } catch {
    byId("shown").alt = "This browser cannot show the picture; it is read all the same.";
  }
  const picture = await shrunk(blob);
  state.picture = picture;
  live.ask(() => picture, layout());
}

// A photograph of many megabytes is scaled down before it is sent, upright.
async function shrunk(blob) {
  const shown = byId("shown");
  if (blob.size <= LARGEST || !shown.naturalWidth) return blob;
  const zoom = Math.min(1, SHRUNK / Math.max(shown.naturalWidth, shown.naturalHeight));
  const sheet = document.createElement("canvas");
  sheet.width = Math.round(shown.naturalWidth * zoom);
  sheet.height = Math.round(shown.naturalHeight * zoom);
  sheet.getContext("2d").drawImage(shown, 0, 0, sheet.width, sheet.height);
  const small = await new Promise((resolve) => sheet.toBlob(resolve, "image/jpeg", 0.92));
  await showPicture(small, state.name);
  return small;
}

function turnTo(drawing) {
  byId("pad").hidden = byId("marks").hidden = byId("invitation").hidden = byId("pad-tools").hidden = !drawing;
  byId("picture").hidden = byId("picture-tools").hidden = drawing;
  for (const button of byId("gallery").querySelectorAll("button")) button.removeAttribute("aria-pressed");
}

function back() {
  Object.assign(state, { drawing: true, name: "drawing" });
  byId("layout").value = "auto";
  turnTo(true);
  pad.resize();
  drawn(true);
  byId("pad").focus();
}

// ---- what is clicked, dropped, pasted, typed

function listen() {
  byId("undo").addEventListener("click", () => pad.undo());
  byId("clear").addEventListener("click", () => pad.clear());
  byId("pen").addEventListener("input", (event) => (pad.width = Number(event.target.value)));
  byId("back").addEventListener("click", back);
  byId("choose").addEventListener("click", () => byId("file").click());
  byId("photograph").addEventListener("click", () => byId("camera").click());
  byId("layout").addEventListener("change", again);
  byId("copy").addEventListener("click", copy);
  byId("save-json").addEventListener("click", () => download(asJson(state.answer, state.corrected), "reading.json", "application/json"));
  byId("save-csv").addEventListener("click", () => download(asCsv(state.answer, state.corrected), "reading.csv", "text/csv"));
  for (const id of ["file", "camera"]) byId(id).addEventListener("change", chosen);
  byId("gallery").addEventListener("click", tryOne);
  window.addEventListener("resize", fit);
  document.addEventListener("paste", (event) => take(event.clipboardData));
  document.addEventListener("keydown", undoKey);
  listenForDrops();
}

function listenForDrops() {
  const dropping = (on) => document.body.classList.toggle("dropping", on);
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    dropping(true);
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget === null && dropping(false));
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    dropping(false);
    take(event.dataTransfer);
  });
}

function take(transfer) {
  const file = [...(transfer?.files ?? [])][0];
  if (file) open(file, file.name);
}

function chosen(event) {
  const [file] = event.target.files;
  event.target.value = ""; // so that the same file can be chosen again
  if (file) open(file, file.name);
}

async function tryOne(event) {
  const button = event.target.closest("button");
  if (!button) return;
  const response = await fetch(`examples/${button.dataset.file}`);
  await open(await response.blob(), button.dataset.file);
  button.setAttribute("aria-pressed", "true");
  if (matchMedia("(max-width: 860px)").matches) byId("surface").scrollIntoView({ behavior: "smooth", block: "center" });
}

function again() {
  if (state.drawing) return drawn(true);
  const picture = state.picture;
  if (picture) live.ask(() => picture, layout());
}

function undoKey(event) {
  const typing = event.target.closest("input, select");
  if ((event.ctrlKey || event.metaKey) && event.key === "z" && state.drawing && !pad.empty && !typing) {
    event.preventDefault();
    pad.undo();
  }
}

async function copy() {
  const place = byId("copy-text");
  const done = await navigator.clipboard.writeText(textOf(state.answer, state.corrected)).then(() => true, () => false);
  place.textContent = done ? "Copied" : "Not allowed";
  setTimeout(() => (place.textContent = "Copy text"), 1500);
}

// ---- corrections

async function putRight(label) {
  const { answer, picture, chosen } = state;
  try {
    await correct(picture, label, answer.explanation.digits[chosen].box);
  } catch (error) {
    byId("kept").textContent = error.message;
    return;
  }
  if (answer !== state.answer) return;
  state.corrected.set(chosen, label);
  refresh();
}

async function start() {
  listen();
  forget("Draw, or choose a picture.");
  const known = await model();
  byId("model").textContent = `Tenfold ${known.version}, network ${known.network}`;
  byId("correct").hidden = !known.corrections;
  for (const option of byId("layout").options) option.disabled = !known.layouts.includes(option.value);
  for (const label of known.classes.filter((name) => name !== known.refusal.none)) {
    const button = element("button", { type: "button", "aria-pressed": "false", "aria-label": `It is ${label}` }, label);
    button.addEventListener("click", () => putRight(label));
    byId("labels").append(button);
  }
}
