"""Errors that the user can cause. Every message gives the wrong value and the remedy.

    AppError
    ├── DataError        a file or data set cannot be used as it is
    │   └── DownloadError    a published file is neither in the data folder nor reachable
    ├── SettingsError    a setting, command-line option or URL parameter is invalid
    └── RunError         a run's name, folder or state does not allow the request
        └── StorageError     the disk is full, or a folder is not writable

Pages show the message; the command line prints it and exits with 2. Any other exception is a bug in the program.
"""


class AppError(Exception):
    """An error that the user can fix; the message says what is wrong and how to fix it."""


class DataError(AppError):
    """A file or data set cannot be used as it is."""


class DownloadError(DataError):
    """A published file is neither in the data folder nor reachable."""


class SettingsError(AppError):
    """A setting, command-line option or URL parameter is invalid."""


class RunError(AppError):
    """A run's name, folder or state does not allow the request."""


class StorageError(RunError):
    """The disk is full, or a folder is not writable; everything saved before is intact."""
