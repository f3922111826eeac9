#!/bin/sh
# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Print the path of a Python interpreter that really runs, or nothing (and fail).
#
#   find_python.sh              the one to develop with: 3.13, 3.12, 3.11, else any python3 from 3.11 on
#   find_python.sh 3.8          exactly this version
#
# A name on PATH proves nothing: the shims of a version manager are there for interpreters that it will not start.
# So each candidate is run, and what it says of itself is printed. With nothing suitable on PATH, pyenv is asked.

set -u
wanted=${*:-"3.13 3.12 3.11"}
folders=$(printf '%s' "${PATH}" | tr ':' '\n')
pyenv_root=$(pyenv root 2>/dev/null) || pyenv_root=

# What a virtual environment needs; Debian packages ensurepip apart from the interpreter.
probe='
import sys, venv, ensurepip
version = "%d.%d" % sys.version_info[:2]
if version == sys.argv[1] or (sys.argv[1] == "any" and sys.version_info >= (3, 11)):
    print(sys.executable)
else:
    sys.exit(1)
'

try() {  # candidate, version
    [ -x "$1" ] && "$1" -c "${probe}" "$2" </dev/null 2>/dev/null && exit 0
}

IFS='
'
for version in $(printf '%s' "${wanted}" | tr ' ' '\n'); do
    for folder in ${folders}; do
        try "${folder}/python${version}" "${version}"
    done
    if [ -n "${pyenv_root}" ]; then
        for folder in "${pyenv_root}"/versions/"${version}".*; do
            try "${folder}/bin/python${version}" "${version}"
        done
    fi
done
if [ $# -eq 0 ]; then
    for folder in ${folders}; do
        try "${folder}/python3" any
    done
fi
exit 1
