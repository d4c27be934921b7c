#!/usr/bin/env bash
# Takes a backup while the server runs.
. "$(dirname "$0")/lib.sh"

usage() {
  cat <<TEXT
Usage: backup.sh [--to FOLDER] [--keep COUNT] [options]

Writes everything that is stored into one file named by its time, while the server runs, and looks whether it is whole.

  --to FOLDER    where the file goes; /var/backups/floe unless named
  --keep COUNT   removes all but the newest of the files named by their time; 14 unless named
$common_options
TEXT
}

to=''
keep=14
while [ $# -gt 0 ]; do
  case $1 in
    --to)
      to=$(realpath -m "${2:?--to needs a folder}")
      shift 2
      ;;
    --keep)
      keep=${2:?--keep needs a number}
      shift 2
      ;;
    *)
      take_common_option "$@" || wrong_usage "$1 is no option of this script."
      shift "$taken"
      ;;
  esac
done
set_places
to=${to:-$backups}
release=$(current_release)
[ -d "$to" ] || fail "$to is no folder." "Make it, writable by the user floe."
newest=$(find "$to" -maxdepth 1 -name 'floe-*.gz' -printf '%f\n' | sort | tail -n 1)
if [ -n "$newest" ]; then need_room "$to" "$(($(du -k "$to/$newest" | cut -f 1) * 2))" "a backup"; fi

take_backup() {
  floe "$release" "$config" admin backup "$to" --keep "$keep"
  newest=$(find "$to" -maxdepth 1 -name 'floe-*.gz' -printf '%f\n' | sort | tail -n 1)
  gzip -t "$to/$newest"
}
step "a backup into $to, of which the newest $keep stay" take_backup
if [ -z "$(setting "$config" SECRET_KEYS)" ]; then
  say "  Stored secrets are sealed under $data/secret-keys: keep a copy of that file elsewhere."
fi
