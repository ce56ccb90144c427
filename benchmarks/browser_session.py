"""A browser's side of Streamlit's protocol: one tab that visits pages, moves widgets and waits for the answers.

Messages to the server are `BackMsg`, its answers `ForwardMsg`, both protocol buffers over a WebSocket at
/_stcore/stream. As in a browser, the tab keeps what the server calls cacheable for some runs and names it in its
next message; the server then sends a hash in place of an element that has not changed.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from types import TracebackType

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

_ENDS = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)

Value = str | float | list[str] | None


@dataclass(frozen=True)
class Widget:
    """A widget on the page as the browser knows it."""

    id: str  # $$ID-<digest>-<key>
    kind: str  # the element's field in Streamlit's Element.proto
    label: str
    fragment_id: str  # "" outside of a fragment

    @property
    def key(self) -> str:
        """The key that the page gave it, "None" without one."""
        return self.id.split("-", 2)[-1]


@dataclass
class PageRun:
    """What came back for one message: a run of the page's script, or of one fragment."""

    seconds: float = 0.0  # from the message to the end of the script
    n_bytes: int = 0
    n_messages: int = 0
    n_cached: int = 0  # elements that the server sent as a hash
    errors: list[str] = field(default_factory=list)  # what the page showed in red


class BrowserSession:
    """One tab. An asynchronous context manager; `visit` before anything else."""

    def __init__(self, url: str, timeout: float = 60.0) -> None:
        """url: http://host:port of the server. timeout: seconds after which a page counts as failed."""
        self._address = f"ws{url.removeprefix('http')}/_stcore/stream"
        self._url, self._timeout = url, timeout
        self._socket: ClientConnection | None = None
        self._query, self._page, self._page_hash = "", "", ""
        self._page_hashes: dict[str, str] = {}
        self._states: dict[str, WidgetState] = {}
        self._cache: dict[str, tuple[ForwardMsg, int]] = {}  # message and the run that last had it, by its hash
        self._n_runs, self._max_age = 0, 0  # runs, and those for which a message is kept
        self.widgets: dict[str, Widget] = {}  # by id

    async def __aenter__(self) -> BrowserSession:
        self._socket = await connect(self._address, subprotocols=[Subprotocol("streamlit")], max_size=None)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        assert self._socket is not None
        await self._socket.close()

    async def visit(self, page: str, query: str = "") -> PageRun:
        """Opens a page by its name in the address, as the sidebar or a link does."""
        self._page, self._query, self._page_hash = page, query, self._page_hashes.get(page, "")
        self._states, self.widgets = {}, {}
        return await self._run("")

    async def set(self, name: str, value: Value = None) -> PageRun:
        """Presses the button, or moves the widget, that has this key or label; LookupError where the page has none."""
        widget = self.find(name)
        state = make_state(widget, value)
        self._states[widget.id] = state
        run = await self._run(widget.fragment_id)
        if widget.kind == "button":
            del self._states[widget.id]  # a press counts once
        return run

    def find(self, name: str) -> Widget:
        """The widget with this key or label. Raises LookupError, with those there are."""
        for widget in self.widgets.values():
            if name in (widget.key, widget.label):
                return widget
        names = ", ".join(
            sorted(widget.key if widget.key != "None" else widget.label for widget in self.widgets.values())
        )
        raise LookupError(f"The page {self._page or 'start'} has no widget {name}: it has {names or 'none'}.")

    async def _run(self, fragment_id: str) -> PageRun:
        assert self._socket is not None
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.page_name = self._query, self._page
        state.page_script_hash, state.fragment_id = self._page_hash, fragment_id
        state.cached_message_hashes.extend(self._cache)
        state.widget_states.widgets.extend(self._states.values())
        state.context_info.url = f"{self._url}/{self._page}"
        state.context_info.timezone, state.context_info.locale = "UTC", "en-US"
        state.context_info.color_scheme = "light"
        run = PageRun()
        start = time.perf_counter()
        await self._socket.send(message.SerializeToString())
        try:
            async with asyncio.timeout(self._timeout):
                while not self._take(await self._socket.recv(decode=False), run):
                    pass
        except TimeoutError:
            run.errors.append(f"no answer in {self._timeout:.0f} s")
        except ConnectionClosed as closed:
            run.errors.append(f"connection closed: {closed}")
        run.seconds = time.perf_counter() - start
        self._n_runs += 1
        self._cache = {name: kept for name, kept in self._cache.items() if self._n_runs - kept[1] <= self._max_age}
        return run

    def _take(self, payload: bytes, run: PageRun) -> bool:
        """Takes one message; whether it is the last of its run."""
        run.n_bytes += len(payload)
        run.n_messages += 1
        message = ForwardMsg.FromString(payload)
        if message.WhichOneof("type") == "ref_hash":
            run.n_cached += 1
            message = self._cache[message.ref_hash][0]
        if message.metadata.cacheable:
            self._cache[message.hash] = message, self._n_runs
        match message.WhichOneof("type"):
            case "new_session":
                self._page_hash = message.new_session.page_script_hash
                self._max_age = message.new_session.config.max_cached_message_age
                if not message.metadata.run.fragment_ids:
                    self.widgets = {}
            case "navigation":
                self._page_hashes = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
            case "page_info_changed":
                self._query = message.page_info_changed.query_string
            case "page_not_found":
                run.errors.append(f"no page {message.page_not_found.page_name}")
            case "delta":
                self._take_delta(message.delta, run)
            case "script_finished":
                if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                    run.errors.append("the script does not compile")
                    return True
                return message.script_finished in _ENDS
        return False

    def _take_delta(self, delta: Delta, run: PageRun) -> None:
        if delta.WhichOneof("type") != "new_element":
            return
        kind = delta.new_element.WhichOneof("type")
        if kind is None:
            return
        element = getattr(delta.new_element, kind)
        if kind == "exception":
            run.errors.append(f"{element.type}: {element.message}")
        elif kind == "alert" and element.format == Alert.ERROR:
            run.errors.append(element.body)
        elif getattr(element, "id", ""):
            self.widgets[element.id] = Widget(element.id, kind, getattr(element, "label", ""), delta.fragment_id)


def make_state(widget: Widget, value: Value) -> WidgetState:
    """What the browser reports of a widget: a press, a text, a number, chosen options, or a component's state.

    Raises ValueError for a kind of widget that it cannot move.
    """
    state = WidgetState(id=widget.id)
    match widget.kind:
        case "button":
            state.trigger_value = True
        case "checkbox":
            state.bool_value = bool(value)
        case "number_input":
            state.double_value = float(str(value))
        case "slider":
            state.double_array_value.data.append(float(str(value)))
        case "selectbox" | "radio" | "text_input":
            state.string_value = str(value)
        case "button_group" | "multiselect":
            state.string_array_value.data.extend(value if isinstance(value, list) else [str(value)])
        case "bidi_component":
            state.json_value = str(value)
        case _:
            raise ValueError(f"{widget.key} is a {widget.kind}, which this session cannot move: teach make_state.")
    return state
