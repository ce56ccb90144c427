// The code that the encoder reads, as bars of its modes.

const N_NUMBERED = 30; // more modes than this have no room for numbers

class Reading {
  constructor(root) {
    this.bars = root.querySelector(".bars");
    this.title = root.querySelector(".bars-title");
    this.sentence = root.querySelector(".read");
  }

  // A column for each mode.
  arrange(colours, noun) {
    this.noun = noun;
    this.isNumbered = colours.length <= N_NUMBERED;
    this.bars.style.gap = this.isNumbered ? "4px" : "1px";
    this.bars.replaceChildren(...colours.map((colour, mode) => {
      const column = document.createElement("div");
      const bar = document.createElement("i");
      Object.assign(bar.style, { display: "block", background: colour });
      const number = Object.assign(document.createElement("span"), { textContent: this.isNumbered ? mode : "\u00a0" });
      column.append(document.createElement("b"), bar, number);
      return column;
    }));
    this.title.textContent = `${noun}: probability that the encoder gives it`;
  }

  show(code, best) {
    this.bars.hidden = this.title.hidden = this.sentence.hidden = !code;
    if (!code) return;
    const strong = (text) => Object.assign(document.createElement("strong"), { textContent: text });
    const confidence = (code[best] / 255).toFixed(2);
    this.sentence.replaceChildren(
      "The encoder reads ", strong(`${this.noun} ${best}`), ", confidence ", strong(confidence),
    );
    const spoken = [];
    [...this.bars.children].forEach((column, mode) => {
      const share = code[mode] / 255;
      column.querySelector("i").style.height = `max(1px, ${share.toFixed(4)} * var(--full))`;
      const isTold = share >= 0.005;
      if (this.isNumbered) column.querySelector("b").textContent = isTold ? share.toFixed(2) : "";
      else column.querySelector("span").textContent = mode === best ? mode : "\u00a0";
      if (isTold) spoken.push(`${this.noun} ${mode} ${share.toFixed(2)}`);
    });
    this.bars.setAttribute("aria-label", `Probabilities: ${spoken.join(", ")}`);
  }
}
