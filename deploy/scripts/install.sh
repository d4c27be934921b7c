#!/usr/bin/env bash
# Installs Floe on a machine with systemd.
. "$(dirname "$0")/lib.sh"

usage() {
  cat <<TEXT
Usage: install.sh [--from SOURCE] [options]

Installs Floe: a user, /opt/floe, settings in /etc/floe/floe.env, data in /var/lib/floe, the service, and a backup every
night into /var/backups/floe. Run again, it mends what is missing and keeps settings and data.

  --from SOURCE  a checkout or an unpacked release; the one this script lies in unless named
  --no-start     puts everything in place and starts nothing
$common_options
TEXT
}

source_tree=$(cd "$(dirname "$0")/../.." && pwd)
start=true
while [ $# -gt 0 ]; do
  case $1 in
    --from)
      source_tree=${2:?--from needs a folder}
      shift 2
      ;;
    --no-start)
      start=false
      shift
      ;;
    *)
      take_common_option "$@" || wrong_usage "$1 is no option of this script."
      shift "$taken"
      ;;
  esac
done
set_places
lock_installation

make_user() {
  [ -n "$root" ] || id floe >/dev/null 2>&1 ||
    useradd --system --user-group --home-dir /var/lib/floe --no-create-home --shell /usr/sbin/nologin floe
}

make_folders() {
  mkdir -p "$prefix/releases" "$data" "$backups" "$(dirname "$config")"
  chmod 700 "$data" "$backups"
  chmod 750 "$(dirname "$config")"
  [ -n "$root" ] || {
    chown floe:floe "$data" "$backups"
    chown root:floe "$(dirname "$config")"
  }
}

make_settings() {
  local key
  key=$(head -c 32 /dev/urandom | base64)
  (
    umask 077
    cat "$prefix/current/.env.example" - >"$config.new" <<TEXT

# Made by install.sh. One NAME=value a line; nothing is expanded. A copy of the key belongs in a safe place: without it stored
# secrets are lost.
DATA_DIR=$data
SECRET_KEYS=$(date +%Y):$key
TEXT
  )
  chmod 640 "$config.new"
  [ -n "$root" ] || chown root:floe "$config.new"
  mv "$config.new" "$config"
}

put_units() {
  mkdir -p "$units"
  cp "$prefix"/current/deploy/systemd/floe*.service "$prefix"/current/deploy/systemd/floe*.timer "$units/"
  service daemon-reload
}

if [ -L "$prefix/current" ]; then
  say "Floe $(basename "$(current_release)") is installed; what is missing is put in place. To change the release run upgrade.sh."
fi
step "the system user floe" make_user
step "the folders $prefix, $data, $backups and $(dirname "$config")" make_folders
if [ ! -L "$prefix/current" ]; then
  $dry_run || need_room "$prefix" "$(($(du -sk --exclude=.git "$source_tree" | cut -f 1) * 2))" "the release"
  step "the release in $source_tree" stage_release "$source_tree"
  # shellcheck disable=SC2154 # stage_release sets it.
  step "$prefix/current" switch_to "${staged:-}"
fi
if [ ! -f "$config" ]; then step "settings with a new key in $config" make_settings; fi
if $use_systemd; then step "the units floe.service, floe-backup.service and floe-backup.timer" put_units; fi
if $start && $use_systemd; then
  step "the service is started, now and at every boot" service enable --now floe.service floe-backup.timer
  step "the server is ready" wait_until_ready
fi
$dry_run || say "Done. Settings: $config; after a change: systemctl restart floe. The log: journalctl -u floe."
