"""Nothing of an earlier subject stays on the page while another one is read."""

from streamlit.testing.v1 import AppTest


def _page() -> None:
    import streamlit as st

    from ui.frame.fresh import fresh_container

    subject = st.query_params.get("subject", "a")
    kind = "replaced" if st.session_state.get("fresh_subjects", {}).get("figures") != subject else "kept"
    with fresh_container("figures", subject):
        st.caption(kind)
        if not (subject == "slow" and "waited" not in st.session_state):
            st.button(f"Start {subject}")


def _open(app: AppTest, subject: str) -> AppTest:
    app.query_params["subject"] = subject
    return app.run()


def test_a_container_is_replaced_for_another_subject_and_kept_for_the_same() -> None:
    app = _open(AppTest.from_function(_page), "a")
    assert [caption.value for caption in app.caption] == ["replaced"]
    assert [caption.value for caption in _open(app, "a").caption] == ["kept"]
    _open(app, "b")
    assert [caption.value for caption in app.caption] == ["replaced"]
    assert [button.label for button in app.button] == ["Start b"]


def test_what_is_not_drawn_yet_of_the_new_subject_is_not_that_of_the_former() -> None:
    app = _open(AppTest.from_function(_page), "a")
    _open(app, "slow")
    assert not app.button
