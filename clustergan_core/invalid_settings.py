"""Explains, in our words instead of pydantic's, why a model rejects settings."""

from __future__ import annotations

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from clustergan_core.errors import SettingsError


def explain_invalid(error: ValidationError) -> SettingsError:
    """Describes the first invalid setting in a sentence with its name, its value and the remedy."""
    problems = error.errors()
    name = problems[0]["loc"][0]
    # A union of types rejects a value once for each type.
    remedies = dict.fromkeys(_remedy(problem) for problem in problems if problem["loc"][0] == name)
    return SettingsError(f"Setting {name}={problems[0]['input']} is not possible: it must be {' or '.join(remedies)}.")


def _remedy(problem: ErrorDetails) -> str:
    """The condition on a rejected value, to follow "it must be"."""
    limits = problem.get("ctx", {})
    match problem["type"]:
        case "greater_than":
            return f"above {_write(limits['gt'])}"
        case "greater_than_equal":
            return f"at least {_write(limits['ge'])}"
        case "less_than":
            return f"below {_write(limits['lt'])}"
        case "less_than_equal":
            return f"at most {_write(limits['le'])}"
        case "int_type" | "int_parsing" | "int_from_float":
            return "a whole number"
        case "float_type" | "float_parsing" | "finite_number":
            return "a number"
        case "literal_error":
            return str(limits["expected"])
        case "value_error":
            return problem["msg"].removeprefix("Value error, ")
        case _:
            return problem["msg"].removeprefix("Input should be ")


def _write(limit: float) -> str:
    return f"{limit:,}" if isinstance(limit, int) else f"{limit:g}"
