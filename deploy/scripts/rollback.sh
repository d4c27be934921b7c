#!/usr/bin/env bash
# Goes back to the release before the last upgrade.
. "$(dirname "$0")/lib.sh"

usage() {
  cat <<TEXT
Usage: rollback.sh [--restore [--settings FILE]] [options]

Goes back to the release before the last upgrade. Where the upgrade has not migrated the store, only the release is changed
and everything that is stored stays. Otherwise the release of before cannot read the store: with --restore it gets a new
one, filled from the backup that upgrade.sh has taken. What was stored since then is not in it; the newer store is kept.

  --restore        a new store from the backup of before
  --settings FILE  with --restore where DATABASE_URL is set: settings that take the place of /etc/floe/floe.env, with a
                   DATABASE_URL that names an empty database
$common_options
TEXT
}

restore=false
settings=''
while [ $# -gt 0 ]; do
  case $1 in
    --restore)
      restore=true
      shift
      ;;
    --settings)
      settings=$(realpath -m "${2:?--settings needs a file}")
      shift 2
      ;;
    *)
      take_common_option "$@" || wrong_usage "$1 is no option of this script."
      shift "$taken"
      ;;
  esac
done
set_places
lock_installation
new=$(current_release)
[ -f "$new/.upgraded-from" ] || fail "$(basename "$new") was not put in place by upgrade.sh." "There is no release to go back to."
old=$(sed -n 's/^from=//p' "$new/.upgraded-from")
backup=$(sed -n 's/^backup=//p' "$new/.upgraded-from")
[ -d "$old" ] || fail "The release of before, $old, is gone." "Install it with upgrade.sh --from, or restore $backup with it on another machine."
database=$(setting "$config" DATABASE_URL)
moment=$(date -u +%Y%m%dT%H%M%SZ)

# Whether the release of before can go on with the store as it is.
knows_store() {
  local code=0 told
  told=$(floe "$old" "$config" admin migrate --check 2>&1) || code=$?
  case $code:$told in
    0:*) return 0 ;;
    *"newer Floe"*) return 1 ;;
    *) fail "The release of before cannot use the store: $told" "Mend that, then run this again." ;;
  esac
}

check_restore() {
  $restore || fail "The upgrade has migrated the store, and $(basename "$old") cannot read it any more." \
    "Run this again with --restore: a new store is filled from $backup. What was stored since then is not in it; the newer store is kept."
  [ -r "$backup" ] || fail "The backup of before, $backup, is gone." "Put it back, then run this again."
  gzip -t "$backup" 2>/dev/null || fail "The backup of before, $backup, is damaged." "Name its copy: put it there, then run this again."
  [ -n "$database" ] || return 0
  [ -n "$settings" ] || fail "The newer database is kept, so the release of before needs another." \
    "Make an empty database, copy $config, put its address into DATABASE_URL of the copy, and name that with --settings."
  as_floe test -r "$settings" || fail "The user floe cannot read $settings." "Name a copy of $config with its owner and mode: cp -p."
  local target
  target=$(setting "$settings" DATABASE_URL)
  if [ -z "$target" ] || [ "$target" = "$database" ]; then
    fail "DATABASE_URL of $settings names the same database as $config, or none." "Put the address of an empty database there."
  fi
}

# Whatever goes wrong before the switch, the newer release goes on as it was.
restore_old() {
  local aside code=0
  aside=$data/store-$(basename "$new")-$moment
  service stop floe.service
  if [ -z "$database" ]; then mv "$data/store" "$aside"; fi
  floe "$old" "${settings:-$config}" admin restore - <"$backup" || code=$?
  if [ "$code" != 0 ]; then
    if [ -z "$database" ]; then
      rm -rf "$data/store"
      mv "$aside" "$data/store"
    fi
    service start floe.service
    fail "The backup could not be restored." "Nothing was changed: $(basename "$new") goes on."
  fi
  if [ -n "$database" ]; then
    cp -p "$config" "$config.of-$(basename "$new")-$moment"
    cat "$settings" >"$config"
    say "  The newer database is untouched; its settings are $config.of-$(basename "$new")-$moment"
  else
    say "  The newer store is $aside"
  fi
}

restart() {
  cp "$old"/deploy/systemd/floe*.service "$old"/deploy/systemd/floe*.timer "$units/"
  service daemon-reload
  service restart floe.service
}

if knows_store; then
  say "ok: $(basename "$old") can go on with the store as it is; everything stays"
else
  check_restore
  step "the store is filled anew from $backup" restore_old
fi
step "$prefix/current is $(basename "$old")" switch_to "$old"
if $use_systemd; then
  step "the server is restarted" restart
  step "the server is ready" wait_until_ready
fi
say "Done: $(basename "$new") became $(basename "$old")."
