// What the page asks of the service: the same addresses that any other client uses.

async function answered(response) {
  if (response.ok) return response.json();
  const problem = await response.json().catch(() => ({}));
  throw new Error(problem.detail ?? `The service answered ${response.status}.`);
}

function post(address, picture) {
  const type = picture.type.startsWith("image/") ? picture.type : "application/octet-stream";
  return fetch(address, { method: "POST", body: picture, headers: { "Content-Type": type } });
}

// The reading of a picture (a Blob), with the reasons for it.
export async function read(picture, layout) {
  return answered(await post(`v1/read?explain=true&layout=${layout}`, picture));
}

// Keeps the digit in `box` of the picture as an example of `label`.
export async function correct(picture, label, box) {
  const query = new URLSearchParams({ label });
  for (const side of box) query.append("box", side);
  return answered(await post(`v1/corrections?${query}`, picture));
}

export async function model() {
  return answered(await fetch("v1/model"));
}

// Reads whatever is newest: one request is under way at a time, and what came meanwhile is left out but for the last.
export class Live {
  constructor(show, fail) {
    this.show = show;
    this.fail = fail;
    this.next = null;
    this.running = false;
    this.ticket = 0;
  }

  // Forgets what is under way: its answer will not be shown.
  drop() {
    this.ticket += 1;
    this.next = null;
  }

  // `make` gives the picture when its turn has come.
  async ask(make, layout) {
    this.next = { make, layout, ticket: this.ticket };
    if (this.running) return;
    this.running = true;
    while (this.next) {
      const { make, layout, ticket } = this.next;
      this.next = null;
      try {
        const picture = await make();
        const answer = await read(picture, layout);
        if (ticket === this.ticket) this.show(answer, picture);
      } catch (error) {
        if (ticket === this.ticket) this.fail(error);
      }
    }
    this.running = false;
  }
}
