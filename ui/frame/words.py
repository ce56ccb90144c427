"""Durations and sizes as people say them."""

_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60))


def describe_duration(seconds: float) -> str:
    """ "40 seconds", "3 minutes", "1 hour 20 minutes", "6 days": as exact as an estimate deserves."""
    if seconds < 90:
        return _count(max(1, round(seconds)), "second")
    whole = round(seconds / 60) * 60
    name, size = next((name, size) for name, size in _UNITS if whole >= size)
    count, rest = divmod(whole, size)
    duration = _count(count, name)
    if name == "hour" and count < 10 and rest >= 60:
        duration += f" {_count(rest // 60, 'minute')}"
    return duration


def describe_bytes(n_bytes: float) -> str:
    """ "12 MB", "1.4 GB"."""
    return f"{n_bytes / 1e9:,.1f} GB" if n_bytes >= 1e9 else f"{max(1, round(n_bytes / 1e6)):,} MB"


def _count(count: int, name: str) -> str:
    return f"{count} {name}{'' if count == 1 else 's'}"
