#!/usr/bin/env bash
# Brings an installation to another release.
. "$(dirname "$0")/lib.sh"

usage() {
  cat <<TEXT
Usage: upgrade.sh --from SOURCE [options]

Looks whether the upgrade may be made (the version is not older, the new release knows the store, the server is ready, the
disks have room), takes a backup, migrates the store, changes the release and restarts the server. Nothing is changed
where a check fails. rollback.sh is the way back.

  --from SOURCE  a checkout or an unpacked release
$common_options
TEXT
}

source_tree=''
while [ $# -gt 0 ]; do
  case $1 in
    --from)
      source_tree=${2:?--from needs a folder}
      shift 2
      ;;
    *)
      take_common_option "$@" || wrong_usage "$1 is no option of this script."
      shift "$taken"
      ;;
  esac
done
[ -n "$source_tree" ] || wrong_usage "--from is missing."
set_places
lock_installation
old=$(current_release)

check_version() {
  local from to
  from=$(version_of "$old")
  to=$(version_of "$source_tree")
  [ -n "$to" ] || fail "$source_tree holds no release of Floe." "Name a checkout or an unpacked release with --from."
  [ "$(printf '%s\n' "$from" "$to" | sort -V | tail -n 1)" = "$to" ] ||
    fail "$to is older than $from, which is installed." "rollback.sh goes back to the release before."
  say "ok: the version ($from to $to)"
}

check_room() {
  local stored=0
  need_room "$prefix" "$(($(du -sk --exclude=.git "$source_tree" | cut -f 1) * 2))" "the new release"
  [ ! -d "$data/store" ] || stored=$(du -sk "$data/store" | cut -f 1)
  need_room "$backups" "$((stored + 102400))" "the backup before the upgrade"
  say "ok: room on the disks"
}

# Sets `migrations`: those the new release has to apply.
check_schema() {
  local code=0 told
  told=$(floe "$staged" "$config" admin migrate --check 2>&1) || code=$?
  case $code in
    0) migrations='' ;;
    6) migrations=${told#*to apply: } ;;
    *) fail "The new release cannot use the store: $told" "See docs/operate.md, \"Upgrade\"." ;;
  esac
  say "ok: the store ($told)"
}

take_backup() {
  backup=$backups/before-$(basename "$staged")-$(date -u +%Y%m%dT%H%M%SZ).gz
  floe "$old" "$config" admin backup "$backup"
  gzip -t "$backup"
}

note_way_back() {
  printf 'from=%s\nbackup=%s\nmigrations=%s\n' "$old" "$backup" "$migrations" >"$staged/.upgraded-from"
}

migrate() {
  # One process owns an embedded store: the server of before goes first.
  if [ -z "$(setting "$config" DATABASE_URL)" ]; then service stop floe.service; fi
  floe "$staged" "$config" admin migrate
}

restart() {
  cp "$staged"/deploy/systemd/floe*.service "$staged"/deploy/systemd/floe*.timer "$units/"
  service daemon-reload
  service restart floe.service
}

# The newest releases besides: the one in use and the one before it.
remove_older() {
  find "$prefix/releases" -mindepth 1 -maxdepth 1 -type d ! -path "$staged" ! -path "$old" -exec rm -rf {} +
}

check_version
check_room
if $use_systemd; then
  wait_until_ready
  say "ok: the server is ready"
fi
if $dry_run; then
  if [ -f "$source_tree/dist/.stamp" ]; then
    staged=$source_tree
    check_schema
  fi
  say "would: build and place the release, ask it whether it knows the store, back up, migrate, switch, restart"
  exit 0
fi
say "· the release in $source_tree is put into $prefix/releases"
stage_release "$source_tree"
if [ "$staged" = "$old" ]; then
  say "$(basename "$old") is installed already: nothing to do."
  exit 0
fi
check_schema
step "a backup of before" take_backup
note_way_back
step "the store is migrated" migrate
step "$prefix/current is $(basename "$staged")" switch_to "$staged"
if $use_systemd; then step "the server is restarted" restart; fi
if ! wait_until_ready; then
  fail "The new release is in place but not ready." "Go back with $staged/deploy/scripts/rollback.sh; the backup of before is $backup."
fi
remove_older
say "Done: $(basename "$old") became $(basename "$staged"). The backup of before: $backup"
