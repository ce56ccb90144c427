// An offline page: its beats, and what is played or dragged on it. It asks nobody for anything.

async function unpack(id) {
  const bytes = Uint8Array.from(atob(document.getElementById(id).textContent), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// How each part is told its data; the parts know neither this page nor the app.
const PARTS = {
  player(shadow) {
    const sources = new Sources(shadow.querySelector(".player"));
    return (choice, sections) =>
      sources.update({ ...choice.data, slot: "page", digest: choice.title }, { find: () => sections.recording, tell() {}, ask() {} });
  },
  slider(shadow) {
    const slider = new LatentSlider(shadow.querySelector(".latent"));
    return (choice, sections) => {
      const walk = { ...choice.data.walk, parts: [["page", choice.title]] };
      const place = { value: choice.data.first, n_sent: slider.sent };
      slider.update({ ...choice.data, ...place, walk }, () => sections, () => {}, { get() {}, ask() {} });
    };
  },
};

async function mount(host) {
  const { part, label, choices } = JSON.parse(document.getElementById(`item-${host.dataset.item}`).textContent);
  const shadow = host.attachShadow({ mode: "open" });
  shadow.append(document.getElementById(`part-${part}`).content.cloneNode(true));
  const update = PARTS[part](shadow);
  const show = async (choice) => {
    const sections = {};
    for (const [name, id] of Object.entries(choice.sections)) sections[name] = await unpack(id);
    await update(choice, sections);
  };
  if (choices.length > 1) {
    const select = document.createElement("select");
    select.append(...choices.map(({ title }, index) => new Option(title, index)));
    select.addEventListener("change", () => show(choices[select.value]));
    const named = document.createElement("label");
    named.className = "choice";
    named.append(`${label} `, select);
    host.before(named);
  }
  await show(choices[0]);
}

const beats = [...document.querySelectorAll("section[data-beat]")];
const asked = new URLSearchParams(location.hash.slice(1));
const isBare = asked.get("bare") === "1";
let beat = 0;
let guess = null;

// What follows Predict stays locked until there is a guess; a bare page, in slides, shows what it is asked for.
function go(index) {
  beat = Math.max(0, Math.min(beats.length - 1, index));
  if (beat > 1 && guess === null && !isBare) beat = 1;
  beats.forEach((section, number) => (section.hidden = number !== beat));
  document.querySelectorAll("nav [data-go]").forEach((button) => {
    const number = Number(button.dataset.go);
    if (number === beat) button.setAttribute("aria-current", "step");
    else button.removeAttribute("aria-current");
    button.disabled = number > 1 && guess === null && !isBare;
  });
  history.replaceState(null, "", `#beat=${beat + 1}${isBare ? "&bare=1" : ""}`);
}

function take(option) {
  guess = option;
  const shown = document.getElementById("guess"); // not there where the answer is left out
  if (shown) shown.textContent = option === "" ? "You skipped it." : option;
  go(2);
}

function arrange() {
  document.body.classList.toggle("bare", isBare);
  document.querySelectorAll("nav [data-go]").forEach((button) => button.addEventListener("click", () => go(Number(button.dataset.go))));
  document.getElementById("skip").addEventListener("click", () => take(""));
  document.getElementById("take").addEventListener("click", () => {
    const chosen = document.querySelector('input[name="guess"]:checked');
    if (chosen) take(chosen.value);
  });
  document.querySelectorAll('input[name="check"]').forEach((option) =>
    option.addEventListener("change", () => {
      const isRight = option.value === option.closest("fieldset").dataset.answer;
      document.getElementById("why").textContent = `${isRight ? "Yes." : "Not quite."} ${document.getElementById("why").dataset.why}`;
    }),
  );
  document.addEventListener("keydown", (event) => {
    const move = { PageDown: 1, PageUp: -1 }[event.key];
    if (!move || event.ctrlKey || event.altKey || event.metaKey || event.composedPath()[0].closest?.("[role=slider]")) return;
    event.preventDefault();
    go(beat + move);
  });
  go(Number(asked.get("beat") ?? 1) - 1);
}

if (beats.length) arrange();
for (const host of document.querySelectorAll("[data-item]")) mount(host);
