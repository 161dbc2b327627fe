#!/usr/bin/env bash
# The browser tests drive the system's Chromium, best of all the one without windows of its own (chromium-headless-shell),
# which takes less than half the time; the benchmarks drive the whole one. Say nothing where both are; install them where
# apt-get can.
set -euo pipefail

have() { command -v "$1" >/dev/null; }

whole=false
for name in chromium chromium-browser google-chrome; do
  if have "$name"; then whole=true; fi
done
if have chromium-headless-shell && $whole; then exit 0; fi

if [ "$(id -u)" != 0 ] || ! have apt-get; then
  if $whole || have chromium-headless-shell; then exit 0; fi
  echo "The browser tests need Chromium. Install it (Debian: sudo apt-get install chromium fonts-dejavu) and try again." >&2
  exit 1
fi

export DEBIAN_FRONTEND=noninteractive
apt_options=(-qq -o DPkg::Lock::Timeout=300)
wanted=()
$whole || wanted+=(chromium fonts-dejavu)
apt-get "${apt_options[@]}" update || $whole
# Some distributions have no such package; there the whole one does for the tests, too.
if apt-cache show chromium-headless-shell >/dev/null 2>&1; then wanted+=(chromium-headless-shell); fi
if (( ${#wanted[@]} )); then
  echo "Installing Chromium"
  apt-get "${apt_options[@]}" install -y --no-install-recommends "${wanted[@]}" >/dev/null || $whole
fi
