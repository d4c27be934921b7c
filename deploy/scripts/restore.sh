#!/usr/bin/env bash
# Fills an empty store from a backup.
. "$(dirname "$0")/lib.sh"

usage() {
  cat <<TEXT
Usage: restore.sh BACKUP [options]

Stops the server, fills its store from the backup, all or nothing, and starts it again. The store has to be empty: a new
database at DATABASE_URL of /etc/floe/floe.env, or without DATABASE_URL a data folder without a store. One that is not
empty is refused and left as it is.

$common_options
TEXT
}

file=''
while [ $# -gt 0 ]; do
  case $1 in
    -*)
      take_common_option "$@" || wrong_usage "$1 is no option of this script."
      shift "$taken"
      ;;
    *)
      [ -z "$file" ] || wrong_usage "There is one backup too many: $1."
      file=$1
      shift
      ;;
  esac
done
[ -n "$file" ] || wrong_usage "The backup is missing."
set_places
lock_installation
release=$(current_release)
[ -r "$file" ] || fail "$file cannot be read." "Name a backup, such as one in $backups."
gzip -t "$file" 2>/dev/null || fail "$file is damaged or no backup." "Name another one."

# The server is up again whatever became of the restore.
restore() {
  local code=0
  service stop floe.service
  # The user floe may not be able to open the file.
  floe "$release" "$config" admin restore - <"$file" || code=$?
  service start floe.service
  wait_until_ready
  return "$code"
}
step "the server is stopped, its empty store filled from $file, and started again" restore
