"""The benchmark's browser: it speaks to a real server as a tab does, and notices what a page shows in red."""

import asyncio
from pathlib import Path

from benchmarks.browser_session import BrowserSession, PageRun, Widget, make_state
from tests.browser.server import running_server

PAGE = """
import streamlit as st

st.session_state.setdefault("n", 0)
st.session_state.setdefault("n_inside", 0)
if st.button("Press", key="press"):
    st.session_state.n += 1
level = st.slider("Level", 0.0, 1.0, 0.5)
name = st.selectbox("Name", ["Ada", "Bo"], key="name")
st.markdown("long text " * 5000)

@st.fragment
def inside():
    st.session_state.n_inside += 1
    st.segmented_control("Inside", ["left", "right"], key="inside")
    st.button(f"n={st.session_state.n} inside={st.session_state.n_inside} level={level} name={name}", key="state")

inside()
if name == "Bo":
    st.error("There is no Bo.")
if level > 0.9:
    raise ValueError("too high")
"""


def test_a_tab_moves_widgets_and_sees_what_comes_of_it(tmp_path: Path) -> None:
    script = tmp_path / "page.py"
    script.write_text(PAGE)

    async def tour(url: str) -> tuple[list[PageRun], list[str]]:
        runs, labels = [], []
        async with BrowserSession(url) as session:
            for name, value in [(None, None), ("press", None), ("press", None), ("inside", "left"), ("Level", 0.25)]:
                runs.append(await (session.visit("") if name is None else session.set(name, value)))
                labels.append(session.find("state").label)
            runs += [await session.set("name", "Bo"), await session.set("Level", 1.0)]
            try:
                session.find("absent")
            except LookupError as missing:
                labels.append(str(missing))
        return runs, labels

    with running_server(tmp_path, script) as server:
        runs, labels = asyncio.run(tour(server.url))
    assert labels == [
        "n=0 inside=1 level=0.5 name=Ada",
        "n=1 inside=2 level=0.5 name=Ada",
        "n=2 inside=3 level=0.5 name=Ada",
        "n=2 inside=4 level=0.5 name=Ada",  # the fragment alone ran
        "n=2 inside=5 level=0.25 name=Ada",
        "The page start has no widget absent: it has Level, inside, name, press, state.",
    ]
    assert [run.n_cached for run in runs[:3]] == [0, 1, 1]  # the long text does not travel again
    assert runs[0].n_bytes > 50_000 > runs[1].n_bytes
    assert runs[3].n_messages < runs[2].n_messages
    assert [run.errors for run in runs[:5]] == [[]] * 5
    assert runs[5].errors == ["There is no Bo."]
    assert len(runs[6].errors) == 2
    assert all(0 < run.seconds < 60 for run in runs)


def test_a_widget_reports_itself_in_the_field_that_the_server_reads() -> None:
    def state(kind: str, value: object) -> object:
        message = make_state(Widget("$$ID-abc-a-key", kind, "", ""), value)  # type: ignore[arg-type]
        assert message.id == "$$ID-abc-a-key"
        field = message.WhichOneof("value")
        assert field is not None
        content = getattr(message, field)
        return field, list(content.data) if field.endswith("array_value") else content

    assert Widget("$$ID-abc-a-key", "button", "", "").key == "a-key"
    assert state("button", None) == ("trigger_value", True)
    assert state("number_input", 3) == ("double_value", 3.0)
    assert state("slider", 0.5) == ("double_array_value", [0.5])
    assert state("button_group", "left") == ("string_array_value", ["left"])
    assert state("multiselect", ["a", "b"]) == ("string_array_value", ["a", "b"])
    assert state("bidi_component", '{"moved": 1}') == ("json_value", '{"moved": 1}')
