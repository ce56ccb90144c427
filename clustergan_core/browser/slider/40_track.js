// A handle on a track with positions from 0 to 1, moved by pointer and keys. What is shown there is not its business.

const KEYS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 };
const SETTLE = 250; // milliseconds after the last key until the value is sent

class Track {
  // show: told of every move; commit: told when the handle is released.
  constructor(element, show, commit) {
    this.element = element;
    this.handle = element.querySelector(".handle");
    this.show = show;
    this.commit = commit;
    this.isHeld = false;
    this.positions = [0, 1];
    this.index = 0;
    element.addEventListener("pointerdown", (event) => this.press(event));
    element.addEventListener("pointermove", (event) => this.isHeld && this.move(this.nearest(this.placeOf(event))));
    for (const name of ["pointerup", "pointercancel"]) element.addEventListener(name, () => this.release());
    element.addEventListener("dblclick", () => this.go(this.nearest(this.home)));
    element.addEventListener("keydown", (event) => this.key(event));
    element.addEventListener("blur", () => this.timer && this.finish());
  }

  dispose() {
    clearTimeout(this.timer);
  }

  // Places the handle without telling anyone.
  set(positions, place, home) {
    this.positions = positions;
    this.home = home;
    this.put(this.nearest(place));
  }

  put(index) {
    this.index = index;
    this.handle.style.left = `${100 * this.place}%`;
  }

  // Whether it has been moved and not yet told so: an answer to something else leaves it where it is.
  get isBusy() {
    return this.isHeld || Boolean(this.timer);
  }

  get place() {
    return this.positions[this.index];
  }

  get last() {
    return this.positions.length - 1;
  }

  nearest(place) {
    let nearest = 0;
    this.positions.forEach((position, index) => {
      if (Math.abs(position - place) < Math.abs(this.positions[nearest] - place)) nearest = index;
    });
    return nearest;
  }

  placeOf(event) {
    const box = this.element.getBoundingClientRect();
    return (event.clientX - box.left) / box.width;
  }

  move(index) {
    index = Math.max(0, Math.min(this.last, index));
    if (index === this.index) return;
    this.put(index);
    this.show();
  }

  press(event) {
    if (event.button !== 0) return;
    this.isHeld = true;
    this.element.setPointerCapture(event.pointerId);
    this.element.focus({ preventScroll: true });
    event.preventDefault();
    this.move(this.nearest(this.placeOf(event)));
  }

  release() {
    if (!this.isHeld) return;
    this.isHeld = false;
    this.finish();
  }

  key(event) {
    if (event.key in KEYS) this.move(this.index + KEYS[event.key] * (event.shiftKey ? 10 : 1));
    else if (event.key === "Home") this.move(0);
    else if (event.key === "End") this.move(this.last);
    else return;
    event.preventDefault();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.finish(), SETTLE);
  }

  go(index) {
    this.move(index);
    this.finish();
  }

  finish() {
    clearTimeout(this.timer);
    this.timer = null;
    this.commit();
  }
}
