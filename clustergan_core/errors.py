"""Errors a person can cause. Every message is one sentence that gives the value and the remedy.

    AppError
    ├── DataError        a file or data set cannot be used as it is
    │   └── DownloadError    a published file is neither here nor reachable
    ├── SettingsError    a setting, command-line option or URL parameter is off
    └── RunError         a run's name, folder or state does not allow what was asked
        └── StorageError     the disk is full, or a folder may not be written

Pages show the message, the command line prints it and exits with 2. Anything else that is raised is our own bug.
"""


class AppError(Exception):
    """Something a person can mend; the message says what and how."""


class DataError(AppError):
    """A file or data set cannot be used as it is."""


class DownloadError(DataError):
    """A published file is neither in the data folder nor reachable."""


class SettingsError(AppError):
    """A setting, command-line option or URL parameter is off."""


class RunError(AppError):
    """A run's name, folder or state does not allow what was asked."""


class StorageError(RunError):
    """The disk is full, or a folder may not be written; what was saved before is whole."""
