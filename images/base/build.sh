#!/usr/bin/env bash
# Builds the base image: Debian trixie, minimal, from the host's own package mirror. Usage: build.sh TAG
# Run as root; needs debootstrap and docker. Everything happens in a temporary folder.
set -euo pipefail
tag=$1
suite=trixie

# The host's mirror, so that company mirrors work and no host name is written down.
uris() { grep -rhoE '^(URIs: *|deb(-src)? +(\[[^]]*\] +)?)https?://[^ ]+' /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null |
  grep -oE 'https?://[^ ]+'; }
mirror=$(uris | grep -E '/debian/?$' | head -1 || true)
security=$(uris | grep -E '/debian-security/?$' | head -1 || true)
if [ -z "$mirror" ]; then
  echo "no Debian mirror was found in /etc/apt; fix: run this on Debian, or use the registry image source" >&2
  exit 1
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rootfs=$work/rootfs
debootstrap --variant=minbase "$suite" "$rootfs" "$mirror" >"$work/log" 2>&1 || { tail -20 "$work/log" >&2; exit 1; }

{
  echo "deb $mirror $suite main"
  echo "deb $mirror $suite-updates main"
  [ -z "$security" ] || echo "deb $security $suite-security main"
} >"$rootfs/etc/apt/sources.list"
printf '#!/bin/sh\nexit 101\n' >"$rootfs/usr/sbin/policy-rc.d"
chmod 755 "$rootfs/usr/sbin/policy-rc.d"
printf 'APT::Install-Recommends "false";\nAPT::Install-Suggests "false";\n' >"$rootfs/etc/apt/apt.conf.d/90slim"
printf 'path-exclude /usr/share/%s/*\n' doc man locale info lintian linda >"$rootfs/etc/dpkg/dpkg.cfg.d/90slim"
cp /etc/resolv.conf "$rootfs/etc/resolv.conf"
DEBIAN_FRONTEND=noninteractive chroot "$rootfs" sh -ec 'apt-get -q update; apt-get -qy dist-upgrade' >"$work/log" 2>&1 ||
  { tail -20 "$work/log" >&2; exit 1; }

rm -rf "$rootfs"/usr/share/{doc,man,locale,info,lintian}/* "$rootfs"/var/lib/apt/lists/* "$rootfs"/var/cache/apt/* \
  "$rootfs"/var/log/* "$rootfs"/var/cache/debconf/*-old "$rootfs"/tmp/* "$rootfs/etc/resolv.conf" "$rootfs/etc/hostname"
mkdir -p "$rootfs/var/cache/apt/archives/partial"
tar --numeric-owner -C "$rootfs" -c . | docker import --change 'CMD ["bash"]' --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' - "$tag" >/dev/null
