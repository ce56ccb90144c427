"""Choices in the address: what is accepted, what is said about the rest, what follows to the next page."""

import pytest
from streamlit.testing.v1 import AppTest

from clustergan_core.errors import SettingsError
from ui.frame.choices import number_between, one_of, whole_number_between

pytestmark = pytest.mark.slow  # runs an app for each choice


@pytest.mark.parametrize(
    ("check", "text"),
    [
        (one_of(["pca", "umap"]), "umap"),
        (one_of(range(3)), "2"),
        (number_between(0, 1), "1"),
        (whole_number_between(-1, 4), "-1"),
    ],
)
def test_a_value_that_fits_passes(check, text: str) -> None:
    check(text)


@pytest.mark.parametrize(
    ("check", "text", "reason"),
    [
        (one_of(["pca", "umap"]), "tsne", "it can be pca, umap"),
        (one_of([]), "tsne", "there is nothing to choose from yet"),
        (one_of(range(15)), "15", "it can be 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 3 more"),
        (one_of(["a", "b", "c", "d", "e"], 3), "f", "it can be a, b, c and 2 more"),
        (number_between(0, 1), "1.01", "it is a number from 0 to 1"),
        (number_between(0, 1), "nan", "it is a number from 0 to 1"),
        (number_between(0, 1), "half", "it is a number from 0 to 1"),
        (whole_number_between(0, 9), "2.5", "it is a whole number from 0 to 9"),
        (whole_number_between(0, 9), "10", "it is a whole number from 0 to 9"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_what_would(check, text: str, reason: str) -> None:
    with pytest.raises(SettingsError, match=f"^{reason}$"):
        check(text)


def page() -> None:
    from ui.frame.choices import select, slider

    n_modes = {"large": 10, "small": 3}
    run = select("run", list(n_modes), "Run")
    select("mode", range(n_modes[run]), "Mode")
    slider("mu", "μ", 0, 1, 0.5)


def opened(**parameters: str) -> AppTest:
    app = AppTest.from_function(page)
    for name, value in parameters.items():
        app.query_params[name] = value
    return app.run()


def test_a_link_restores_every_choice() -> None:
    app = opened(run="small", mode="2", mu="0.25")
    assert (app.selectbox("run").value, app.selectbox("mode").value, app.slider("mu").value) == ("small", 2, 0.25)
    assert not app.error


def test_a_wrong_value_gets_one_sentence_and_the_default() -> None:
    app = opened(mode="12", mu="0.25")
    assert [error.value for error in app.error] == [
        "The address asks for mode=12, but it can be 0, 1, 2, 3, 4, 5, 6, 7, 8, 9; the default is shown."
    ]
    assert (app.selectbox("mode").value, app.slider("mu").value) == (0, 0.25)
    assert not app.exception


def test_markup_in_the_address_is_shown_as_text() -> None:
    app = opened(run="**bold**[x](y)")
    assert r"run=\*\*bold\*\*\[x\](y)" in app.error[0].value


def test_a_choice_that_no_longer_fits_falls_back_without_a_word() -> None:
    app = opened(mode="7")
    app.selectbox("run").select("small").run()
    assert app.selectbox("mode").value == 0
    assert not app.error
    assert not app.exception


def page_of_several() -> None:
    import streamlit as st

    from ui.frame.choices import linked, one_of

    names = ["a", "b", "c"] if st.session_state.get("has_c", True) else ["a", "b"]
    with linked("runs", one_of(names)):
        st.multiselect("Runs", names, key="runs", bind="query-params")


def opened_several(*names: str) -> AppTest:
    app = AppTest.from_function(page_of_several)
    app.query_params["runs"] = list(names)
    return app.run()


def test_a_link_restores_several_values() -> None:
    app = opened_several("c", "a")
    assert app.multiselect("runs").value == ["c", "a"]
    assert not app.error


def test_of_several_values_the_wrong_one_is_named_and_the_others_stay() -> None:
    app = opened_several("a", "z", "b")
    assert [error.value for error in app.error] == [
        "The address asks for runs=z, but it can be a, b, c; the others are shown."
    ]
    assert app.multiselect("runs").value == ["a", "b"]
    assert not app.exception


def test_of_several_values_one_that_is_gone_gives_way_without_a_word() -> None:
    app = opened_several("a", "c")
    app.session_state["has_c"] = False
    app.run()
    assert app.multiselect("runs").value == ["a"]
    assert not app.error
    assert not app.exception


def page_of_widgets() -> None:
    import streamlit as st
    from pydantic.fields import FieldInfo

    from ui.frame.choices import number, segmented, select, slider

    values = {
        "view": segmented("view", ["table", "figure"], "View"),
        "columns": segmented("columns", [1, 2, 3], "Columns", default=2),
        "score": select("score", ["ARI", "NMI"], "Score", default="NMI"),
        "genes": number("genes", FieldInfo(default=25, ge=5, le=500, title="Genes", description="How many"), step=5),
        "share": number("share", FieldInfo(default=0.5, gt=0, le=1, title="Share"), default=0.25),
        "mu": slider("mu", "μ", 0, 1, 0.5),
    }
    st.session_state["values"] = values


def opened_widgets(**parameters: str) -> AppTest:
    app = AppTest.from_function(page_of_widgets)
    for name, value in parameters.items():
        app.query_params[name] = value
    return app.run()


def test_widgets_begin_with_their_defaults() -> None:
    app = opened_widgets()
    assert app.session_state["values"] == {
        "view": "table",
        "columns": 2,
        "score": "NMI",
        "genes": 25,
        "share": 0.25,
        "mu": 0.5,
    }
    assert not app.error


def test_a_link_sets_each_widget() -> None:
    asked = {"view": "figure", "columns": "3", "score": "ARI", "genes": "30", "share": "1", "mu": "0.75"}
    app = opened_widgets(**asked)
    assert app.session_state["values"] == {
        "view": "figure",
        "columns": 3,
        "score": "ARI",
        "genes": 30,
        "share": 1.0,
        "mu": 0.75,
    }
    assert not app.error


def test_each_widget_names_a_wrong_value_and_keeps_its_default() -> None:
    wrong = {"view": "map", "columns": "4", "score": "FID", "genes": "4", "share": "2", "mu": "half"}
    app = opened_widgets(**wrong)
    assert [error.value.split(",")[0] for error in app.error] == [
        f"The address asks for {name}={text}" for name, text in wrong.items()
    ]
    assert app.session_state["values"]["columns"] == 2
    assert app.session_state["values"]["genes"] == 25


def test_a_number_has_the_title_help_and_limits_of_its_field() -> None:
    genes = opened_widgets().number_input("genes")
    assert (genes.label, genes.help, genes.min, genes.max, genes.step) == ("Genes", "How many", 5, 500, 5)


def test_a_number_is_whole_where_its_field_is() -> None:
    values = opened_widgets(genes="30", share="1").session_state["values"]
    assert (type(values["genes"]), type(values["share"])) == (int, float)
