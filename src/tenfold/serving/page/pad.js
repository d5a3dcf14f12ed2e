// The drawing surface: strokes as they are drawn, and as the picture that is read.

const STEP = 8; // pixels that an arrow key moves the pen

export class Pad {
  // `changed(finished)` is called while and after something is drawn.
  constructor(canvas, changed) {
    this.canvas = canvas;
    this.changed = changed;
    this.strokes = [];
    this.pointer = null;
    this.penSeen = false;
    this.width = 10;
    this.cursor = null;
    canvas.addEventListener("pointerdown", (event) => this.begin(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    canvas.addEventListener("pointerup", (event) => this.end(event));
    canvas.addEventListener("pointercancel", (event) => this.end(event));
    canvas.addEventListener("keydown", (event) => this.key(event));
    canvas.addEventListener("blur", () => this.hideCursor());
    canvas.addEventListener("contextmenu", (event) => event.preventDefault());
    new ResizeObserver(() => this.resize()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.redraw());
  }

  get empty() {
    return this.strokes.length === 0;
  }

  begin(event) {
    const palm = event.pointerType === "touch" && this.penSeen; // a hand that rests beside its pen
    if (this.pointer !== null || event.button !== 0 || palm) return;
    this.penSeen ||= event.pointerType === "pen";
    this.pointer = event.pointerId;
    this.canvas.setPointerCapture(event.pointerId);
    this.hideCursor();
    this.strokes.push({ width: this.width, points: [this.point(event)] });
    this.redraw();
    this.changed(false);
  }

  move(event) {
    if (event.pointerId !== this.pointer) return;
    const points = this.strokes.at(-1).points;
    const missed = event.getCoalescedEvents?.() ?? []; // where the pointer was between two frames
    for (const one of missed.length ? missed : [event]) {
      const point = this.point(one);
      const last = points.at(-1);
      if (Math.hypot(point.x - last.x, point.y - last.y) >= 1) points.push(point);
    }
    this.redraw();
    this.changed(false);
  }

  end(event) {
    if (event.pointerId !== this.pointer) return;
    this.pointer = null;
    this.changed(true);
  }

  point(event) {
    const place = this.canvas.getBoundingClientRect();
    const pen = event.pointerType === "pen" && event.pressure > 0;
    return { x: event.clientX - place.left, y: event.clientY - place.top, weight: pen ? 0.35 + 1.3 * event.pressure : 1 };
  }

  undo() {
    this.strokes.pop();
    this.redraw();
    this.changed(true);
  }

  clear() {
    this.strokes = [];
    this.redraw();
    this.changed(true);
  }

  // The keyboard as a pen: arrows move it, space puts it down and takes it up.
  key(event) {
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const step = STEP * (event.shiftKey ? 4 : 1);
    if (event.key === " ") this.toggle();
    else if (event.key in moves) this.step(moves[event.key][0] * step, moves[event.key][1] * step);
    else return;
    event.preventDefault();
  }

  toggle() {
    this.cursor ??= { x: this.canvas.clientWidth / 2, y: this.canvas.clientHeight / 2, down: false };
    this.cursor.down = !this.cursor.down;
    if (this.cursor.down) this.strokes.push({ width: this.width, points: [{ ...this.cursor, weight: 1 }] });
    this.redraw();
    this.changed(!this.cursor.down);
  }

  step(x, y) {
    this.cursor ??= { x: this.canvas.clientWidth / 2, y: this.canvas.clientHeight / 2, down: false };
    this.cursor.x = Math.min(Math.max(this.cursor.x + x, 0), this.canvas.clientWidth);
    this.cursor.y = Math.min(Math.max(this.cursor.y + y, 0), this.canvas.clientHeight);
    if (this.cursor.down) this.strokes.at(-1)?.points.push({ x: this.cursor.x, y: this.cursor.y, weight: 1 });
    this.redraw();
    if (this.cursor.down) this.changed(false);
  }

  hideCursor() {
    if (!this.cursor) return;
    this.cursor = null;
    this.redraw();
  }

  resize() {
    const zoom = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(this.canvas.clientWidth * zoom);
    this.canvas.height = Math.round(this.canvas.clientHeight * zoom);
    this.redraw();
  }

  redraw() {
    const zoom = window.devicePixelRatio || 1;
    const context = this.canvas.getContext("2d");
    context.setTransform(zoom, 0, 0, zoom, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    drawStrokes(context, this.strokes, getComputedStyle(this.canvas).color);
    if (!this.cursor) return;
    context.beginPath();
    context.arc(this.cursor.x, this.cursor.y, Math.max(this.width / 2, 4), 0, 2 * Math.PI);
    context.lineWidth = 2;
    context.strokeStyle = getComputedStyle(this.canvas).accentColor;
    context.stroke();
  }

  // What is read: black on white whatever the page's colours are, a pixel for each of the surface.
  picture() {
    const sheet = document.createElement("canvas");
    sheet.width = this.canvas.clientWidth;
    sheet.height = this.canvas.clientHeight;
    const context = sheet.getContext("2d");
    context.fillStyle = "#fff";
    context.fillRect(0, 0, sheet.width, sheet.height);
    drawStrokes(context, this.strokes, "#000");
    return new Promise((resolve) => sheet.toBlob(resolve, "image/png"));
  }
}

function drawStrokes(context, strokes, colour) {
  context.strokeStyle = context.fillStyle = colour;
  context.lineCap = context.lineJoin = "round";
  for (const stroke of strokes) drawStroke(context, stroke.points, stroke.width);
}

// Curves through the middles between the points, each as broad as the pen was pressed.
function drawStroke(context, points, width) {
  const [first] = points;
  context.beginPath();
  context.arc(first.x, first.y, (width * first.weight) / 2, 0, 2 * Math.PI);
  context.fill();
  let from = first;
  for (let place = 1; place < points.length; place++) {
    const [before, here] = [points[place - 1], points[place]];
    const last = place === points.length - 1;
    const to = last ? here : { x: (before.x + here.x) / 2, y: (before.y + here.y) / 2 };
    context.beginPath();
    context.lineWidth = (width * (before.weight + here.weight)) / 2;
    context.moveTo(from.x, from.y);
    context.quadraticCurveTo(before.x, before.y, to.x, to.y);
    context.stroke();
    from = to;
  }
}
