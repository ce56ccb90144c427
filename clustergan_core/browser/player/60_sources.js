// Where frames come from: a recording, and the parts of a training that may still grow. It says which of them is shown.

const SILENCE = 2000; // milliseconds without a word of a training that runs
const COLD = 15000; // milliseconds that a training may take to start

class Sources {
  constructor(root) {
    this.root = root;
    this.player = new Player(root);
    this.parts = []; // of the training, decoded: { digest, recording }
  }

  dispose() {
    clearTimeout(this.silence);
    this.player.dispose();
  }

  // data: what the page says; find(slot, digest): the bytes sent for it, or null before they have come;
  // tell(frame, speed): where it rests; ask(command): passed on to the training.
  update(data, { find, tell, ask }) {
    this.data = data;
    this.find = find;
    this.root.classList.toggle("presenting", data.is_presenting);
    this.root.style.setProperty("--stage-height", data.height);
    this.player.told = (frame) => tell(frame, this.player.speed);
    this.player.hand(data.handout);
    this.player.ask = ask;
    this.player.dress({ ...data.look, font: getComputedStyle(this.root).fontFamily, size: data.is_presenting ? 22 : 14 });
    this.isSilent = false;
    this.listen();
    this.read();
  }

  listen() {
    clearTimeout(this.silence);
    const wait = { running: SILENCE, starting: COLD }[this.data.live?.state];
    if (wait) this.silence = setTimeout(() => this.miss(), wait);
  }

  // No frame comes any more: what has come stays, and before an audience the recording goes on from there.
  miss() {
    this.isSilent = true;
    this.say();
    if (!this.data.is_presenting || !this.recorded || !this.player.live) return;
    const { steps } = this.recorded.arrays;
    const step = this.player.recording.arrays.steps[this.player.frame];
    this.isTakenOver = true;
    this.player.show(this.recorded, Math.max(0, steps.findIndex((each) => each >= step)));
    this.say();
    this.player.play();
  }

  async read() {
    const { slot, digest } = this.data;
    const bytes = this.find(slot, digest);
    if (bytes && this.digest !== digest) {
      this.digest = digest;
      const recorded = await readRecording(bytes);
      if (this.digest !== digest) return;
      this.recorded = recorded;
      this.isLiveShown = false;
    }
    await this.readParts();
    if (!this.isLiveShown && this.recorded) this.player.show(this.recorded, this.data.frame);
    this.say();
  }

  async readParts() {
    const { live } = this.data;
    const turn = (this.turn = (this.turn ?? 0) + 1);
    if (!live?.parts.length) {
      this.isLiveShown = false;
      return;
    }
    const { number } = live;
    const contents = live.parts.map(([slot, digest]) => this.find(slot, digest));
    if (contents.some((bytes) => !bytes)) return; // the last ones are on their way
    const before = this.number === number ? this.parts : [];
    const parts = await Promise.all(live.parts.map(async ([, digest], index) =>
      before[index]?.digest === digest ? before[index] : { digest, recording: await readRecording(contents[index]) }));
    if (turn !== this.turn) return; // a later reading has them all
    const isNews = this.number !== number || parts.some((part, index) => part !== this.parts[index]);
    const isFirst = this.number !== number || !this.isLiveShown || this.isTakenOver;
    [this.number, this.parts, this.isLiveShown, this.isTakenOver] = [number, parts, true, false];
    if (!isNews && !isFirst) return;
    const joined = joinRecordings(parts.map(({ recording }) => recording), live.bookmarks);
    if (isFirst) {
      this.player.show(joined, 0);
      this.say();
      if (!live.has_ended) this.player.follow();
    } else {
      this.say();
      this.player.grow(joined);
    }
  }

  say() {
    const { live, can_train: canTrain, problem } = this.data;
    const isShown = Boolean(this.isLiveShown && live && !this.isTakenOver);
    const silent = this.isTakenOver
      ? `Live frames stopped at step ${live.step}: the recording goes on from there.`
      : "No new frame for a while: the server does not answer. What has come can be played.";
    const starting = "Live training starts; the recording plays meanwhile.";
    const sentence = problem || (this.isSilent && silent) || live?.message || (live?.state === "starting" && starting) || "";
    this.player.say({ live, isShown, canTrain, sentence });
  }
}
