"""The command line: `python -m clustergan_core <command>`, which pip installs as `clustergan <command>`."""

import sys

from clustergan_core.command_line import main

sys.exit(main())
