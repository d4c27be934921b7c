# What install.sh, upgrade.sh, rollback.sh, backup.sh and restore.sh share. Sourced, never run by itself.
# shellcheck shell=bash disable=SC2034 # The scripts read what is set here.
set -euo pipefail

root=''
use_systemd=true
dry_run=false

fail() {
  printf 'error: %s\n  %s\n' "$1" "$2" >&2
  exit 1
}

wrong_usage() {
  printf 'error: %s\n  Run %s --help.\n' "$1" "$0" >&2
  exit 2
}

say() { printf '%s\n' "$*"; }

common_options="  --root DIR     everything lies below DIR instead of /, for a trial or a chroot
  --no-systemd   leaves units alone; stop and start the server yourself
  --dry-run      says what would be done and changes nothing
  --help         this text"

# Takes one of the options that all scripts know; returns 1 for another. `taken` is how many words it used.
take_common_option() {
  taken=1
  case $1 in
    --root)
      root=${2:?--root needs a folder}
      taken=2
      ;;
    --no-systemd) use_systemd=false ;;
    --dry-run) dry_run=true ;;
    --help)
      usage
      exit 0
      ;;
    *) return 1 ;;
  esac
}

# Where things lie, once --root is known.
set_places() {
  prefix=$root/opt/floe
  config=$root/etc/floe/floe.env
  data=$root/var/lib/floe
  backups=$root/var/backups/floe
  units=$root/etc/systemd/system
  if [ -z "$root" ] && [ "$(id -u)" != 0 ]; then fail "This has to be run by root." "Run it with sudo."; fi
  if $use_systemd && ! command -v systemctl >/dev/null; then
    fail "There is no systemctl." "Pass --no-systemd, and stop and start the server yourself."
  fi
}

# Only one of the scripts works on an installation at a time.
lock_installation() {
  $dry_run && return
  mkdir -p "$prefix"
  exec 9>"$prefix/.lock"
  flock -n 9 || fail "Another of these scripts is at work on $prefix." "Wait until it has ended, then run this again."
}

# step WORDS COMMAND…: says what is done, and does it unless only asked.
step() {
  if $dry_run; then
    say "would: $1"
  else
    say "· $1"
    shift
    "$@"
  fi
}

# Runs a command as the user floe where there is one, and without variables that would hide those of the file.
as_floe() (
  for name in $(compgen -e); do
    case $name in PATH | HOME | LANG | TERM | TMPDIR | *_PROXY | *_proxy | NODE_EXTRA_CA_CERTS) ;; *) unset "$name" ;; esac
  done
  export DATA_DIR=$data NODE_ENV=production
  cd "$data"
  if [ -z "$root" ] && id floe >/dev/null 2>&1; then exec runuser -u floe -- "$@"; fi
  exec "$@"
)

node_of() {
  if [ -x "$1/node_modules/.bin/node" ]; then say "$1/node_modules/.bin/node"; else command -v node; fi
}

# floe RELEASE SETTINGS ARGUMENT…: the command line of a release, with the settings of a file.
floe() {
  local release=$1 settings=$2
  shift 2
  as_floe "$(node_of "$release")" "--env-file=$settings" "$release/dist/main.js" "$@"
}

# The value of a variable in a file of settings; nothing where it is not set.
setting() { sed -n "s/^$2=//p" "$1" | tail -n 1 | sed -e 's/^"\(.*\)"$/\1/' -e "s/^'\(.*\)'\$/\1/"; }

current_release() {
  [ -L "$prefix/current" ] || fail "Floe is not installed in $prefix." "Run install.sh first."
  readlink -f "$prefix/current"
}

version_of() { sed -n 's/^ *"version": *"\([^"]*\)".*/\1/p' "$1/package.json" | head -n 1; }

# A release is called by its version and by what it was built from.
release_id() { say "$(version_of "$1")-$(cut -c 1-8 "$1/dist/.stamp")"; }

free_kilobytes() { df -Pk "$1" | awk 'NR == 2 { print $4 }'; }

# need_room FOLDER KILOBYTES PURPOSE
need_room() {
  local free
  free=$(free_kilobytes "$1")
  [ "$free" -ge "$2" ] ||
    fail "$1 has $((free / 1024)) MB free; $3 needs $(($2 / 1024 + 1)) MB." "Make room, then run this again."
}

# Puts a release into its place: a built tree as it is, sources after they were built. Sets `staged`.
stage_release() {
  local source=$1 work
  [ -f "$source/package.json" ] || fail "$source holds no release of Floe." "Name a checkout or an unpacked release with --from."
  mkdir -p "$prefix/releases"
  work=$(mktemp -d "$prefix/releases/.new-XXXXXX")
  # shellcheck disable=SC2064 # The folder of now is meant.
  trap "rm -rf '$work'" EXIT
  if [ -f "$source/dist/.stamp" ] && [ -d "$source/node_modules" ]; then
    for part in dist node_modules package.json package-lock.json LICENSE .env.example deploy; do
      cp -a "$source/$part" "$work/"
    done
  else
    build_release "$source" "$work"
  fi
  chmod 755 "$work"
  [ -n "$root" ] || chown -R root:root "$work"
  staged=$prefix/releases/$(release_id "$work")
  if [ -d "$staged" ]; then rm -rf "$work"; else mv "$work" "$staged"; fi
  trap - EXIT
}

build_release() {
  local source=$1 work=$2 build=$2/build part
  command -v npm >/dev/null || fail "npm is needed to build Floe." "Install Node 20 or newer with npm, or name a built release."
  mkdir "$build"
  (cd "$source" && tar -cf - --exclude=./node_modules --exclude=./.git --exclude=./dist --exclude=./.cache .) | tar -xf - -C "$build"
  (
    cd "$build"
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
    PATH=$build/node_modules/.bin:$PATH node scripts/build.mjs
    npm prune --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error
  )
  for part in dist node_modules package.json package-lock.json LICENSE .env.example deploy; do mv "$build/$part" "$work/"; done
  rm -rf "$build"
}

# The name appears at once: there is no moment without a release.
switch_to() {
  ln -s "$1" "$prefix/.current-new"
  mv -T "$prefix/.current-new" "$prefix/current"
}

service() { if $use_systemd; then systemctl "$@"; fi; }

# Waits until the server says that it and what it stands on are ready.
wait_until_ready() {
  $use_systemd || {
    say "  Start the server yourself: node $prefix/current/dist/main.js serve, with the settings of $config."
    return
  }
  local port
  port=$(setting "$config" PORT)
  "$(node_of "$(current_release)")" --input-type=module - "${port:-3000}" <<'JS'
const url = `http://127.0.0.1:${process.argv[2]}/readyz`
const until = Date.now() + 120_000
for (let last = ''; ; await new Promise((done) => setTimeout(done, 200))) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) })
    last = await response.text()
    const { status } = JSON.parse(last)
    if (response.status === 200 && status !== 'starting') break
  } catch (error) {
    last = String(error.cause ?? error)
  }
  if (Date.now() > until) {
    console.error(`error: ${url} is not ready after 120 s: ${last}\n  Look at: journalctl -u floe -n 50`)
    process.exit(1)
  }
}
JS
}
