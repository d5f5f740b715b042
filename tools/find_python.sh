#!/bin/sh
# Print a Python of version 3.11 or newer that can create environments, or say what to install.
# PYTHON=... chooses one.

fits() {
    "$1" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

for python in ${PYTHON:-python3.11 python3.12 python3.13 python3 python}; do
    if fits "$python"; then
        echo "$python"
        exit 0
    fi
done

cat >&2 <<'TEXT'
ParkZero needs Python 3.11 or newer, with its module venv, and found none.

  Debian 12+, Ubuntu 24.04+   sudo apt-get install python3 python3-venv
  Ubuntu 22.04                sudo apt-get install python3.11 python3.11-venv
  macOS                       brew install python@3.13        (or the installer of python.org)
  Windows                     winget install Python.Python.3.13, then follow "Windows" in README.md

Then run make again. PYTHON=/path/to/python make ... chooses one by hand.
TEXT
exit 1
