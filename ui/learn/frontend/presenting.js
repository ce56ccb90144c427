// A presentation: keys for the one who stands in front, a blank screen, a spotlight, counted hands, and notes in a
// second window. The hands are kept in this browser tab; nothing of it is sent.

const KEYS = [
  ["Space, Page down, →", "next beat"],
  ["Page up, ←", "beat before"],
  [".", "blank the screen"],
  ["F", "full screen"],
  ["O", "spotlight"],
  ["1 to 4", "count a hand for answer A to D; with Shift one less"],
  ["T", "notes in a second window"],
  ["?", "these keys"],
];
const OVERLAY_STYLE = `
  .blank { position: fixed; inset: 0; background: #000000; z-index: 2000000; cursor: none; }
  .spot { position: fixed; inset: 0; pointer-events: none; z-index: 1999999;
    background: radial-gradient(circle at var(--x, 50%) var(--y, 50%), transparent 9rem, rgb(0 0 0 / 72%) 9.5rem); }
  dialog { font: 400 1.6rem/1.5 "Source Sans", sans-serif; color: #16181f; background: #ffffff; border: 1px solid #6d7079;
    border-radius: 0.75rem; padding: 1.5rem 2rem; max-width: 46rem; }
  dialog::backdrop { background: rgb(0 0 0 / 40%); }
  h2 { margin: 0 0 0.5rem; font-size: 1.8rem; }
  dl { display: grid; grid-template-columns: auto 1fr; gap: 0.25rem 1.5rem; margin: 0 0 1rem; }
  dt { font-weight: 600; } dd { margin: 0; }
  button { font: inherit; min-height: 2.75rem; padding: 0 1rem; }
  [hidden] { display: none !important; }`;
const NOTES_STYLE = `
  body { font: 400 1.25rem/1.5 "Source Sans", sans-serif; color: #16181f; background: #ffffff; margin: 1.5rem; }
  h1 { font-size: 1.5rem; } .beat, .clock, .hands { font-weight: 600; } li { margin-bottom: 0.75rem; }`;
const LETTERS = "ABCD";

class Presenter {
  constructor() {
    this.host = document.createElement("div");
    const shadow = this.host.attachShadow({ mode: "open" });
    shadow.innerHTML = `<style>${OVERLAY_STYLE}</style><div class="blank" hidden></div><div class="spot" hidden></div>
      <dialog aria-labelledby="keys"><h2 id="keys">Keys of the presentation</h2><dl></dl>
      <form method="dialog"><button>Close</button></form></dialog>`;
    this.at = (selector) => shadow.querySelector(selector);
    this.at("dl").replaceChildren(...KEYS.flatMap(([key, action]) => [
      Object.assign(document.createElement("dt"), { textContent: key }),
      Object.assign(document.createElement("dd"), { textContent: action }),
    ]));
    document.body.append(this.host);
    this.at(".blank").addEventListener("click", () => this.toggle(".blank"));
    this.pressed = (event) => this.key(event);
    this.moved = ({ clientX: x, clientY: y }) => {
      this.at(".spot").style.setProperty("--x", `${x}px`);
      this.at(".spot").style.setProperty("--y", `${y}px`);
    };
    document.addEventListener("keydown", this.pressed);
    document.addEventListener("pointermove", this.moved);
    this.channel = new BroadcastChannel("clustergan-presentation");
    this.channel.addEventListener("message", ({ data }) => data === "hello" && this.tell());
    this.began = Date.now();
  }

  dispose() {
    document.removeEventListener("keydown", this.pressed);
    document.removeEventListener("pointermove", this.moved);
    this.channel.close();
    this.host.remove();
  }

  update(data, root) {
    this.data = data;
    this.root = root;
    this.showHands();
    this.tell();
  }

  get store() {
    return `clustergan-hands-${this.data.lesson}`;
  }

  get hands() {
    return JSON.parse(sessionStorage.getItem(this.store) ?? "null") ?? this.data.options.map(() => 0);
  }

  count(answer, change) {
    const hands = this.hands;
    if (answer >= hands.length || this.data.beat !== "predict") return;
    hands[answer] = Math.max(0, hands[answer] + change);
    sessionStorage.setItem(this.store, JSON.stringify(hands));
    this.showHands();
    this.tell();
  }

  // Beside the question while hands are raised, and again beside what happened.
  showHands() {
    const { beat, answer } = this.data;
    const hands = this.hands;
    const isShown = beat === "predict" || (beat === "reveal" && hands.some((count) => count > 0));
    this.root.replaceChildren(...(isShown ? hands : []).map((count, index) => {
      const button = document.createElement("button");
      button.textContent = `${LETTERS[index]} ${count}`;
      button.title = beat === "predict" ? `Count a hand for ${LETTERS[index]} (${index + 1})` : this.data.options[index];
      button.classList.toggle("right", beat === "reveal" && index === answer);
      if (beat === "reveal" && index === answer) button.setAttribute("aria-label", `${button.textContent}, right`);
      button.addEventListener("click", () => this.count(index, 1));
      return button;
    }));
  }

  toggle(name) {
    this.at(name).hidden = !this.at(name).hidden;
  }

  // What the focused control does with a key goes before.
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const focused = event.composedPath()[0];
    const isTyped = focused.matches?.("input:not([type=radio]), textarea, select, [contenteditable=true]");
    const isControl = isTyped || focused.matches?.("input, button, summary, a, [role=slider], canvas.stage");
    if (this.at("dialog").open || isTyped) return;
    const digit = /^Digit([1-4])$/.exec(event.code);
    const actions = {
      ".": () => this.toggle(".blank"),
      f: () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()),
      o: () => this.toggle(".spot"),
      t: () => this.openNotes(),
      "?": () => this.at("dialog").showModal(),
    };
    const moves = { " ": "next", ArrowRight: "next", ArrowLeft: "back" };
    const action = digit
      ? () => this.count(Number(digit[1]) - 1, event.shiftKey ? -1 : 1)
      : (actions[event.key.toLowerCase()] ?? (moves[event.key] && !isControl ? () => this.move(moves[event.key]) : null));
    if (!action) return;
    event.preventDefault();
    action();
  }

  move(where) {
    document.querySelector(`.st-key-learn-${where} button`)?.click();
  }

  openNotes() {
    const notes = window.open("", "clustergan-notes", "popup,width=760,height=820");
    if (!notes) return;
    notes.document.title = "Notes";
    notes.document.head.innerHTML = `<meta charset="utf-8"><style>${NOTES_STYLE}</style>`;
    notes.document.body.innerHTML = `<h1></h1><p class="beat"></p><p class="clock"></p><p class="hands"></p><ul></ul>`;
    const script = notes.document.createElement("script");
    script.textContent = `(${readNotes})()`;
    notes.document.body.append(script);
  }

  tell() {
    const hands = this.hands.map((count, index) => `${LETTERS[index]} ${count}`).join(", ");
    const { question, beat, minutes, notes } = this.data;
    this.channel.postMessage({ question, beat, minutes, notes, hands, began: this.began });
  }
}

// Runs in the window of the notes: it shows what the presentation tells, and for how long it has gone on.
function readNotes() {
  const at = (selector) => document.querySelector(selector);
  let began = Date.now();
  const channel = new BroadcastChannel("clustergan-presentation");
  channel.addEventListener("message", ({ data }) => {
    if (typeof data !== "object") return;
    began = data.began;
    at("h1").textContent = data.question;
    at(".beat").textContent = `Now: ${data.beat}. Planned: ${data.minutes} minutes.`;
    at(".hands").textContent = `Hands: ${data.hands}`;
    at("ul").replaceChildren(...data.notes.map((note) => Object.assign(document.createElement("li"), { textContent: note })));
  });
  setInterval(() => {
    const seconds = Math.round((Date.now() - began) / 1000);
    at(".clock").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} gone`;
  }, 1000);
  channel.postMessage("hello");
}

const presenters = new WeakMap();

export default function ({ data, parentElement }) {
  let presenter = presenters.get(parentElement);
  if (!presenter) {
    presenter = new Presenter();
    presenters.set(parentElement, presenter);
  }
  presenter.update(data, parentElement.querySelector(".hands"));
  return () => {
    presenters.get(parentElement)?.dispose();
    presenters.delete(parentElement);
  };
}
