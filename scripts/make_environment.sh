#!/bin/sh
# Makes the virtual environment $1 with the Python named in $PYTHON, else with the first of python3, python3.14 … 3.11
# that is recent enough. Says in one line what is missing.
set -eu

environment=$1
needed='import sys; sys.exit(sys.version_info < (3, 11))'

fail() {
    echo "make setup: $1" >&2
    exit 1
}

find_python() {
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if "$candidate" -c "$needed" 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
}

if [ -x "$environment/bin/python" ]; then
    "$environment/bin/python" -c "$needed" 2>/dev/null ||
        fail "$environment holds a Python older than 3.11 or a broken one: delete that folder and try again."
    exit 0
fi

python=$(find_python)
if [ -z "$python" ]; then
    found=$("${PYTHON:-python3}" --version 2>/dev/null || echo "none")
    fail "Python 3.11 or newer is needed (${PYTHON:-python3}: $found): install one, or name it with 'make setup PYTHON=…'."
fi

# Debian and Ubuntu put venv's installer of pip into a package of its own.
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null ||
        fail "$python cannot make virtual environments: run 'sudo apt-get install python3-venv' and try again."
    apt-get update -qq
    apt-get install -y -qq python3-venv
fi
"$python" -m venv "$environment"
