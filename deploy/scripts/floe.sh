#!/usr/bin/env bash
# The command line of the installed release, with the settings of the service.
. "$(dirname "$0")/lib.sh"

usage() {
  cat <<TEXT
Usage: floe.sh [--root DIR] COMMAND…

Runs a command of Floe, such as "admin users list" or "doctor", as the user floe with the settings of the service.
TEXT
}

case ${1:-} in
  --root | --help)
    take_common_option "$@"
    shift "$taken"
    ;;
esac
[ $# -gt 0 ] || wrong_usage "The command is missing."
use_systemd=false
set_places
release=$(current_release)
floe "$release" "$config" "$@"
