#!/usr/bin/env bash
# The browser tests drive the system's Chromium. Say nothing where there is one; install it where apt-get can.
set -euo pipefail

for name in chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null; then exit 0; fi
done

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "The browser tests need Chromium. Install it (Debian: sudo apt-get install chromium fonts-dejavu) and try again." >&2
  exit 1
fi

echo "Installing Chromium"
export DEBIAN_FRONTEND=noninteractive
apt_options=(-qq -o DPkg::Lock::Timeout=300)
apt-get "${apt_options[@]}" update
apt-get "${apt_options[@]}" install -y --no-install-recommends chromium fonts-dejavu >/dev/null
