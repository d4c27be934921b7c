#!/usr/bin/env bash
# Makes the virtual environment of the Snowflake double, once for each state of requirements.txt.
set -euo pipefail
cd "$(dirname "$0")/../../.."
requirements=test/support/snowflake/requirements.txt
home=.cache/snowflake-double
wanted=$(sha256sum <"$requirements")
[ "$(cat "$home/installed" 2>/dev/null || true)" = "$wanted" ] && exit 0
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "The Snowflake double needs Python 3.11 or newer." >&2; exit 1; }
python3 -m venv --clear "$home"
"$home/bin/pip" install --quiet --disable-pip-version-check --no-deps --only-binary :all: -r "$requirements"
printf '%s' "$wanted" >"$home/installed"
